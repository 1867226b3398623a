"""A file that says, as long as it is locked, that the program that made it is alive.

The system lets go of a lock however a program ends, so a crash is told from a running program even where its process
number is in use again.
"""

import os
import sys
import time
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


_ASK_AGAIN_SECONDS = 0.02


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


def wait_for_lock(path: Path, patience_seconds: float) -> InstanceLock:
    """A lock that others hold for moments only. Raises LockedError where that takes too long; OSError as above."""
    patience = time.monotonic() + patience_seconds
    while True:
        try:
            return InstanceLock(path)
        except LockedError:
            if time.monotonic() > patience:
                raise
        time.sleep(_ASK_AGAIN_SECONDS)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock of this file; False where there is no such file. Raises OSError."""
    if not os.path.lexists(path):
        return False
    try:
        with InstanceLock(path):
            return False
    except LockedError:
        return True
