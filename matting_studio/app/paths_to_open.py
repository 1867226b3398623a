"""From what somebody named, dropped or chose to the photos and projects that are to be opened."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.image_io import is_photo_path
from matting_studio.app.reach import is_file, is_folder
from matting_studio.app.suffixes import MODEL_SUFFIXES, PROJECT_SUFFIX


@dataclass(frozen=True)
class PathsToOpen:
    files: tuple[Path, ...]
    """Photos and projects by absolute paths, in the order in which they were named, those of a folder by name."""
    complaints: tuple[str, ...]
    """Sentences about what is not opened."""


def sort_out(paths: Iterable[Path], should_stop: Callable[[], None] = lambda: None) -> PathsToOpen:
    """Replace folders by the photos and projects in them and in their folders; hidden ones are left out.

    A file without any suffix is taken for a photo: reading it will tell. Links to folders are not followed.
    `should_stop` is called at each folder, and raises to end the search.
    """
    files: list[Path] = []
    complaints: list[str] = []
    for named in paths:
        path = absolute(named)
        if is_folder(path):
            found, closed = _search(path, should_stop)
            if not found and not closed:
                complaints.append(f"There are no photos in {path}.")
            files += found
            complaints += closed
        elif (trouble := _trouble(path)) is not None:
            complaints.append(trouble)
        elif not is_file(path):
            # Whoever read a pipe would wait for what somebody writes to it, and all photos with him.
            complaints.append(f"{path.name} is not opened: it is neither a file nor a folder.")
        elif _is_ours(path) or not path.suffix:
            files.append(path)
        elif path.suffix.lower() in MODEL_SUFFIXES:
            complaints.append(f"{path.name} is a model and no photo. To matte with it: Photo, Choose a model…")
        else:
            complaints.append(f"{path.name} is not opened: {path.suffix} is no kind of photo that can be read.")
    return PathsToOpen(tuple(dict.fromkeys(files)), tuple(complaints))


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


def _trouble(path: Path) -> str | None:
    """Why nothing is there, as far as this program is told."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return f"{path} does not exist. Check the name and the folder."
    except OSError as error:
        return f"{path} cannot be reached ({error.strerror or error}). Check its folder and its disk."
    return None


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
