"""Three steps that overlap: while one thing is written, the next is worked on, and the one after is read.

Many threads read and write; one works, as it owns what cannot be shared. The queues between them are short, so memory
holds a few things at a time however many there are.
"""

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

_QUEUED = 1
"""Things that wait before a step, besides those in the hands of the threads on both sides."""


class _End:
    """Goes through the queues behind the last thing."""


_END = _End()


class Pipeline(Generic[T, A, B]):
    """The steps return None for what ends there, and never raise."""

    def __init__(
        self,
        take: Callable[[], T | None],
        read: Callable[[T], A | None],
        work: Callable[[A], B | None],
        write: Callable[[B], None],
        *,
        readers: int,
        writers: int,
    ) -> None:
        """`take` gives the next thing to begin with, and None once nothing more is to be begun."""
        self._take, self._read, self._work, self._write = take, read, work, write
        self._readers, self._writers = readers, writers
        self._opened: queue.Queue[A | _End] = queue.Queue(_QUEUED)
        self._worked: queue.Queue[B | _End] = queue.Queue(_QUEUED)

    def run(self) -> None:
        """Returns when all that was begun is through."""
        threads = [
            *(threading.Thread(target=self._read_all, name=f"batch reader {i + 1}") for i in range(self._readers)),
            threading.Thread(target=self._work_all, name="batch network"),
            *(threading.Thread(target=self._write_all, name=f"batch writer {i + 1}") for i in range(self._writers)),
        ]
        for thread in threads:
            # A program that ends at once does not wait for them.
            thread.daemon = True
            thread.start()
        for thread in threads:
            thread.join()

    def _read_all(self) -> None:
        while (thing := self._take()) is not None:
            opened = self._read(thing)
            del thing  # a thread that waits for its next thing holds no pixels of the last one
            if opened is not None:
                self._opened.put(opened)
            del opened
        self._opened.put(_END)

    def _work_all(self) -> None:
        ended = 0
        while ended < self._readers:
            opened = self._opened.get()
            if isinstance(opened, _End):
                ended += 1
                continue
            worked = self._work(opened)
            del opened
            if worked is not None:
                self._worked.put(worked)
            del worked
        for _ in range(self._writers):
            self._worked.put(_END)

    def _write_all(self) -> None:
        while not isinstance(worked := self._worked.get(), _End):
            self._write(worked)
            del worked
