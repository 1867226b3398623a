"""Puts the pixels of documents away that have not been shown for long, so that many photos can be open."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from matting_studio.app.document import Document
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.session import Status
from matting_studio.qt.desk import Desk
from matting_studio.qt.matting import READ_AHEAD

if TYPE_CHECKING:
    from matting_studio.app.packing import PackedBase

BUDGET_BYTES = 2 << 30
"""What all open photos, mattes and strokes may take: about six documents of 24 megapixels."""
SHARE = 3
"""Of a limit for the memory, one part of so many is for open photos; the rest is for the work on one of them."""


class Shelf(QObject):
    """A document that was put away has no pixels: its photo is read again when it is shown, its matte unpacked."""

    put_away = Signal(object)
    """A Document that has just lost its pixels: whoever holds some of them lets go as well."""

    def __init__(self, desk: Desk, may_go: Callable[[Document], bool], parent: QObject) -> None:
        """`may_go` says whether nothing is under way on a document, and nothing of it would be lost in a crash."""
        super().__init__(parent)
        self.budget_bytes = BUDGET_BYTES
        self._desk = desk
        self._may_go = may_go
        self._packed: dict[Document, PackedBase] = {}
        self._shown: list[Document] = []
        """The one shown last is at the end."""

    def packed(self, document: Document) -> PackedBase | None:
        return self._packed.get(document)

    def note_shown(self, document: Document) -> None:
        self._shown = [*(other for other in self._shown if other is not document), document]

    def forget(self, document: Document) -> None:
        self._packed.pop(document, None)
        self._shown = [other for other in self._shown if other is not document]

    def tidy(self) -> None:
        """Put away what is too much, the longest not shown first."""
        session, limit_bytes = self._desk.session, self._desk.settings.memory_limit_bytes
        budget_bytes = self.budget_bytes if limit_bytes is None else min(self.budget_bytes, limit_bytes // SHARE)
        excess = sum(document.held_bytes for document in session.documents) - budget_bytes
        if excess <= 0:
            return
        last_shown = {document: number for number, document in enumerate(self._shown)}
        for document in sorted(session.documents, key=lambda document: last_shown.get(document, -1)):
            if excess <= 0:
                break
            if document is not session.current and self._can_go(document):
                excess -= document.pixel_bytes
                self._put_away(document)

    def _can_go(self, document: Document) -> bool:
        status = self._desk.session.place(document).status
        settled = (
            status in (Status.READY, Status.STOPPED)
            or (status is Status.FAILED and document.base is None)
            or (status is Status.WAITING and self._can_wait(document))
        )
        return document.photo is not None and document.path is not None and settled and self._may_go(document)

    def _can_wait(self, document: Document) -> bool:
        """Whether a document's first matte is so far off that its photo is better read once more by then."""
        session = self._desk.session
        waiting = (
            other
            for other in session.in_turn()
            if other.photo is not None and session.place(other).status is Status.WAITING
        )
        return document.base is None and document not in islice(waiting, READ_AHEAD)

    def _put_away(self, document: Document) -> None:
        base = document.base
        if base is None:
            self._forget_pixels(document)
            return

        def work(_context: JobContext) -> PackedBase:
            from matting_studio.app.packing import pack  # noqa: PLC0415 - the window is up without it

            return pack(base)

        def deliver(packed: PackedBase) -> None:
            # It may have been shown, changed or matted anew meanwhile.
            if document is not self._desk.session.current and document.base is base and self._can_go(document):
                self._packed[document] = packed
                self._forget_pixels(document)
                self._desk.document_changed.emit(document)

        key = ("pack", document)
        if not self._desk.files.has(key):
            self._desk.files.submit(Job(key, f"Packing {document.name}", work, Priority.HOUSEKEEPING, deliver))

    def _forget_pixels(self, document: Document) -> None:
        document.forget_pixels()
        self.put_away.emit(document)
