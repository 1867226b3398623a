"""Work for another thread: what is to be done, in which order, and how it is called off. Knows no thread itself.

A job ends in exactly one way: finished, failed with a sentence, or cancelled. `qt/worker.py` runs a queue of them.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from core.errors import MattingError

log = logging.getLogger(__name__)

T = TypeVar("T")


class JobCancelled(Exception):  # noqa: N818  nothing went wrong
    """Raised inside a job's work that was called off."""


class CancelToken:
    """Set from one thread, looked at from another between the stages of a job."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raises JobCancelled where `cancel` was called."""
        if self._event.is_set():
            raise JobCancelled


class Priority(IntEnum):
    """Smaller goes first."""

    HAND = 0
    """What the hand is doing right now, such as a stroke."""
    VIEW = 1
    CURRENT = 2
    """The photo that is shown."""
    OTHERS = 3
    """The other photos of the strip."""
    HOUSEKEEPING = 4


@dataclass(frozen=True)
class Progress:
    stage: str
    """What is being done, such as `Loading the model`."""
    fraction: float | None = None
    """0 … 1; None where it cannot be known."""


@dataclass(frozen=True)
class JobContext:
    """What a job's work is given."""

    token: CancelToken
    report: Callable[[Progress], None]


def _nothing(_value: object) -> None:
    """What is done with a result that nobody waits for."""


@dataclass(frozen=True, eq=False)
class Job(Generic[T]):
    """Something to be done on a worker.

    `work` runs on the worker's thread; `deliver` gets its result and `fail` its sentence on the thread that owns the
    worker, and neither is called once the job is cancelled.
    """

    key: Hashable
    """What the job is about: a pending job gives way to a newer one of the same key."""
    title: str
    """What a person calls it, such as `Matting anna.jpg`."""
    work: Callable[[JobContext], T]
    priority: int = Priority.CURRENT
    deliver: Callable[[T], None] = _nothing
    fail: Callable[[str], None] = _nothing
    essential: bool = False
    """Whether it is done even when the program is about to end, as what was saved must be."""
    token: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True)
class Finished(Generic[T]):
    value: T


@dataclass(frozen=True)
class Failed:
    sentence: str


@dataclass(frozen=True)
class Cancelled:
    pass


def perform(job: Job[T], report: Callable[[Progress], None]) -> Finished[T] | Failed | Cancelled:
    """Do a job's work on this thread. Never raises but for what ends the program, such as KeyboardInterrupt."""
    try:
        job.token.raise_if_cancelled()
        value = job.work(JobContext(job.token, report))
    except JobCancelled:
        return Cancelled()
    except MattingError as error:
        return Failed(str(error))
    except MemoryError:
        log.exception("%s: memory ran out", job.title)
        return Failed(f"{job.title} failed: memory ran out. Close other photos or programs, then try again.")
    except Exception as error:
        # A defect in one job must not end the thread that runs them all.
        log.exception("%s failed", job.title)
        return Failed(
            f"{job.title} failed unexpectedly ({type(error).__name__}: {error}). "
            "Try again; if it stays so, report it with the log."
        )
    return Cancelled() if job.token.cancelled else Finished(value)


class JobQueue:
    """Jobs by priority, and in the order they came within one. Safe to use from any thread."""

    def __init__(self) -> None:
        self._pending: list[Job] = []
        self._changed = threading.Condition()
        self._closed = False

    def put(self, job: Job) -> Job | None:
        """Add a job. Returns the pending one of the same key that gave way to it, cancelled.

        The newer one takes the older one's place in the line, so that frequent requests are not put off for ever.
        A job for a closed queue is cancelled at once, and returned itself.
        """
        with self._changed:
            if self._closed:
                job.token.cancel()
                return job
            for place, older in enumerate(self._pending):
                if older.key == job.key:
                    older.token.cancel()
                    self._pending[place] = job
                    return older
            self._pending.append(job)
            self._changed.notify()
            return None

    def take(self) -> Job | None:
        """The next job, waiting for one; None once the queue is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            if not self._pending:
                return None
            # `min` keeps to the first of equals.
            job = min(self._pending, key=lambda pending: pending.priority)
            self._pending.remove(job)
            return job

    def withdraw(self, concerned: Callable[[Job], bool]) -> list[Job]:
        """Take the pending jobs concerned out of the line, cancelled."""
        with self._changed:
            withdrawn = [job for job in self._pending if concerned(job)]
            self._pending = [job for job in self._pending if not concerned(job)]
        for job in withdrawn:
            job.token.cancel()
        return withdrawn

    def close(self) -> list[Job]:
        """Take no more jobs; what was pending and is not essential is cancelled and returned."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        return self.withdraw(lambda job: not job.essential)

    def __len__(self) -> int:
        with self._changed:
            return len(self._pending)
