"""All keys on one sheet, made from the table of actions, and what the mouse does on the photo."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from matting_studio.qt.action_table import MENUS, SPECS
from matting_studio.qt.actions import key_text
from matting_studio.qt.room import fit_on_screen

LEAVE_KEYS = ("Meta+Tab" if sys.platform == "darwin" else "Ctrl+Tab", "Shift+Tab")
"""On a Mac Qt's Ctrl is the Command key, whose Tab is the system's."""
ON_THE_PHOTO = (
    ("Zoom at the pointer", ("Wheel",)),
    ("Zoom in and out", ("+", "-")),
    ("Move the photo", ("Space + drag", "Middle button")),
    ("Move it a little", ("Arrow keys",)),
    ("Move the split line", ("Shift+Left", "Shift+Right")),
    ("See the original while held", ("Tab",)),
    ("Leave the photo", LEAVE_KEYS),
    ("Paint with the inverse brush", ("Right button",)),
    ("Harder and softer brush", ("Shift+]", "Shift+[")),
)
IN_OTHER_WINDOWS = (("Start the batch or the training", ("Ctrl+Return",)), ("Close the window", ("Esc",)))
LEAST_PX = (400, 300)
COLUMNS = (
    ("File", "Edit", "Train"),
    ("View", "Photo", "Help"),
    ("Brush", "On the photo", "In other windows"),
)


class ShortcutSheet(QDialog):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        blocks = {
            menu: [(spec.text.rstrip("…"), spec.keys) for spec in SPECS if spec.menu == menu and spec.keys]
            for menu in MENUS
        }
        blocks["On the photo"], blocks["In other windows"] = list(ON_THE_PHOTO), list(IN_OTHER_WINDOWS)
        sheet = QWidget()
        row = QHBoxLayout(sheet)
        row.setContentsMargins(24, 24, 24, 24)
        row.setSpacing(40)
        for titles in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(24)
            for title in titles:
                column.addLayout(_block(title, blocks[title]))
            column.addStretch()
            row.addLayout(column)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setProperty("plain", True)
        self._area.setAccessibleName("Shortcuts")
        self._area.setWidget(sheet)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area)

    def showEvent(self, event: QShowEvent) -> None:
        # Only now the labels have their style, and with it their sizes.
        wanted, frame_px = self._area.widget().sizeHint(), 2 * self._area.frameWidth()
        fit_on_screen(self, (wanted.width() + frame_px, wanted.height() + frame_px), LEAST_PX)
        super().showEvent(event)


def _block(title: str, lines: list[tuple[str, tuple[str, ...]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    head = QLabel(title)
    head.setProperty("title", True)
    grid.addWidget(head, 0, 0, 1, 2)
    for number, (text, keys) in enumerate(lines, start=1):
        grid.addWidget(QLabel(text), number, 0)
        beside = QHBoxLayout()
        beside.setSpacing(4)
        beside.addStretch()
        for key in keys:
            label = QLabel(key_text(key) or key)
            label.setProperty("key", True)
            beside.addWidget(label)
        grid.addLayout(beside, number, 1)
    grid.setColumnStretch(0, 1)
    return grid
