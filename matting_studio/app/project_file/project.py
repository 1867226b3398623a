"""What a project file holds, and how one can fail."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import MattingError
from core.image_io import Photo
from matting_studio.app.document import State
from matting_studio.app.edits import Base
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.packing import PackedBase
from matting_studio.app.reach import is_folder


class ProjectError(MattingError):
    """A project file cannot be opened or saved."""


class NewerProjectError(ProjectError):
    """A project file is from a newer version of the program."""


class PhotoMissingError(ProjectError):
    """A project's photo is not where it was, or is another one by now; it can be opened with a photo named."""

    def __init__(self, project: Path, expected: Path, sentence: str, elsewhere: Path | None = None) -> None:
        """`elsewhere` is where to look first where the photo's folder is gone, by default beside the project."""
        super().__init__(sentence)
        self.project = project
        self.expected = expected
        folder = expected.parent
        self.near = folder if folder.is_absolute() and is_folder(folder) else elsewhere or project.parent
        """The folder to look in first."""


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds, in memory."""

    name: str
    photo: Photo
    photo_path: Path | None
    """None where the file holds a copy of the photo, or is to hold one because the photo lies in no file."""
    state: State
    base: Base | PackedBase | None
    """None where the network has not spoken yet."""
    model: str = ""
    """Which model made the matte, in words."""
    project_path: Path | None = None
    """Where the project is saved; of use for autosaved copies, which lie elsewhere."""
    photo_file: Fingerprint | None = None
    """The file at `photo_path` as it was when the photo was read; None where that is not known, and it is trusted."""
    is_whole: bool = False
    """Whether its file is to hold the photo and the background picture as well, so that it can be handed on."""
