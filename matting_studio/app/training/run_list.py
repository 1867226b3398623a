"""The runs of a folder, looked at again and again: only what has changed is read anew."""

import time
from pathlib import Path

from core.training.run import RunFolder
from matting_studio.app.training.runs import RunError, RunState, RunSummary, summarise

_Signature = tuple[int | None, ...]


class RunList:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[Path, tuple[_Signature, RunSummary]] = {}

    def look(self) -> tuple[RunSummary, ...]:
        """The runs, the latest first; one whose files cannot be understood is a failed one that says so."""
        folders = [path.parent for path in self._root.glob("*/config.json")]
        self._known = {folder: self._looked_at(folder) for folder in folders}
        runs = [run for _, run in self._known.values()]
        return tuple(sorted(runs, key=lambda run: (run.started or time.time(), run.name), reverse=True))

    def _looked_at(self, folder: Path) -> tuple[_Signature, RunSummary]:
        signature = _signature(folder)
        known = self._known.get(folder)
        # A process may end without touching a file.
        if known is not None and known[0] == signature and known[1].state is not RunState.RUNNING:
            return known
        try:
            return signature, summarise(folder)
        except RunError as error:
            return signature, _unreadable(folder, error)


def _signature(folder: Path) -> _Signature:
    """Differs where a file was written that a summary is made of."""
    run = RunFolder(folder)
    return tuple(_written(path) for path in (run.config, run.events, run.process, run.log, run.notes))


def _written(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _unreadable(folder: Path, error: RunError) -> RunSummary:
    return RunSummary(
        folder=folder,
        name=folder.name,
        state=RunState.FAILED,
        step=0,
        total_steps=0,
        best=None,
        best_step=None,
        started=None,
        seconds=0.0,
        device=None,
        reason=str(error),
        last_lines=(),
        notes="",
    )
