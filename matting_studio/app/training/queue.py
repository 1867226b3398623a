"""Runs that wait for each other: one is trained at a time."""

import json
from collections.abc import Iterable
from pathlib import Path

from core.atomic import write_atomically
from core.training.run import RunFolder
from matting_studio.app.training.runs import RunState, RunSummary


class RunQueue:
    """Folders of runs in the order in which they are to be trained, kept in a file between two starts."""

    def __init__(self, path: Path) -> None:
        """A file that is missing or damaged counts as an empty queue."""
        self._path = path
        try:
            names = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            names = []
        sound = isinstance(names, list) and all(isinstance(name, str) for name in names)
        self._runs = [Path(name) for name in names] if sound else []

    @property
    def runs(self) -> tuple[Path, ...]:
        return tuple(self._runs)

    def add(self, folder: Path) -> None:
        """At the end; a run that waits already stays where it is. Raises OSError where the queue cannot be kept."""
        if folder not in self._runs:
            self._keep([*self._runs, folder])

    def remove(self, folder: Path) -> None:
        """Raises OSError where the queue cannot be kept."""
        self._keep([each for each in self._runs if each != folder])

    def move(self, folder: Path, place: int) -> None:
        """Put a waiting run elsewhere; 0 is next. Raises ValueError where it does not wait, OSError as `add`."""
        rest = list(self._runs)
        rest.remove(folder)
        rest.insert(place, folder)
        self._keep(rest)

    def next_to_start(self, runs: Iterable[RunSummary]) -> Path | None:
        """The first waiting run whose folder is still there; None while one of `runs` is running.

        It stays in the queue until it is removed, which is to be done once its process is there.
        """
        if any(run.state is RunState.RUNNING for run in runs):
            return None
        return next((folder for folder in self._runs if RunFolder(folder).config.exists()), None)

    def _keep(self, runs: list[Path]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with write_atomically(self._path) as file:
            file.write(json.dumps([str(run) for run in runs], indent=1).encode())
        self._runs = runs
