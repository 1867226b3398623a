"""What the window shows while no photo is open."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from matting_studio.qt.empty_state import EmptyState
from matting_studio.qt.theme import Theme, ThemeChoice


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


def test_only_what_lies_in_the_home_folder_is_said_to(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/anna"))
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.set_recent([Path("/home/anna/photos/a.jpg"), Path("/disk/home/anna/b.jpg"), Path("/home/annabel/c.jpg")])
    texts = [button.text() for button in empty.findChildren(QPushButton)][-3:]
    assert texts == ["a.jpg   –   ~/photos", "b.jpg   –   /disk/home/anna", "c.jpg   –   /home/annabel"]


def test_recent_files_stand_on_the_ground_of_the_window(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, ThemeChoice.DARK)
    theme.apply()
    empty = EmptyState()
    qtbot.addWidget(empty)
    empty.set_recent([Path("anna.jpg")])
    empty.resize(900, 700)
    empty.show()
    title = next(label for label in empty.findChildren(QLabel) if label.text() == "Recent")
    picture = empty.grab().toImage()
    place = title.mapTo(empty, title.rect().topRight())
    assert picture.pixelColor(place) == QColor(theme.colours.window)
    qapp.setStyleSheet("")
    theme.deleteLater()
