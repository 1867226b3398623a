"""What a batch of the window is to do: which photos, what of each, where to, with which network."""

import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import MattingError
from core.image_io import Photo
from core.memory_plan import Limit
from matting_studio.app.batch import Found, Item, Recipe, find_photos, items_from_files
from matting_studio.app.cutout import write_like
from matting_studio.app.document import Document
from matting_studio.app.edits import Edit
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Look
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.reach import is_folder

REPLACE_FILES = "Replace files that are there already"
"""What the box is called that has files replaced which no batch made."""


class OrderError(MattingError):
    """There is nothing of what is asked for."""


@dataclass(frozen=True)
class FolderPhotos:
    """The photos of a folder."""

    folder: Path
    recursive: bool


@dataclass(frozen=True, eq=False)
class OpenPhoto:
    """A photo of the film strip, as it was when the batch was asked for."""

    name: str
    path: Path | None
    photo: Photo | None
    """The pixels; None where they were put away to save memory, or were not read yet."""
    file: Fingerprint | None
    """The file as it was when the pixels were read from it; None where that is not known."""
    look: Look
    edits: tuple[Edit, ...]

    @classmethod
    def of(cls, document: Document) -> "OpenPhoto":
        return cls(document.name, document.path, document.photo, document.photo_file, document.look, document.edits)


@dataclass(frozen=True, eq=False)
class Order:
    photos: FolderPhotos | tuple[OpenPhoto, ...]
    output: Path
    recipe: Recipe
    overwrite: bool
    """Whether files that no batch made are replaced."""
    network: NetworkChoice
    limit: Limit | None
    """What the program may hold."""

    def find(self, pasted: "PastedFiles") -> Found:
        """Raises OrderError where there is no folder, ImageWriteError where a picture that has no file, or not any
        more, cannot be put into one.
        """
        if isinstance(self.photos, FolderPhotos):
            if not is_folder(self.photos.folder):
                raise OrderError(f"There is no folder {self.photos.folder}. Choose another one.")
            return find_photos(self.photos.folder, recursive=self.photos.recursive, output=self.output)
        return Found(_items(self.photos, pasted))


class PastedFiles:
    """Files for pictures that have none, as they were pasted or their files are others now, since a batch reads its
    photos. They are gone after `close`."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._written: list[tuple[weakref.ref[Photo], Path]] = []

    def path(self, photo: Photo, name: str) -> Path:
        """Where a picture lies; it is written at the first call. Raises ImageWriteError."""
        for written, path in self._written:
            if written() is photo:
                return path
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="matting-studio-")
        folder = Path(self._folder.name) / str(len(self._written) + 1)
        folder.mkdir()
        path = folder / f"{name}.png"
        write_like(photo, path, photo.pixels, photo.alpha)
        self._written.append((weakref.ref(photo), path))
        return path

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._written = []


def _items(photos: Sequence[OpenPhoto], pasted: PastedFiles) -> tuple[Item, ...]:
    with_files = [(photo, path) for photo in photos if (path := _file_of(photo, pasted)) is not None]
    # Called as in the studio, wherever the pixels come from.
    items = items_from_files([photo.path or path for photo, path in with_files])
    return tuple(
        replace(item, path=path, look=photo.look, edits=photo.edits, file=photo.file if path == photo.path else None)
        for item, (photo, path) in zip(items, with_files, strict=True)
    )


def _file_of(photo: OpenPhoto, pasted: PastedFiles) -> Path | None:
    if photo.photo is None:
        return photo.path
    if photo.path is not None and photo.file is not None and Fingerprint.of(photo.path) == photo.file:
        return photo.path
    # Strokes belong to the pixels that they were painted on, and the file may hold another picture by now.
    return pasted.path(photo.photo, photo.path.stem if photo.path else photo.name)
