"""The windows: thin Qt views over `matting_studio.app` and `core`.

Modules that the window needs until it is there import no array library: what works on pixels is imported by the jobs
that do so.
"""

# Before PySide6, which from then on looks into the source of every module that is imported: a twentieth of a second.
import matting_studio.app.document
import matting_studio.app.settings  # noqa: F401
