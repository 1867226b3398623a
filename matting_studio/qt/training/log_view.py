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
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        bar = self.verticalScrollBar()
        follows, place = bar.value() == bar.maximum(), bar.value()
        self.setPlainText("\n".join(lines))
        bar.setValue(bar.maximum() if follows else place)
