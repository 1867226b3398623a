"""Where the paths of a command line lead; one that the system says nothing about is a sentence, and no traceback."""

import argparse
import errno
import os
import stat
from pathlib import Path

from matting_studio.cli.messages import UsageError

SHOWN_LETTERS = 60
"""Of a name that is too long."""


class PathError(UsageError, argparse.ArgumentTypeError):
    """A path cannot be used; the parser of the command line may raise it too."""


def status(path: Path) -> os.stat_result | None:
    """What is there; None where nothing is. Raises PathError where the system does not tell."""
    try:
        return path.stat()
    except PermissionError as error:
        raise PathError(f"{path} cannot be reached: ask for permission to enter its folder.") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise PathError(f"The name {str(path)[:SHOWN_LETTERS]}… is too long: choose a shorter one.") from error
        return None


def is_there(path: Path) -> bool:
    return status(path) is not None


def is_folder(path: Path) -> bool:
    found = status(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def may(path: Path, mode: int) -> bool:
    """Whether this process may read, write or enter it: os.R_OK, os.W_OK, os.X_OK."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def check_place(path: Path) -> None:
    """Raises PathError where no file of this name can be put, or replaced."""
    if not is_folder(path.parent):
        raise PathError(f"There is no folder {path.parent} to write {path.name} to: create it first.")
    status(path)
    if not may(path.parent, os.W_OK | os.X_OK):
        raise PathError(f"Nothing may be written to the folder {path.parent}: choose another one.")


def check_folder(path: Path) -> None:
    """Raises PathError where a folder of this name can neither be used nor made."""
    above = path.absolute()
    nearest = next(each for each in (above, *above.parents) if is_there(each) or each.is_symlink())
    if not is_there(nearest):
        raise PathError(f"{nearest} is a link to what is not there: name another folder, or mend the link.")
    if not is_folder(nearest):
        if nearest == above:
            raise PathError(f"{path} is a file, and a folder is needed: name another one.")
        raise PathError(f"The folder {path} cannot be made, as {nearest} is a file: name another one.")
    if not may(nearest, os.W_OK | os.X_OK):
        raise PathError(f"Nothing may be written to the folder {nearest}: choose another one.")
