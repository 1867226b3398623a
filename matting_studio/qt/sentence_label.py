"""A sentence that gives way, however long the names in it are."""

import re
import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

_LONG_WORD = re.compile(r"\S{25,}")
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"


class SentenceLabel(QLabel):
    """Plain text in as many lines as it needs. Where its lines may end inside a word is seen by nobody who reads,
    asks for the text or copies it."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        # In the place of Qt's own menu, which would copy the marks along.
        self.addAction("Copy", lambda: self._copy(QClipboard.Mode.Clipboard))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def text(self) -> str:
        return self._sentence

    def setText(self, sentence: str) -> None:
        self._sentence = sentence
        super().setText(_LONG_WORD.sub(_breakable, sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(QClipboard.Mode.Clipboard)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.hasSelectedText() and QGuiApplication.clipboard().supportsSelection():
            self._copy(QClipboard.Mode.Selection)

    def _copy(self, mode: QClipboard.Mode) -> None:
        """What is selected, or else all."""
        text = self.selectedText().replace(_MAY_BREAK, "") or self._sentence
        QGuiApplication.clipboard().setText(text, mode)


def _breakable(word: re.Match[str]) -> str:
    """A long word, as names of files may be, with places where a line may end; they cannot be seen."""
    return "".join(
        f"{_MAY_BREAK}{letter}" if place and place % 4 == 0 and not unicodedata.combining(letter) else letter
        for place, letter in enumerate(word[0])
    )
