"""A question inside the window, above the photo, with its answers beside it; work goes on meanwhile."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QWidget
from shiboken6 import isValid

from matting_studio.qt.sentence_label import SentenceLabel
from matting_studio.qt.spoken import announce

Answer = tuple[str, Callable[[], None]]


class QuestionBar(QFrame):
    freed = Signal()
    """A question was answered or has settled itself, and no other one came of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("question_bar")
        self.text = SentenceLabel()
        self.buttons: list[QPushButton] = []
        self._still: Callable[[], bool] = lambda: True
        self._then: Callable[[], None] = lambda: None
        self._focus_before: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 8, 8)
        self._row.setSpacing(8)
        self._row.addWidget(self.text, 1)
        self.hide()

    def ask(
        self,
        question: str,
        answers: Sequence[Answer],
        still: Callable[[], bool] = lambda: True,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask, in place of what was asked before. The first answer is the proposed one; each closes the bar.

        `still` says whether there is anything to ask about; `review` looks, and `then` is done where there is not.
        """
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self._focus_before = focused
        self._clear()
        self._still, self._then = still, then
        self.text.setText(question)
        for number, (text, answer) in enumerate(answers):
            button = QPushButton(text)
            button.setProperty("accent", number == 0)
            button.setAutoDefault(True)  # the return key presses it, as it does in dialogs
            button.clicked.connect(partial(self._answer, answer))
            self._row.addWidget(button)
            self.buttons.append(button)
        self.show()
        announce(self, question)
        self.buttons[0].setFocus()

    def review(self) -> None:
        """Take back a question that has settled itself, as about changes that were undone or saved."""
        if self.buttons and not self._still():
            self.withdraw()
            self._then()
            if not self.buttons:
                self.freed.emit()

    def withdraw(self) -> None:
        self._clear()
        self.hide()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()  # it is also the key of an action of the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave_unanswered()
        else:
            super().keyPressEvent(event)

    def _leave_unanswered(self) -> None:
        """Nothing is done, and all stays as it is: even a proposed answer may be more than Escape should do."""
        self.withdraw()
        self._give_focus_back()

    def _give_focus_back(self) -> None:
        if self._focus_before is not None and isValid(self._focus_before):
            self._focus_before.setFocus()

    def _answer(self, then: Callable[[], None], _checked: bool = False) -> None:
        self.withdraw()
        self._give_focus_back()  # or Qt would take whatever comes first in the window
        then()
        if not self.buttons:
            self.freed.emit()

    def _clear(self) -> None:
        for button in self.buttons:
            button.deleteLater()
            self._row.removeWidget(button)
        self.buttons = []
