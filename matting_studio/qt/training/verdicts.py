"""Says what became of runs that ended while the program looked on, and whether their models are worth using."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.training.runs import RunState
from matting_studio.app.training.verdict import Verdict, judge
from matting_studio.qt.training.runner import Runner
from matting_studio.qt.worker import Worker


class Verdicts(QObject):
    better = Signal(object, object, str)
    """The Path of a run's folder, that of its model, which may be used, and a sentence."""
    not_better = Signal(str)
    failed = Signal(str)
    """A sentence: why a run has ended."""
    made_good = Signal(str)
    """The sentence of a failure, said before: its run has gone on, or is gone."""

    def __init__(self, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._states: dict[Path, RunState] = {}
        self._failures: dict[Path, str] = {}
        """What was said of runs that have failed."""
        self._worker = Worker("training verdicts", self)
        self._worker.failed.connect(lambda _job, sentence: self.failed.emit(sentence))
        runner.runs_changed.connect(self._look)

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    @Slot()
    def _look(self) -> None:
        before, self._states = self._states, {run.folder: run.state for run in self._runner.runs()}
        for folder in [each for each in self._failures if self._states.get(each) is not RunState.FAILED]:
            self.made_good.emit(self._failures.pop(folder))
        for run in self._runner.runs():
            if before.get(run.folder) is not RunState.RUNNING:
                continue
            if run.state is RunState.FINISHED:
                self._judge(run.folder)
            elif run.state is RunState.FAILED:
                self._failures[run.folder] = f"{run.name} has failed. {run.reason or ''}".strip()
                self.failed.emit(self._failures[run.folder])

    def _judge(self, folder: Path) -> None:
        def work(_context: JobContext) -> Verdict:
            return judge(folder)

        def deliver(verdict: Verdict) -> None:
            if verdict.model is not None:
                self.better.emit(folder, verdict.model, verdict.sentence)
            else:
                self.not_better.emit(verdict.sentence)

        self._worker.submit(Job(("judge", folder), f"Judging {folder.name}", work, Priority.CURRENT, deliver))
