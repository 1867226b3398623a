"""Runs that wait for each other: one is trained at a time.

Several programs may have a window open on one folder of runs. The file is the queue: it is read whenever it is asked,
and whoever changes it, or starts what is next, holds it meanwhile.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.atomic import write_atomically
from core.instance_lock import LockedError, wait_for_lock
from core.training.run import RunFolder
from matting_studio.app.reach import is_there
from matting_studio.app.training.run_names import QUEUE_LOCK
from matting_studio.app.training.runs import RunError, RunState, RunSummary

_PATIENCE_SECONDS = 2.0
"""Longer than anybody holds the queue."""


class RunQueue:
    """Folders of runs in the order in which they are to be trained, kept in a file between two starts."""

    def __init__(self, path: Path) -> None:
        """A file that is missing or damaged counts as an empty queue."""
        self._path = path
        self._is_held = False

    @property
    def runs(self) -> tuple[Path, ...]:
        """As they wait now. Raises RunError where the file cannot be read."""
        try:
            names = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            names = []
        except OSError as error:
            raise RunError(
                f"The queue {self._path} cannot be read ({error.strerror or error}): no run is started until it can."
            ) from error
        sound = isinstance(names, list) and all(isinstance(name, str) for name in names)
        return tuple(Path(name) for name in names) if sound else ()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other programs from changing the queue, and from starting what waits in it.

        Raises OSError where it cannot be had.
        """
        if self._is_held:
            yield
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock = wait_for_lock(self._path.with_name(QUEUE_LOCK), _PATIENCE_SECONDS)
        except LockedError:
            raise TimeoutError("another program holds the queue: try again") from None
        with lock:
            self._is_held = True
            try:
                yield
            finally:
                self._is_held = False

    def add(self, folder: Path) -> None:
        """At the end; a run that waits already stays where it is. Raises OSError where the queue cannot be kept."""
        with self.held():
            runs = self.runs
            if folder not in runs:
                self._keep((*runs, folder))

    def remove(self, folder: Path) -> None:
        """Raises OSError where the queue cannot be kept."""
        with self.held():
            self._keep(each for each in self.runs if each != folder)

    def next_to_start(self, runs: Iterable[RunSummary]) -> Path | None:
        """The first waiting run whose folder is still there; None while one of `runs` is running.

        It stays in the queue until it is removed, which is to be done once its process is there.
        """
        if any(run.state is RunState.RUNNING for run in runs):
            return None
        return next((folder for folder in self.runs if is_there(RunFolder(folder).config)), None)

    def _keep(self, runs: Iterable[Path]) -> None:
        with write_atomically(self._path) as file:
            file.write(json.dumps([str(run) for run in runs], indent=1).encode())
