"""A thread that runs jobs one after the other, and tells the window's thread how they end.

All signals are sent, and all of a job's callbacks called, on the thread that owns the worker. A cancelled job ends
at once as far as anybody can see: what its work returns later is dropped there, on the owner's thread, so that no
result can slip past a cancel.
"""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal, Slot

from matting_studio.app.jobs import Cancelled, Failed, Finished, Job, JobQueue, Progress, perform

STACK_BYTES = 16 << 20
"""Qt's threads get 512 kB on macOS, which image codecs and networks outgrow."""


class _Loop(QThread):
    """The thread itself; its signals are sent from it and are for the worker alone."""

    began = Signal(object)
    progressed = Signal(object, object)
    ended = Signal(object, object)

    def __init__(self, queue: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._queue = queue
        self._job: Job | None = None
        self.setStackSize(STACK_BYTES)

    def run(self) -> None:
        while (job := self._queue.take()) is not None:
            self._job = job
            self.began.emit(job)
            outcome = perform(job, self._report)
            self.ended.emit(job, outcome)
            # Nothing large may stay alive here until the next job comes.
            self._job = job = outcome = None

    def _report(self, progress: Progress) -> None:
        self.progressed.emit(self._job, progress)


class Worker(QObject):
    """Runs jobs on a thread of its own, which lives from the first job until `shutdown`.

    Every job submitted sends one of `finished`, `failed` and `cancelled`, and `started` before if its work began.
    """

    started = Signal(object)
    """A Job."""
    progressed = Signal(object, object)
    """A Job and a Progress."""
    finished = Signal(object, object)
    """A Job and what its work returned; its `deliver` has had it."""
    failed = Signal(object, str)
    """A Job and a sentence; its `fail` has had it."""
    cancelled = Signal(object)
    """A Job."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = JobQueue()
        self._running: Job | None = None
        """What is under way as the owner's thread knows it, cancelled or not."""
        self._open: dict[Job, None] = {}
        """Jobs whose end has not been told, in the order they came."""
        self._loop = _Loop(self._queue, self)
        self._loop.setObjectName(name)
        self._loop.began.connect(self._on_began)
        self._loop.progressed.connect(self._on_progressed)
        self._loop.ended.connect(self._on_ended)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that are pending or running and not cancelled."""
        return tuple(self._open)

    @property
    def is_alive(self) -> bool:
        """Whether there is a thread."""
        return self._loop.isRunning()

    @property
    def running(self) -> Job | None:
        """The job that is being worked on, unless it was cancelled."""
        return self._running if self._running in self._open else None

    def has(self, key: Hashable) -> bool:
        return any(job.key == key for job in self._open)

    def submit(self, job: Job) -> None:
        """Have a job done; a pending one of the same key is cancelled for it."""
        self._open[job] = None
        given_up = self._queue.put(job)
        if given_up is not None:
            self._tell_cancelled(given_up)
        if given_up is not job and not self._loop.isRunning():
            # PySide looks for NumPy by itself, when first an argument could be an array. Where another thread is in the
            # middle of importing it, that ends in a crash (6.11).
            import numpy  # noqa: F401, PLC0415

            self._loop.start()

    def cancel(self, key: Hashable) -> None:
        """Call off the pending and the running job of a key; `cancelled` is sent before this returns."""
        self.cancel_where(lambda job: job.key == key)

    def cancel_where(self, concerned: Callable[[Job], bool]) -> None:
        """Call off all jobs concerned, as `cancel` does."""
        self._queue.withdraw(concerned)
        for job in [job for job in self._open if concerned(job)]:
            job.token.cancel()
            self._tell_cancelled(job)

    def shutdown(self, timeout_seconds: float = 10.0) -> bool:
        """Cancel everything but essential jobs, and wait for the thread to end; False if it is still busy then.

        The end of every job has been told when this returns.
        """
        self._queue.close()
        self.cancel_where(lambda job: not job.essential)
        ended = self._loop.wait(int(timeout_seconds * 1000))
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)
        return ended

    def _tell_cancelled(self, job: Job) -> None:
        if job in self._open:
            del self._open[job]
            self.cancelled.emit(job)

    @Slot(object)
    def _on_began(self, job: Job) -> None:
        self._running = job
        if job in self._open:
            self.started.emit(job)

    @Slot(object, object)
    def _on_progressed(self, job: Job, progress: Progress) -> None:
        if job in self._open:
            self.progressed.emit(job, progress)

    @Slot(object, object)
    def _on_ended(self, job: Job, outcome: Finished | Failed | Cancelled) -> None:
        self._running = None
        if job not in self._open:
            return
        match outcome:
            case Cancelled():
                self._tell_cancelled(job)
            case Failed(sentence):
                del self._open[job]
                job.fail(sentence)
                self.failed.emit(job, sentence)
            case Finished(value):
                del self._open[job]
                job.deliver(value)
                self.finished.emit(job, value)
