"""A setting in a line: its name, its value, its unit, back to what it was, and what it does."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from core.errors import ConfigError
from matting_studio.app.training.setting import Kind, Setting
from matting_studio.qt.icons import name_icon
from matting_studio.qt.restyle import restyle
from matting_studio.qt.room import for_font
from matting_studio.qt.training.editors import EDITOR_WIDTH_PX, Editor, editor_for

TITLE_WIDTH_PX, UNIT_WIDTH_PX, RESET_WIDTH_PX = 144, 56, 28
LINE_HEIGHT_PX = 30


class SettingRow(QWidget):
    changed = Signal()

    def __init__(self, setting: Setting, editor: Editor | None = None) -> None:
        """`editor` is for settings that need another one than their kind has."""
        super().__init__()
        self.setting = setting
        self.problem: str | None = None
        """Why what is written there cannot be used."""
        self.value: Any = None
        """The last value that could be used."""
        self._preset: Any = None
        self.editor = editor or editor_for(setting)
        self.editor.changed.connect(self._take)
        title = QLabel(setting.title)
        title.setFixedWidth(for_font(TITLE_WIDTH_PX))
        title.setWordWrap(True)
        title.setBuddy(self.editor)
        unit = QLabel(setting.unit)
        unit.setProperty("quiet", True)
        unit.setFixedWidth(for_font(UNIT_WIDTH_PX))
        self.reset_button = QToolButton()
        self.reset_button.setProperty("small", True)
        self.reset_button.setFixedWidth(RESET_WIDTH_PX)
        self.reset_button.setAccessibleName(f"Reset {setting.title}")
        self.reset_button.clicked.connect(self.reset)
        name_icon(self.reset_button, "reset")
        self.help = QLabel()
        self.help.setWordWrap(True)
        self.help.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        wide = setting.kind is Kind.TABLE
        if wide:
            self.editor.setFixedWidth(for_font(EDITOR_WIDTH_PX) + row.spacing() + for_font(UNIT_WIDTH_PX))
        for part in (title, self.editor, unit, self.reset_button):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        unit.setHidden(wide)
        row.addWidget(self.help, 1, Qt.AlignmentFlag.AlignTop if wide else Qt.AlignmentFlag(0))
        # One line of text beside a line to type in stands as high as what is typed.
        for label in (title, unit, self.help):
            label.setMinimumHeight(LINE_HEIGHT_PX)
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)

    def show_preset(self, value: Any) -> None:
        """Show what the preset says; a reset comes back to it."""
        self._preset = value
        self.show_value(value)

    def show_value(self, value: Any) -> None:
        """Show a value; announces nothing."""
        self.value, self.problem = value, None
        self.editor.show_value(value)
        self._adapt()

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than the preset."""
        return self.problem is not None or self.value != self._preset

    def reset(self) -> None:
        self.show_value(self._preset)
        self.changed.emit()

    def _take(self) -> None:
        try:
            self.value, self.problem = self.editor.value(), None
        except ConfigError as error:
            self.problem = str(error)
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        wrong = self.problem is not None
        self.editor.mark(wrong)
        self.help.setText(self.problem or self._explanation())
        restyle(self.help, quiet=not wrong, wrong=wrong)
        self.reset_button.setEnabled(self.is_changed)
        self.reset_button.setToolTip(f"Back to {self._text(self._preset)}")

    def _explanation(self) -> str:
        """What the setting does, and what it usually is."""
        default = self.setting.default
        usual = [] if default is None and self.setting.field.is_required() else [f"Default: {self._text(default)}."]
        if self._preset != default and usual:
            usual.append(f"Preset: {self._text(self._preset)}.")
        if self.setting.kind is Kind.TABLE:
            usual = []
        return " ".join([self.setting.help, *usual])

    def _text(self, value: Any) -> str:
        return "none" if value is None else self.setting.text(value) or "none"
