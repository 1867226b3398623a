"""A file that says, as long as it is locked, that the program that made it is alive.

The system lets go of a lock however a program ends, so a crash is told from a running program even where its process
number is in use again.
"""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class LockedError(Exception):
    """Another program, or another part of this one, holds the lock."""


class InstanceLock:
    """A lock that is held until `release`."""

    def __init__(self, path: Path) -> None:
        """Raises LockedError; OSError where the file cannot be made."""
        self._file = path.open("ab")
        try:
            _lock(self._file)
        except (BlockingIOError, PermissionError) as error:
            self._file.close()
            raise LockedError(str(path)) from error

    def release(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock of this file; False where there is no such file. Raises OSError."""
    if not os.path.lexists(path):
        return False
    try:
        with InstanceLock(path):
            return False
    except LockedError:
        return True
