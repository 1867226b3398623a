"""From what somebody named, dropped or chose to the photos and projects that are to be opened."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.image_io import is_photo_path
from matting_studio.app.reach import is_file, is_folder
from matting_studio.app.suffixes import MODEL_SUFFIXES, PROJECT_SUFFIX


@dataclass(frozen=True)
class PathsToOpen:
    files: tuple[Path, ...]
    """Photos and projects by absolute paths, in the order in which they were named, those of a folder by name."""
    complaints: tuple[str, ...]
    """Sentences about what is not opened; one for all of a kind where there are many."""


MOST_NAMED = 3
"""Files of one kind of trouble that are named one by one."""


@dataclass(frozen=True)
class _Trouble:
    """Why something is not opened, in words for one file and for many: {path}, {name}, {suffix}, {others}, {reason}."""

    one: str
    many: str
    reason: str = ""
    """What the system says."""

    def sentences(self, paths: Sequence[Path]) -> list[str]:
        if len(paths) <= MOST_NAMED:
            return [self._said_of(path, self.one) for path in paths]
        return [self._said_of(paths[0], self.many, others=len(paths) - 1)]

    def _said_of(self, path: Path, words: str, others: int = 0) -> str:
        return words.format(path=path, name=path.name, suffix=path.suffix, others=others, reason=self.reason)


_EMPTY = _Trouble(
    "There are no photos in {path}.",
    "There are no photos in {path} and {others} other folders.",
)
_GONE = _Trouble(
    "{path} does not exist. Check the name and the folder.",
    "{path} and {others} others do not exist. Check the names and the folders.",
)
_OUT_OF_REACH = _Trouble(
    "{path} cannot be reached ({reason}). Check its folder and its disk.",
    "{path} and {others} others cannot be reached ({reason}). Check their folders and their disk.",
)
_NO_FILE = _Trouble(
    "{name} is not opened: it is neither a file nor a folder.",
    "{name} and {others} others are not opened: they are neither files nor folders.",
)
_MODEL = _Trouble(
    "{name} is a model and no photo. To matte with it: Photo, Choose a model…",
    "{name} and {others} others are models and no photos. To matte with one: Photo, Choose a model…",
)
_NO_PHOTO = _Trouble(
    "{name} is not opened: {suffix} is no kind of photo that can be read.",
    "{name} and {others} others are not opened: they are no kind of photo that can be read.",
)


def sort_out(paths: Iterable[Path], should_stop: Callable[[], None] = lambda: None) -> PathsToOpen:
    """Replace folders by the photos and projects in them and in their folders; hidden ones are left out.

    A file without any suffix is taken for a photo: reading it will tell. Links to folders are not followed.
    `should_stop` is called at each folder, and raises to end the search.
    """
    files: list[Path] = []
    closed: list[str] = []
    troubles: dict[_Trouble, list[Path]] = {}
    for path in dict.fromkeys(map(absolute, paths)):
        if is_folder(path):
            found, unsearched = _search(path, should_stop)
            if not found and not unsearched:
                troubles.setdefault(_EMPTY, []).append(path)
            files += found
            closed += unsearched
        elif (trouble := _trouble(path)) is not None:
            troubles.setdefault(trouble, []).append(path)
        else:
            files.append(path)
    said = (sentence for trouble, them in troubles.items() for sentence in trouble.sentences(them))
    return PathsToOpen(tuple(dict.fromkeys(files)), (*said, *closed))


def not_searched(error: OSError) -> str:
    """What to say of a folder that could not be looked into."""
    is_forbidden = isinstance(error, PermissionError)
    cure = "Ask for permission to read it" if is_forbidden else "See to it that it is there and can be reached"
    return f"{error.filename} cannot be searched ({error.strerror or error}). {cure}."


def _search(folder: Path, should_stop: Callable[[], None]) -> tuple[list[Path], list[str]]:
    """Photos and projects by name, and sentences about folders that could not be searched."""
    found: list[Path] = []
    complaints: list[str] = []

    def complain(error: OSError) -> None:
        complaints.append(not_searched(error))

    for root, folders, names in os.walk(folder, onerror=complain):
        should_stop()
        folders[:] = [name for name in folders if not name.startswith(".")]
        inner = (Path(root, name) for name in names if not name.startswith("."))
        found += [path for path in inner if _is_ours(path)]
    return sorted(found), complaints


def _trouble(path: Path) -> _Trouble | None:
    """Why something that is no folder cannot be opened, as far as its name and the system tell."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _GONE
    except OSError as error:
        return replace(_OUT_OF_REACH, reason=str(error.strerror or error))
    if not is_file(path):
        # Whoever read a pipe would wait for what somebody writes to it, and all photos with him.
        return _NO_FILE
    if _is_ours(path) or not path.suffix:
        return None
    return _MODEL if path.suffix.lower() in MODEL_SUFFIXES else _NO_PHOTO


def absolute(path: Path) -> Path:
    """The same file, by a name that no other way to it has: open files are known by their paths."""
    return Path(os.path.abspath(path))  # noqa: PTH100  resolve() would follow links that are meant


def is_project(path: Path) -> bool:
    return path.suffix.lower() == PROJECT_SUFFIX


def looks_like_file(path: Path) -> bool:
    """Whether it is named like a photo or project, of whatever is there: no disk is asked."""
    return is_photo_path(path) or is_project(path)


def _is_ours(path: Path) -> bool:
    return looks_like_file(path) and is_file(path)
