"""The batch's own folder inside the output folder: what was done, small pictures, and files that are not yet whole.

    OUT_DIR/.matting-studio/journal.jsonl       what was done (journal.py)
                            journal.lock        locked while a run is at it
                            journal.partial/    results on their way; emptied at the start and at the end
                            thumbnails/         one small cut-out per photo, for reports and tables

A run that works on a part only has a name of its own in the place of `journal`, so that several can share one output
folder. As results come out of `partial` by renaming, nothing half-written ever lies among the results, and what a
killed run left behind is told from everybody else's files by where it lies.
"""

import contextlib
import errno
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from core.atomic import write_atomically
from core.errors import MattingError
from core.instance_lock import InstanceLock, LockedError
from matting_studio.app.batch.journal import FOLDER, History, Journal, JournalError
from matting_studio.app.reach import is_folder, is_there
from matting_studio.app.short_names import short_hash


class WorkplaceError(MattingError):
    """The output folder cannot be worked in."""


class Workplace:
    """Open while a run, or several after each other, put results into an output folder."""

    def __init__(self, output: Path, name: str = "journal") -> None:
        """It is open. Raises what `open` raises."""
        self.output = output
        self.folder = output / FOLDER
        self.partial = self.folder / f"{name}.partial"
        self._discarded = self.folder / f"{name}.discarded"
        self._thumbnails = self.folder / "thumbnails"
        self._name = name
        self.is_open = False
        self.open()

    def open(self) -> None:
        """Begin again after `close`, with what others have noted meanwhile.

        Raises WorkplaceError where the folder cannot be written to, or another run is at it; JournalError.
        """
        try:
            self._thumbnails.mkdir(parents=True, exist_ok=True)
            self._lock = InstanceLock(self.folder / f"{self._name}.lock")
        except LockedError as error:
            raise WorkplaceError(
                f"Another run is writing to {self.output}. Wait until it has ended, or choose another folder."
            ) from error
        except OSError as error:
            raise _unwritable(self.output, error) from error
        try:
            self.discard_partial()
            self.partial.mkdir(exist_ok=True)  # what is left from before may be held by another program
            self.history = History.read(self.output)
            self.journal = Journal(self.folder / f"{self._name}.jsonl")
        except (OSError, JournalError) as error:
            self._lock.release()
            if isinstance(error, OSError):
                raise _unwritable(self.output, error) from error
            raise
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        self.journal.close()
        self.discard_partial()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def discard_partial(self) -> None:
        """Remove what is not whole; it may be there still where that fails, and is removed at the next start."""
        shutil.rmtree(self._discarded, ignore_errors=True)
        # Renamed first: threads that are still at work would put files into it while it is emptied.
        with contextlib.suppress(OSError):
            self.partial.rename(self._discarded)
        # Twice: a thread that was opening a file while its folder was renamed has made it in there.
        for folder in (self._discarded, self.partial, self._discarded):
            shutil.rmtree(folder, ignore_errors=True)

    def thumbnail(self, photo: str) -> Path:
        """Where the small cut-out of a photo lies, if it is there."""
        return self._thumbnails / f"{short_hash(photo)}.webp"


def check_workplace(output: Path) -> None:
    """Raises WorkplaceError where `Workplace` could not make its files in an output folder; nothing is made.

    What another run holds is not looked at: that is for the moment only.
    """
    folder = output / FOLDER
    if not is_there(folder):
        return
    if not is_folder(folder):
        raise _unwritable(output, FileExistsError(errno.EEXIST, f"{FOLDER} in it is a file"))
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise _unwritable(output, PermissionError(errno.EACCES, f"nothing may be written to {FOLDER} in it"))


def put_in_place(source: Path, target: Path) -> None:
    """Move a file that is whole to where it belongs, over what is there. Raises OSError."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # A sub-folder of the output may be on another disk.
        with source.open("rb") as whole, write_atomically(target) as file:
            shutil.copyfileobj(whole, file)
        source.unlink()


def _unwritable(output: Path, error: OSError) -> WorkplaceError:
    return WorkplaceError(f"{output} cannot be written to ({error.strerror or error}). Choose another folder.")
