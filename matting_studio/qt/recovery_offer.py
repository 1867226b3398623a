"""Asks what is to become of work that a crash left, until all of it is open or discarded."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from matting_studio.app.reach import is_there
from matting_studio.app.recovery import RecoveryItem
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.studio import Studio

NAMED = 3
"""Photos that the question names; more would be a list that nobody reads."""


class RecoveryOffer(QObject):
    """The question comes back where its answer failed or was thought better of, and after another one had its place.

    First it is asked about all together. What was tried and is still there is asked about singly: of several photos one
    may be damaged and the others be found tomorrow, so one answer must not discard them all.
    """

    def __init__(self, bar: QuestionBar, studio: Studio, may_ask: Callable[[], bool], parent: QObject) -> None:
        """`may_ask` says whether somebody could answer now."""
        super().__init__(parent)
        self._bar = bar
        self._studio = studio
        self._may_ask = may_ask
        self._question = ""
        self._tried: list[Path] = []
        """Copies that were to be brought back, the last of them at the end."""
        studio.work_left.connect(self.review)
        bar.freed.connect(self.review)

    @Slot()
    def review(self) -> None:
        """Ask about what is left, unless something else is being asked."""
        is_free = not self._bar.buttons or self._bar.text.text() == self._question
        if not is_free or not self._may_ask():
            return
        left = [item for item in self._studio.pending_recoveries() if not self._studio.is_being_recovered(item)]
        untried = [item for item in left if item.path not in self._tried]
        if untried:
            names = ", ".join(item.name for item in untried[:NAMED]) + (" and others" if len(untried) > NAMED else "")
            self._ask(f"The program ended unexpectedly last time. Your work on {names} was kept.", untried)
        elif left:
            item = min(left, key=lambda item: self._tried.index(item.path))
            self._ask(f"Your work on {item.name} is not open, and still kept.", [item])

    def _ask(self, question: str, items: Sequence[RecoveryItem]) -> None:
        self._question = question
        self._bar.ask(
            question,
            (("Bring it back", lambda: self._recover(items)), ("Discard it", lambda: self._discard(items))),
            lambda: any(is_there(item.path) for item in items),
        )

    def _recover(self, items: Sequence[RecoveryItem]) -> None:
        for item in items:
            self._tried = [*(path for path in self._tried if path != item.path), item.path]
            self._studio.recover(item)

    def _discard(self, items: Sequence[RecoveryItem]) -> None:
        for item in items:
            self._studio.discard(item)
