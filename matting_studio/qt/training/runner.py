"""Starts, stops and watches the training runs of a folder; each is a process of its own that outlives the window.

All that is known of a run is in its folder, so it makes no difference who started it. As long as nobody watches, only
the queue is looked at, and now and then.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.config import TrainingConfig
from core.training.run import RunFolder
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.training import launching
from matting_studio.app.training.queue import RunQueue
from matting_studio.app.training.run_list import RunList
from matting_studio.app.training.run_names import QUEUE_FILE, free_folder
from matting_studio.app.training.runs import RunError, RunState, RunSummary, delete_run
from matting_studio.qt.worker import Worker

LOOK_MS, QUEUE_MS = 1000, 5000
"""How often the runs are looked at while somebody watches them, and the queue while nobody does."""


@dataclass(frozen=True)
class Seen:
    """What a look at the runs has shown."""

    runs: tuple[RunSummary, ...]
    trouble: str | None = None
    """A sentence: why no waiting run can be started."""


class Runner(QObject):
    runs_changed = Signal()
    """There are other runs than before, or another state than before."""
    run_changed = Signal(object)
    """The Path of a run's folder: its summary is another one than before."""
    failed = Signal(str)
    """A sentence: what was asked for could not be done, or the runs cannot be looked at."""
    refused = Signal(object)
    """The Path of a run's folder: what was asked for could not be done to it."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        """`root` is the folder in which the runs lie."""
        super().__init__(parent)
        self._root = root.absolute()
        self._runs: dict[Path, RunSummary] = {}
        self._trouble: str | None = None
        """What kept the runs from being looked at the last time; it is told once."""
        self._worker = Worker("training runs", self)
        self._keeper = _Keeper(self._root)
        self._timer = QTimer(self, interval=QUEUE_MS)
        self._timer.timeout.connect(self._tend)
        self._timer.start()
        self._tend()

    @property
    def root(self) -> Path:
        return self._root

    def watch(self) -> None:
        """Look at the runs every second from now on, and not only at those that wait."""
        self._timer.timeout.disconnect(self._tend)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(LOOK_MS)
        self.refresh()

    def runs(self) -> tuple[RunSummary, ...]:
        """The runs as they were last seen, the latest first."""
        return tuple(self._runs.values())

    def run(self, folder: Path) -> RunSummary | None:
        """One of them; None where it was never seen."""
        return self._runs.get(folder)

    @property
    def is_training(self) -> bool:
        """Whether a run goes on, so that another one would have to wait."""
        return any(run.state is RunState.RUNNING for run in self._runs.values())

    def start(self, config: TrainingConfig, name: str, processes: int = 1) -> Path:
        """Start a run, or put it at the end of the queue while another one goes on; returns its folder.

        Raises RunError where the folder cannot be made.
        """
        folder = self._prepared(config, name, processes)
        self._do("enqueue", folder, lambda: self._keeper.enqueue(folder))
        return folder

    def prepare(self, config: TrainingConfig, name: str, processes: int = 1) -> Path:
        """Make the folder of a run that is started later, or by a command; returns it.

        Raises RunError where it cannot be made.
        """
        folder = self._prepared(config, name, processes)
        self.refresh()
        return folder

    def _prepared(self, config: TrainingConfig, name: str, processes: int) -> Path:
        folder = free_folder(self._root, name)
        run = config.run.model_copy(update={"processes": processes})
        try:
            launching.prepare(folder, config.model_copy(update={"run": run}))
        except OSError as error:
            raise RunError(f"The run's folder {folder} cannot be made ({error.strerror or error}).") from error
        return folder

    def resume(self, folder: Path) -> None:
        """Go on with a run that was stopped or has died, in its turn."""
        self._do("enqueue", folder, lambda: self._keeper.enqueue(folder))

    def stop(self, folder: Path) -> None:
        """Have a run save and end after its step; one that waits in the queue leaves it."""
        self._do("stop", folder, lambda: self._keeper.stop(folder))

    def stop_now(self, folder: Path) -> None:
        """End a run's process: what came after its last checkpoint is lost."""
        self._do("stop now", folder, lambda: self._keeper.stop_now(folder))

    def delete(self, folder: Path) -> None:
        """Delete a run that does not run, with its models."""
        self._do("delete", folder, lambda: self._keeper.delete(folder))

    @Slot()
    def refresh(self) -> None:
        """Look at the folder anew, on a thread; the signals tell what has changed."""
        self._look(self._keeper.look)

    @Slot()
    def _tend(self) -> None:
        """Start what waits in the queue, where it can be."""
        self._look(self._keeper.tend)

    def _look(self, work: Callable[[], Seen | None]) -> None:
        def deliver(seen: Seen | None) -> None:
            if seen is None:
                self._tell_trouble(None)
            else:
                self._take(seen)

        title = "Looking at the runs"
        self._worker.submit(
            Job(("look",), title, lambda _context: work(), Priority.HOUSEKEEPING, deliver, self._tell_trouble)
        )

    def shutdown(self, timeout_seconds: float = 10.0) -> bool:
        """End the thread that looks; runs go on. False where it is still busy after that time."""
        self._timer.stop()
        return self._worker.shutdown(timeout_seconds)

    def _do(self, what: str, folder: Path, work: Callable[[], None]) -> None:
        """Do something to the runs on the thread, also when the program is about to end; look at them afterwards."""

        def work_and_look(_context: JobContext) -> Seen:
            work()
            return self._keeper.look()

        def fail(sentence: str) -> None:
            self.refused.emit(folder)
            self.failed.emit(sentence)

        self._worker.submit(
            Job((what, folder), f"{folder.name}: {what}", work_and_look, deliver=self._take, fail=fail, essential=True)
        )

    def _take(self, seen: Seen) -> None:
        self._tell_trouble(seen.trouble)
        runs = seen.runs
        before, self._runs = self._runs, {run.folder: run for run in runs}
        states = [(run.folder, run.state) for run in before.values()]
        if states != [(run.folder, run.state) for run in runs]:
            self.runs_changed.emit()
        for run in runs:
            if before.get(run.folder) != run:
                self.run_changed.emit(run.folder)

    def _tell_trouble(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self._trouble:
            self.failed.emit(trouble)
        self._trouble = trouble


class _Keeper:
    """What the thread does; nobody else touches it."""

    def __init__(self, root: Path) -> None:
        self._list = RunList(root)
        self._queue = RunQueue(root / QUEUE_FILE)
        self._started: list[subprocess.Popen[bytes]] = []

    def look(self) -> Seen:
        """All runs; the next one of the queue is started where none is running. Raises RunError."""
        # Whoever started a process has to ask for its end, or the system keeps a trace of it.
        self._started = [process for process in self._started if process.poll() is None]
        runs = self._list.look()
        try:
            waiting = self._queue.runs
        except RunError as error:
            return Seen(runs, str(error))
        if waiting and self._queue.next_to_start(runs) is not None:
            runs = self._start_next(runs)
            waiting = self._queue.runs
        return Seen(tuple(_in_queue(run, waiting) for run in runs))

    def tend(self) -> Seen | None:
        """As `look`, where runs wait or were started from here; else None, at the cost of one small file."""
        return self.look() if self._started or self._queue.runs else None

    def enqueue(self, folder: Path) -> None:
        try:
            with self._queue.held():
                # One that is trained by now, from here or elsewhere, would begin again after its end.
                if not RunFolder(folder).is_trained:
                    self._queue.add(folder)
        except OSError as error:
            raise RunError(
                f"{folder.name} cannot be put into the queue ({error.strerror or error}): see to the folder "
                f"{folder.parent}, then try again."
            ) from error

    def stop(self, folder: Path) -> None:
        self._leave(folder)
        try:
            # Also one that waits may be trained, by a command in a terminal.
            if RunFolder(folder).is_trained:
                launching.stop_and_save(folder)
        except OSError as error:
            raise RunError(
                f"{folder.name} cannot be asked to stop ({error.strerror or error}): see to its folder, or use Stop "
                "now."
            ) from error

    def stop_now(self, folder: Path) -> None:
        self._leave(folder)
        launching.end_now(folder)

    def delete(self, folder: Path) -> None:
        self._leave(folder)
        delete_run(folder)

    def _leave(self, folder: Path) -> None:
        """Take a run out of the queue, if it waits there."""
        if folder not in self._queue.runs:
            return
        try:
            self._queue.remove(folder)
        except OSError as error:
            raise RunError(
                f"{folder.name} cannot be taken out of the queue ({error.strerror or error}): see to the folder "
                f"{folder.parent}, then try again."
            ) from error

    def _start_next(self, runs: tuple[RunSummary, ...]) -> tuple[RunSummary, ...]:
        """The runs after the next one was started, by this program or by another one that was just about to."""
        try:
            with self._queue.held():
                waiting = self._queue.next_to_start(self._list.look())
                if waiting is not None:
                    self._launch(waiting)
        except OSError:
            # Another program has the queue and starts it, or nothing can be written here, as any run would have to.
            return runs
        return self._list.look()

    def _launch(self, folder: Path) -> None:
        # Out of the queue first: one that cannot be started must not be tried again for ever.
        self._leave(folder)
        processes = int(RunFolder(folder).read_config()["run"].get("processes", 1))
        try:
            self._started.append(launching.start(folder, processes))
        except OSError as error:
            raise RunError(
                f"{folder.name} cannot be started ({error.strerror or error}): see to its folder, then resume it."
            ) from error


def _in_queue(run: RunSummary, waiting: tuple[Path, ...]) -> RunSummary:
    """A run with what the queue knows of it, and its own files do not."""
    if run.folder in waiting and run.state is not RunState.RUNNING:
        return replace(run, state=RunState.WAITING, reason=None)
    if run.state is RunState.WAITING:
        return replace(run, state=RunState.STOPPED)
    return run
