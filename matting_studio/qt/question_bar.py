"""A question inside the window, above the photo, with its answers beside it; work goes on meanwhile."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

Answer = tuple[str, Callable[[], None]]


class QuestionBar(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("question_bar")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.buttons: list[QPushButton] = []
        self._still: Callable[[], bool] = lambda: True
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 8, 8)
        self._row.setSpacing(8)
        self._row.addWidget(self.text, 1)
        self.hide()

    def ask(self, question: str, answers: Sequence[Answer], still: Callable[[], bool] = lambda: True) -> None:
        """Ask, in place of what was asked before. The first answer is the proposed one; each closes the bar.

        `still` says whether there is anything to ask about; `review` looks.
        """
        self._clear()
        self._still = still
        self.text.setText(question)
        for number, (text, then) in enumerate(answers):
            button = QPushButton(text)
            button.setProperty("accent", number == 0)
            button.clicked.connect(partial(self._answer, then))
            self._row.addWidget(button)
            self.buttons.append(button)
        self.show()
        self.buttons[0].setFocus()

    def review(self) -> None:
        """Take back a question that has settled itself, as about changes that were undone or saved."""
        if self.buttons and not self._still():
            self.withdraw()

    def withdraw(self) -> None:
        self._clear()
        self.hide()

    def _answer(self, then: Callable[[], None], _checked: bool = False) -> None:
        self.withdraw()
        then()

    def _clear(self) -> None:
        for button in self.buttons:
            button.deleteLater()
            self._row.removeWidget(button)
        self.buttons = []
