"""The windows: thin Qt views over `matting_studio.app` and `core`."""

# Before PySide6, which from then on looks into the source of every module that is imported: a tenth of a second less
# until the window is there.
import matting_studio.app.document
import matting_studio.app.project_file
import matting_studio.app.render
import matting_studio.app.settings  # noqa: F401
