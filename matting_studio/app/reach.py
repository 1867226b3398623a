"""What lies on disks that may have gone, and in folders that may not be entered: what cannot be asked is not there.

`Path.is_file` and its like raise where a folder is closed, a share has dropped or a name is too long.
"""

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112


def is_there(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110
