"""Starts, stops and watches the training runs of a folder; each is a process of its own that outlives the window.

All that is known of a run is in its folder, so it makes no difference who started it.
"""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.config import TrainingConfig
from core.training.run import RunFolder
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.training import launching
from matting_studio.app.training.queue import RunQueue
from matting_studio.app.training.run_list import RunList
from matting_studio.app.training.runs import RunError, RunState, RunSummary, delete_run
from matting_studio.qt.worker import Worker

LOOK_MS = 1000
_QUEUE = "queue.json"


class Runner(QObject):
    runs_changed = Signal()
    """There are other runs than before, or another state than before."""
    run_changed = Signal(object)
    """The Path of a run's folder: its summary is another one than before."""
    failed = Signal(str)
    """A sentence: what was asked for could not be done."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        """`root` is the folder in which the runs lie."""
        super().__init__(parent)
        self._root = root.absolute()
        self._runs: dict[Path, RunSummary] = {}
        self._worker = Worker("training runs", self)
        self._worker.failed.connect(self._tell_failure)
        self._keeper = _Keeper(self._root)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    @property
    def root(self) -> Path:
        return self._root

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
        folder = self._free(name)
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
        look = Job(("look",), "Looking at the runs", lambda _context: self._keeper.look(), Priority.HOUSEKEEPING,
                   self._take)  # fmt: skip
        self._worker.submit(look)

    def shutdown(self, timeout_seconds: float = 10.0) -> bool:
        """End the thread that looks; runs go on. False where it is still busy after that time."""
        self._timer.stop()
        return self._worker.shutdown(timeout_seconds)

    def _free(self, name: str) -> Path:
        """A folder that is not there yet, called after the run."""
        plain = "".join(letter if letter.isalnum() or letter in " ._-" else "-" for letter in name).strip(" .") or "run"
        folders = (self._root / (plain if number == 1 else f"{plain}-{number}") for number in count(1))
        return next(folder for folder in folders if not folder.exists())

    def _do(self, what: str, folder: Path, work: Callable[[], None]) -> None:
        """Do something to the runs on the thread, also when the program is about to end; look at them afterwards."""

        def work_and_look(_context: JobContext) -> tuple[RunSummary, ...]:
            work()
            return self._keeper.look()

        job = Job((what, folder), f"{folder.name}: {what}", work_and_look, deliver=self._take, essential=True)
        self._worker.submit(job)

    def _take(self, runs: tuple[RunSummary, ...]) -> None:
        before, self._runs = self._runs, {run.folder: run for run in runs}
        states = [(run.folder, run.state) for run in before.values()]
        if states != [(run.folder, run.state) for run in runs]:
            self.runs_changed.emit()
        for run in runs:
            if before.get(run.folder) != run:
                self.run_changed.emit(run.folder)

    @Slot(object, str)
    def _tell_failure(self, _job: Job, sentence: str) -> None:
        self.failed.emit(sentence)


class _Keeper:
    """What the thread does; nobody else touches it."""

    def __init__(self, root: Path) -> None:
        self._list = RunList(root)
        self._queue = RunQueue(root / _QUEUE)
        self._started: list[subprocess.Popen[bytes]] = []

    def look(self) -> tuple[RunSummary, ...]:
        """All runs; the next one of the queue is started where none is running. Raises RunError."""
        # Whoever started a process has to ask for its end, or the system keeps a trace of it.
        self._started = [process for process in self._started if process.poll() is None]
        runs = self._list.look()
        waiting = self._queue.next_to_start(runs)
        if waiting is not None:
            self._launch(waiting)
            runs = self._list.look()
        return tuple(self._in_queue(run) for run in runs)

    def enqueue(self, folder: Path) -> None:
        try:
            self._queue.add(folder)
        except OSError as error:
            raise RunError(f"{folder.name} cannot be put into the queue ({error.strerror or error}).") from error

    def stop(self, folder: Path) -> None:
        if folder in self._queue.runs:
            self._queue.remove(folder)
        else:
            launching.stop_and_save(folder)

    def stop_now(self, folder: Path) -> None:
        if folder in self._queue.runs:
            self._queue.remove(folder)
        launching.end_now(folder)

    def delete(self, folder: Path) -> None:
        if folder in self._queue.runs:
            self._queue.remove(folder)
        delete_run(folder)

    def _launch(self, folder: Path) -> None:
        # Out of the queue first: one that cannot be started must not be tried again for ever.
        self._queue.remove(folder)
        processes = int(RunFolder(folder).read_config()["run"].get("processes", 1))
        try:
            self._started.append(launching.start(folder, processes))
        except OSError as error:
            raise RunError(f"{folder.name} cannot be started ({error.strerror or error}).") from error

    def _in_queue(self, run: RunSummary) -> RunSummary:
        """A run with what the queue knows of it, and its own files do not."""
        if run.folder in self._queue.runs and run.state is not RunState.RUNNING:
            return replace(run, state=RunState.WAITING, reason=None)
        if run.state is RunState.WAITING:
            return replace(run, state=RunState.STOPPED)
        return run
