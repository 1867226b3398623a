"""Files that appear whole or not at all."""

import contextlib
import errno
import os
import re
import stat
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_READING_SECONDS = 2.0 if os.name == "nt" else 0.0
"""Longer than anybody reads a file at a stretch. Windows replaces none that another process is reading."""
_TEMPORARY_NAME = re.compile(r"\.[0-9a-f]{16}\.tmp")
_ABANDONED_SECONDS = 24 * 3600.0
"""Nobody who lives lets so much time pass between two blocks of a file. Not told by a process number: it may be that of
another machine that writes to the same disk."""


@contextlib.contextmanager
def write_atomically(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a hidden temporary file beside `path`; when the block ends well, it takes the place of `path`.

    If the block raises, the temporary file is removed and what was at `path` before is untouched. The contents are on
    the disk before the name changes, so a power cut leaves the old file or the new one. A symbolic link stays one: the
    file it points to is replaced. The new file may be read and written by those who might the old one. What an earlier
    write of the same file left when it was killed is removed, not before it is a day old.

    Yields: a binary file, open for writing and seeking.
    Raises: OSError as the system gives it: no such folder, no permission, no room, or `path` is not a regular file.
    """
    target = Path(path)
    if target.is_symlink():
        target = target.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if target.exists() and not target.is_file():
        # A rename would put a plain file in the place of a device such as /dev/null.
        raise OSError(errno.EINVAL, "Not a regular file", str(target))
    temporary, opened = _new_beside(target)
    try:
        with opened as file:
            _take_over_mode(temporary, target)
            yield file
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def leftovers(folder: Path) -> list[Path]:
    """Temporary files of this folder; those of processes that were killed, where nobody writes there now.

    A folder that is not there has none. Raises OSError.
    """
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if _TEMPORARY_NAME.fullmatch(path.name) and path.is_file()]


def _new_beside(target: Path) -> tuple[Path, BinaryIO]:
    """The first hidden file of the target's own that nobody has, so that what a killed write left is met again.

    Its name does not grow from the target's, which may already be as long as the file system allows.
    """
    mark = zlib.crc32(os.fsencode(target.name))
    number = 0
    while True:
        temporary = target.parent / f".{mark:08x}{number:08x}.tmp"
        try:
            return temporary, temporary.open("xb")
        except FileExistsError:
            _remove_abandoned(temporary)
            number += 1


def _take_over_mode(temporary: Path, target: Path) -> None:
    """Before anything is in it, since what was private stays so. A disk that knows no modes has none to take over."""
    if os.name == "nt" or not target.exists():
        return
    with contextlib.suppress(PermissionError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _remove_abandoned(temporary: Path) -> None:
    """Where that fails, nothing is said: it is not what was asked for, and is tried again the next time.

    Its name is not taken at once: another process may be about to remove it too.
    """
    with contextlib.suppress(OSError):
        if time.time() - temporary.stat().st_mtime > _ABANDONED_SECONDS:
            temporary.unlink()


def _replace(temporary: Path, target: Path) -> None:
    patience = time.monotonic() + _READING_SECONDS
    while True:
        try:
            temporary.replace(target)
            return
        except PermissionError:
            if time.monotonic() >= patience:
                raise
        time.sleep(0.02)


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too, where the system has a way to ask for it."""
    if os.name == "nt":
        return
    # Some network file systems cannot sync a folder. The file itself is safe by then, so that is no failure.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
