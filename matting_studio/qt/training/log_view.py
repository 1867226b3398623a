"""The last lines that a run's process has said."""

from collections.abc import Sequence

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit


class LogView(QPlainTextEdit):
    """Follows the end, unless somebody has scrolled up to read."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()
        self.setObjectName("run_log")
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName("Log of the run")
        self.setPlaceholderText("Here stands what the run's process says, once it has said something.")

    def show_lines(self, lines: Sequence[str]) -> None:
        """The last lines of the log. Those that are there already stay, and with them what is selected."""
        before, self._lines = self._lines, tuple(lines)
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        follows, place = down.value() == down.maximum(), (down.value(), across.value())
        new = _new_lines(before, self._lines)
        if new is None:
            self.setPlainText("\n".join(lines))
        elif new:
            self.appendPlainText("\n".join(new))
        down.setValue(down.maximum() if follows else place[0])
        across.setValue(place[1])


def _new_lines(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...] | None:
    """What comes after the lines that were there before, some of which are too old by now; None for another log."""
    for gone in range(len(before)):
        kept = before[gone:]
        if now[: len(kept)] == kept:
            return now[len(kept) :]
    return None
