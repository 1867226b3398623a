"""The runs of a folder, looked at again and again: only what has changed is read anew."""

import time
from pathlib import Path

from core.training.run import RunFolder
from matting_studio.app.reach import is_there
from matting_studio.app.training.runs import RunError, RunState, RunSummary, summarise, summarise_damaged

_Signature = tuple[int | None, ...]


class RunList:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[Path, tuple[_Signature, RunSummary]] = {}

    def look(self) -> tuple[RunSummary, ...]:
        """The runs, the latest first; one whose files cannot be understood is a failed one that says so.

        Raises RunError where the folder cannot be listed.
        """
        folders = [folder for folder in self._folders() if is_there(RunFolder(folder).config)]
        self._known = {folder: self._looked_at(folder) for folder in folders}
        runs = [run for _, run in self._known.values()]
        return tuple(sorted(runs, key=lambda run: (run.started or time.time(), run.name), reverse=True))

    def _folders(self) -> list[Path]:
        try:
            # What is hidden was deleted.
            return [path for path in self._root.iterdir() if not path.name.startswith(".")]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RunError(
                f"The runs in {self._root} cannot be listed ({error.strerror or error}): see to the folder."
            ) from error

    def _looked_at(self, folder: Path) -> tuple[_Signature, RunSummary]:
        signature = _signature(folder)
        known = self._known.get(folder)
        # A process may end without touching a file.
        if known is not None and known[0] == signature and known[1].state is not RunState.RUNNING:
            return known
        try:
            return signature, summarise(folder)
        except RunError as error:
            return signature, summarise_damaged(folder, str(error))


def _signature(folder: Path) -> _Signature:
    """Differs where a file was written that a summary is made of."""
    run = RunFolder(folder)
    return tuple(_written(path) for path in (run.config, run.events, run.process, run.log, run.notes))


def _written(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
