"""What the window shows while no photo is open."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from matting_studio.qt.empty_state import EmptyState


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_press_the_buttons(qtbot: QtBot, key: Qt.Key) -> None:
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.set_recent([Path("anna.jpg")])
    empty.show()
    done: list[object] = []
    for signal, name in ((empty.open_wanted, "open"), (empty.paste_wanted, "paste"), (empty.sample_wanted, "sample")):
        signal.connect(lambda name=name: done.append(name))
    empty.recent_wanted.connect(done.append)
    for button in empty.findChildren(QPushButton):
        QTest.keyClick(button, key)
    assert done == ["open", "paste", "sample", Path("anna.jpg")]
