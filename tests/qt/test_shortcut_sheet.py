"""The sheet of all keys."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.qt.action_table import SPECS
from matting_studio.qt.shortcut_sheet import ShortcutSheet


def test_every_action_that_has_a_key_is_on_it(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    texts = [label.text() for label in ShortcutSheet(parent).findChildren(QLabel)]
    assert {spec.text.rstrip("…") for spec in SPECS if spec.keys} <= {*texts}
    assert {"Learn from my corrections", "Ctrl+L", "Harder and softer brush", "Arrow keys", "Ctrl+Return"} <= {*texts}
