"""Project files (`.mstudio`): a photo or where it lies, the network's matte, the strokes on it, and the look.

One that is whole holds all that it needs, and can be handed to somebody else.

A zip of a `project.json` and PNGs, written whole or not at all. Alphas are kept to 1/65535, everything else exactly.
"""

from matting_studio.app.project_file.project import NewerProjectError, PhotoMissingError, Project, ProjectError
from matting_studio.app.project_file.reading import read_project
from matting_studio.app.project_file.records import VERSION
from matting_studio.app.project_file.writing import write_project

__all__ = [
    "VERSION",
    "NewerProjectError",
    "PhotoMissingError",
    "Project",
    "ProjectError",
    "read_project",
    "write_project",
]
