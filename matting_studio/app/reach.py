"""What lies on disks that may have gone, and in folders that may not be entered: what cannot be asked is not there.

`Path.is_file` and its like raise where a folder is closed, a share has dropped or a name is too long.
"""

import os
from pathlib import Path


def as_typed(text: str) -> Path:
    """A path as people write it: ~ is the home folder, and ~name that of somebody else, where there is one."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - that of Path raises while a name is still being typed


def is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112


def is_there(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110


def is_same_place(one: Path, other: Path) -> bool:
    """Whether two absolute paths lead to one place, where there may be nothing yet: through links, or in capitals on a
    disk that does not tell them apart."""
    if one == other or os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False
