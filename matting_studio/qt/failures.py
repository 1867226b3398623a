"""What went wrong and has not gone well since: a success takes back what was said of the failures before it."""

from collections.abc import Hashable

from PySide6.QtCore import QObject, Signal, Slot

from matting_studio.app.document import Document
from matting_studio.app.jobs import Job
from matting_studio.qt.desk import Desk

_ANYWHERE = {"export", "save", "hand out"}
"""Kinds of jobs that name their file in the key: what was written elsewhere in the end is written."""


class Failures(QObject):
    made_good = Signal(str)
    """A sentence that was said of a failure, and need not be read any more."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._sentences: dict[tuple[Hashable, ...], set[str]] = {}
        """By what failed."""
        for worker in desk.workers:
            worker.failed.connect(self._failed)
            worker.finished.connect(self._finished)

    def forget(self, document: Document) -> None:
        """The document was closed. What failed stays said: nothing can make it good."""
        self._sentences = {about: said for about, said in self._sentences.items() if document not in about}

    @Slot(object, str)
    def _failed(self, job: Job, sentence: str) -> None:
        self._sentences.setdefault(_about(job), set()).add(sentence)

    @Slot(object, object)
    def _finished(self, job: Job, _value: object) -> None:
        for sentence in self._sentences.pop(_about(job), ()):
            if not any(sentence in others for others in self._sentences.values()):
                self.made_good.emit(sentence)


def _about(job: Job) -> tuple[Hashable, ...]:
    return job.key[:2] if job.key[0] in _ANYWHERE else job.key
