"""What a setting is written into; one kind of control for each kind of setting."""

from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from matting_studio.app.training.setting import Kind, Setting
from matting_studio.qt.restyle import restyle
from matting_studio.qt.room import for_font

EDITOR_WIDTH_PX = 168
_LONGEST = 10_000_000
"""Characters. By itself Qt keeps 32,767 of a line, fewer than weights for each of thousands of files have."""
_PLACEHOLDERS = {Kind.PATH: "None", Kind.WEIGHTS: "pattern 2, other* 0.5"}


class Editor(Protocol):
    """A QWidget with a value."""

    changed: Signal

    def show_value(self, value: Any) -> None:
        """Show a value; announces nothing."""

    def value(self) -> Any:
        """What is written there now. Raises ConfigError with a sentence."""

    def mark(self, wrong: bool) -> None:
        """Show whether it can be used."""


def editor_for(setting: Setting) -> QWidget:
    """An Editor."""
    if setting.kind is Kind.FLAG:
        return FlagEditor(setting)
    if setting.kind is Kind.PATH:
        return PathEditor(setting)
    return TextEditor(setting)


class TextEditor(QLineEdit):
    changed = Signal()

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting
        self.setFixedWidth(for_font(EDITOR_WIDTH_PX))
        self.setMaxLength(_LONGEST)
        self.setAccessibleName(setting.title)
        self.setPlaceholderText(_PLACEHOLDERS.get(setting.kind, ""))
        if setting.kind in (Kind.NUMBER, Kind.RANGE, Kind.LIST):
            self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textEdited.connect(self.changed)

    def show_value(self, value: Any) -> None:
        self.setText("" if value is None else self._setting.text(value))
        self.setCursorPosition(0)

    def value(self) -> Any:
        return self._setting.read(self.text())

    def mark(self, wrong: bool) -> None:
        mark_wrong(self, wrong)


class FlagEditor(QCheckBox):
    changed = Signal()

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setFixedWidth(for_font(EDITOR_WIDTH_PX))
        self.setAccessibleName(setting.title)
        self.toggled.connect(self._name_state)
        self.clicked.connect(self.changed)
        self._name_state(False)

    def show_value(self, value: Any) -> None:
        self.setChecked(bool(value))

    def value(self) -> Any:
        return self.isChecked()

    def mark(self, wrong: bool) -> None:
        """Neither of its two states can be wrong."""

    def _name_state(self, checked: bool) -> None:
        self.setText("On" if checked else "Off")


class PathEditor(QWidget):
    changed = Signal()

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting
        self.setFixedWidth(for_font(EDITOR_WIDTH_PX))
        self.line = QLineEdit()
        self.line.setAccessibleName(setting.title)
        self.line.setPlaceholderText(_PLACEHOLDERS[Kind.PATH])
        self.line.textEdited.connect(self.changed)
        self.button = QPushButton("…")
        self.button.setProperty("narrow", True)
        self.button.setAccessibleName(f"Choose: {setting.title}")
        self.button.setToolTip("Choose a file")
        self.button.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def show_value(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))
        self.line.setToolTip(self.line.text())

    def value(self) -> Any:
        return self._setting.read(self.line.text())

    def mark(self, wrong: bool) -> None:
        mark_wrong(self.line, wrong)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), self._setting.title, str(Path(self.line.text() or Path.home()).parent))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, name: str) -> None:
        self.show_value(Path(name))
        self.changed.emit()


def mark_wrong(line: QLineEdit, wrong: bool) -> None:
    """Show by the line's frame that its text cannot be used."""
    if bool(line.property("wrong")) != wrong:
        restyle(line, wrong=wrong)
