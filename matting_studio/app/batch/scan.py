"""Which photos there are: in a folder, or among files that somebody chose. What a batch made itself is none."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from core.image_io import is_photo_path
from matting_studio.app.batch.journal import FOLDER, Histories
from matting_studio.app.edits import Edit
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Look
from matting_studio.app.paths_to_open import absolute, not_searched


@dataclass(frozen=True, eq=False)
class Item:
    """A photo that is to be worked on."""

    name: str
    """How journal and tables call it, and where its results go: its path within the input folder, with slashes."""
    path: Path
    look: Look | None = None
    """What was chosen for this photo alone."""
    edits: tuple[Edit, ...] = ()
    """Strokes on its matte."""
    file: Fingerprint | None = None
    """The only file that they are for: it fails where there is another one by now. None for any."""

    @property
    def folder(self) -> str:
        """The folder that the photo lies in, from the root on."""
        return str(absolute(self.path.parent))


@dataclass(frozen=True)
class Found:
    items: tuple[Item, ...]
    """By name."""
    complaints: tuple[str, ...] = ()
    """Sentences about folders that could not be searched: photos may be missing."""
    notices: tuple[str, ...] = ()
    """Sentences about what is left out on purpose."""


def find_photos(folder: Path, *, recursive: bool, output: Path, histories: Histories | None = None) -> Found:
    """The photos of a folder, by their names alone: whether they can be read is seen later.

    Hidden files and folders are left out, and so is what a batch made, wherever an output folder lies. The output
    folder itself is not searched where it lies inside. Links to folders are not followed. `histories` are those of
    an earlier look, which make this one quicker.
    """
    histories = histories or Histories()
    output = output.resolve()
    made = _made_in(output, histories)
    items: list[Item] = []
    complaints: list[str] = []
    notices: list[str] = []

    def complain(error: OSError) -> None:
        complaints.append(not_searched(error))

    for root, folders, files in os.walk(folder, onerror=complain):
        here = Path(root)
        if FOLDER in folders and here.resolve() != output:
            made |= _made_in(here.resolve(), histories)
        below = []
        for name in sorted(folders):
            path = here / name
            try:
                is_row = is_photo_path(name) and (not recursive or _is_empty(path))
            except OSError as error:
                complain(error)
                continue
            if is_row:
                items.append(Item(_name(path, folder), path))  # a row that says what it is
            elif not recursive or name.startswith("."):
                continue
            elif path.resolve() == output:
                notices.append(f"{path} takes the results, so it is not searched for photos.")
            else:
                below.append(name)
        folders[:] = below
        resolved = here.resolve()
        items += [
            Item(_name(here / name, folder), here / name)
            for name in files
            if is_photo_path(name) and resolved / name not in made
        ]
    return Found(tuple(sorted(items, key=lambda item: item.name)), tuple(complaints), tuple(notices))


def items_from_files(paths: Sequence[Path]) -> tuple[Item, ...]:
    """Photos from anywhere, in the order given; those of one name are told apart by the folders they lie in."""
    return tuple(Item(name, path) for name, path in zip(_told_apart(paths), paths, strict=True))


def _told_apart(paths: Sequence[Path]) -> Iterator[str]:
    counts = Counter(path.name for path in paths)
    for path in paths:
        if counts[path.name] == 1:
            yield path.name
        else:
            yield "/".join(_parts(path.absolute()))


def _parts(path: PurePath) -> Iterator[str]:
    """Of a path from the root on; of Windows's, a drive's letter, or server and share, are parts as well."""
    yield from filter(None, re.split(r"[\\/:]", path.drive))
    yield from (part for part in path.parts[1:] if part != "..")


def _made_in(output: Path, histories: Histories) -> set[Path]:
    return {output / path for path in histories.of(output).paths}


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_empty(folder: Path) -> bool:
    """Raises OSError."""
    with os.scandir(folder) as entries:
        return next(entries, None) is None
