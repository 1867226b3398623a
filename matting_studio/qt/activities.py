"""What is being done, in one line: the job that matters most, how far it is, and how long it will take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from matting_studio.app.jobs import Job, Priority, Progress
from matting_studio.app.session import Status
from matting_studio.qt.desk import Desk

SHOWN_KINDS = ("export", "copy", "save", "project", "list", "model", "matte", "read", "solve")
"""Kinds of jobs that are worth a line, those first that matter most. All else is over before it could be read."""

STOPPABLE_KINDS = frozenset({"export", "copy", "project", "list", "matte", "read", "solve"})
"""Those that somebody may call off. A save is wanted whole, and a model that is being loaded stops for nobody."""

REFRESH_MS = 250


@dataclass(frozen=True)
class Activity:
    """What is being done, for the status bar."""

    title: str
    stage: str
    fraction: float | None
    seconds_left: float | None
    device: str
    is_stoppable: bool
    """Whether Cancel would end it."""


@dataclass
class _Run:
    started_at: float
    progress: Progress | None = None


class Activities(QObject):
    """Watches the workers."""

    changed = Signal(object)
    """An Activity, or None when nothing is being done."""

    def __init__(self, desk: Desk, device_text: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._device_text = device_text
        self._runs: dict[Job, _Run] = {}
        self._last_seconds: dict[str, float] = {}
        """How long the last job of a kind took; the best guess there is for the next one."""
        self._told: Activity | None = None
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self._tell)
        for worker in desk.workers:
            worker.started.connect(self._on_started)
            worker.progressed.connect(self._on_progressed)
            worker.finished.connect(self._on_finished)
            worker.failed.connect(self._on_ended)
            worker.cancelled.connect(self._on_ended)

    @property
    def shown_job(self) -> Job | None:
        """The job that the line is about."""
        return min(
            self._runs, key=lambda job: (job.priority > Priority.CURRENT, SHOWN_KINDS.index(_kind(job))), default=None
        )

    @Slot(object)
    def _on_started(self, job: Job) -> None:
        if _kind(job) in SHOWN_KINDS:
            self._runs[job] = _Run(time.monotonic())
            self._timer.start()
            self._tell()

    @Slot(object, object)
    def _on_progressed(self, job: Job, progress: Progress) -> None:
        if job in self._runs:
            self._runs[job].progress = progress
            self._tell()

    @Slot(object, object)
    def _on_finished(self, job: Job, _value: object) -> None:
        if job in self._runs:
            self._last_seconds[_kind(job)] = time.monotonic() - self._runs[job].started_at
        self._on_ended(job)

    @Slot(object)
    @Slot(object, str)
    def _on_ended(self, job: Job, _sentence: str = "") -> None:
        if self._runs.pop(job, None) is not None:
            self._tell()
        if not self._runs:
            self._timer.stop()

    @Slot()
    def _tell(self) -> None:
        job = self.shown_job
        activity = None if job is None else self._activity(job, self._runs[job])
        if activity != self._told:
            self._told = activity
            self.changed.emit(activity)

    def _activity(self, job: Job, run: _Run) -> Activity:
        kind = _kind(job)
        fraction = run.progress.fraction if run.progress else None
        stage = run.progress.stage if run.progress else ""
        elapsed = time.monotonic() - run.started_at
        seconds_left = None
        if fraction:
            seconds_left = elapsed * (1 - fraction) / fraction
        elif kind in self._last_seconds:
            seconds_left = max(0.0, self._last_seconds[kind] - elapsed)
        if kind == "matte":
            # The strip is one piece of work for whoever waits for it.
            session = self._desk.session
            waiting = session.count(Status.WAITING, Status.READING)
            total = len(session.documents)
            if waiting:
                fraction = (total - waiting - 1) / total
                stage = f"{total - waiting} of {total}"
                if seconds_left is not None:
                    # The first one of all is taken for as long as it is going to be.
                    seconds_left += waiting * self._last_seconds.get(kind, elapsed + seconds_left)
        return Activity(job.title, stage, fraction, seconds_left, self._device_text(), kind in STOPPABLE_KINDS)


def _kind(job: Job) -> str:
    return job.key[0] if isinstance(job.key, tuple) else ""
