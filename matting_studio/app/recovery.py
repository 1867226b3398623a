"""Work that is not lost: copies of modified documents, and those that a crash left behind.

Each running program has a folder of its own with a lock in it, and one project file per modified document. What lies in
a folder whose lock nobody holds was left by a program that did not end well.
"""

import contextlib
import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import MattingError
from core.instance_lock import InstanceLock, LockedError, is_held, wait_for_lock
from matting_studio.app.reach import is_folder
from matting_studio.app.suffixes import PROJECT_SUFFIX

_LOCK = "lock"
_NAME_AND_KEY = re.compile(rf"(?P<name>.*)-[0-9a-f]{{16}}{re.escape(PROJECT_SUFFIX)}", re.DOTALL)
_LONGEST_NAME_BYTES = 120
_PATIENCE_SECONDS = 2.0
"""Longer than it takes to find out whether a lock is held, which holds it."""
_YOUNG_SECONDS = 60.0
"""So long after its lock was made, a program may be about to hold it and to write its first copy."""


class RecoveryError(MattingError):
    """There is no place for copies of unsaved work, or what a crash left cannot be taken over."""


@dataclass(frozen=True)
class RecoveryItem:
    """A document that a crash left behind."""

    path: Path
    name: str
    """Of the photo."""
    saved_at: datetime
    """Local time."""


class Recovery:
    """Where this running program keeps its copies, and what others left."""

    def __init__(self, folder: Path) -> None:
        """`folder` is common to all running programs; it is made when the first copy is to be kept."""
        self._common = folder
        self._own = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._lock: InstanceLock | None = None

    def new_path(self, name: str) -> Path:
        """Where to keep the copies of a document; `name` is its photo's. Raises RecoveryError."""
        if self._lock is None:
            try:
                self._own.mkdir(parents=True, exist_ok=True)
                self._lock = wait_for_lock(self._own / _LOCK, _PATIENCE_SECONDS)
            except (OSError, LockedError) as error:
                raise RecoveryError(
                    f"Unsaved work cannot be kept in {self._common} ({_reason(error)}): save often, or make the "
                    "folder writable."
                ) from error
        plain = re.sub(r"[^\w .-]", "_", name).encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore")
        return self._own / f"{plain}-{secrets.token_hex(8)}{PROJECT_SUFFIX}"

    def pending(self) -> list[RecoveryItem]:
        """What crashed programs left, the newest first. Raises RecoveryError where the folder cannot be read."""
        if not is_folder(self._common):
            return []
        items = []
        try:
            for folder in self._common.iterdir():
                lock = folder / _LOCK
                # Without a lock it is a folder that is being made or deleted right now.
                if folder == self._own or not lock.exists() or is_held(lock):
                    continue
                found = [_item(path) for path in folder.glob(f"*{PROJECT_SUFFIX}")]
                if not found and time.time() - lock.stat().st_mtime > _YOUNG_SECONDS:
                    shutil.rmtree(folder)
                items += found
        except OSError as error:
            raise RecoveryError(
                f"What an earlier session left in {self._common} cannot be looked at: {error.strerror or error}."
            ) from error
        return sorted(items, key=lambda item: item.saved_at, reverse=True)

    def take(self, item: RecoveryItem) -> Path:
        """Make a copy that a crash left this program's own; it is lost at no moment. Raises RecoveryError."""
        target = self.new_path(item.name)
        try:
            item.path.replace(target)
        except OSError as error:
            raise RecoveryError(f"{item.name} cannot be recovered: {error.strerror or error}.") from error
        return target

    def drop(self, copy: Path) -> None:
        """Delete a copy of this program's own that nobody needs; one that another program holds goes at `close`."""
        with contextlib.suppress(OSError):
            copy.unlink(missing_ok=True)

    def discard(self, item: RecoveryItem) -> None:
        """Delete what a crash left. Raises RecoveryError."""
        try:
            item.path.unlink(missing_ok=True)
        except OSError as error:
            raise RecoveryError(f"{item.path} cannot be deleted: {error.strerror or error}.") from error

    def close(self) -> None:
        """Delete this program's folder: what is in it has been saved, or is not wanted. Raises RecoveryError."""
        if self._lock is None:
            return
        try:
            # While the lock is held, nobody takes the copies for a crash's.
            for path in self._own.glob(f"*{PROJECT_SUFFIX}"):
                path.unlink()
            self._lock.release()
            self._lock = None
            shutil.rmtree(self._own)
        except OSError as error:
            raise RecoveryError(f"{self._own} cannot be deleted: {error.strerror or error}.") from error


def _reason(error: OSError | LockedError) -> str:
    return str(error.strerror or error) if isinstance(error, OSError) else "another program holds it"


def _item(path: Path) -> RecoveryItem:
    match = _NAME_AND_KEY.fullmatch(path.name)
    saved_at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    return RecoveryItem(path, match["name"] if match else path.stem, saved_at)
