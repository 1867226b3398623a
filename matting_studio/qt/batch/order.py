"""What a batch of the window is to do: which photos, what of each, where to, with which network."""

import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.image_io import Photo, write_image
from core.memory_plan import Limit
from matting_studio.app.batch import Found, Item, Recipe, find_photos, items_from_files
from matting_studio.app.document import Document
from matting_studio.app.edits import Edit
from matting_studio.app.look import Look
from matting_studio.app.network_bench import NetworkChoice


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
    pasted: Photo | None
    """The pixels, where there is no file."""
    look: Look
    edits: tuple[Edit, ...]

    @classmethod
    def of(cls, document: Document) -> "OpenPhoto":
        pasted = document.photo if document.path is None else None
        return cls(document.name, document.path, pasted, document.look, document.edits)


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
        """Raises ImageWriteError where a pasted picture cannot be put into a file."""
        if isinstance(self.photos, FolderPhotos):
            return find_photos(self.photos.folder, recursive=self.photos.recursive, output=self.output)
        return Found(_items(self.photos, pasted))


class PastedFiles:
    """Files for pictures that were pasted, since a batch reads its photos. They are gone after `close`."""

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
        write_image(path, photo.pixels, alpha=photo.alpha, bit_depth=photo.bit_depth)
        self._written.append((weakref.ref(photo), path))
        return path

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._written = []


def _items(photos: Sequence[OpenPhoto], pasted: PastedFiles) -> tuple[Item, ...]:
    with_files = [(photo, path) for photo in photos if (path := _file_of(photo, pasted)) is not None]
    items = items_from_files([path for _, path in with_files])
    return tuple(
        replace(item, look=photo.look, edits=photo.edits) for item, (photo, _) in zip(items, with_files, strict=True)
    )


def _file_of(photo: OpenPhoto, pasted: PastedFiles) -> Path | None:
    if photo.path is not None or photo.pasted is None:
        return photo.path
    return pasted.path(photo.pasted, photo.name)
