"""Find a command by typing, and run it without the mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from matting_studio.qt.application import make_window
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.main_window import MainWindow
from matting_studio.qt.shortcut_sheet import ShortcutSheet


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown = make_window(tmp_path / "settings", tmp_path / "user")
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close_anyway()
    assert shown.ended
    shown.deleteLater()


def test_it_offers_what_can_be_done_now(window: MainWindow) -> None:
    window.actions_table["palette"].trigger()
    palette = window.command_palette
    offered = [palette.found.index(row).data() for row in range(palette.found.rowCount())]
    assert palette.isVisible()
    assert "Open photos" in offered
    assert "Undo" not in offered


def test_typing_and_return_run_a_command(window: MainWindow) -> None:
    window.actions_table["palette"].trigger()
    QTest.keyClicks(window.command_palette.line, "light")
    QTest.keyClick(window.command_palette.line, Qt.Key.Key_Return)
    assert not window.command_palette.isVisible()
    assert window.studio.settings.theme == "light"
    window.actions_table["theme.system"].trigger()


def test_keys_move_in_the_list_and_escape_closes_it(window: MainWindow) -> None:
    palette = window.command_palette
    window.actions_table["palette"].trigger()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(palette.line, key)
    assert palette.list.currentIndex().row() == 1
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_it_says_that_nothing_was_found(window: MainWindow) -> None:
    palette = window.command_palette
    window.actions_table["palette"].trigger()
    assert palette.list.isVisible()
    assert not palette.nothing.isVisible()
    QTest.keyClicks(palette.line, "zzzz")
    assert palette.nothing.isVisible()
    assert palette.nothing.text() == "Nothing found"
    assert not palette.list.isVisible()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(palette.line, key)
    assert palette.isVisible(), "there is nothing to run"
    palette.line.clear()
    assert palette.list.isVisible()


def test_letters_typed_into_it_are_no_shortcuts(window: MainWindow) -> None:
    window.canvas.set_mode(CanvasMode.CUTOUT)
    window.actions_table["palette"].trigger()
    QTest.keyClicks(window.command_palette.line, "f3")
    assert window.command_palette.line.text() == "f3"
    assert window.canvas.mode is CanvasMode.CUTOUT
    assert window.canvas.brush.tool is None


def test_the_shortcut_sheet_comes_and_goes(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_table["shortcuts"].trigger()
    sheets = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ShortcutSheet)]
    assert len(sheets) == 1
    with qtbot.waitSignal(sheets[0].destroyed, timeout=5000):
        QTest.keyClick(sheets[0], Qt.Key.Key_Escape)


def test_keys_go_on_where_they_were(window: MainWindow) -> None:
    button = window.empty_state.findChildren(QPushButton)[1]
    button.setFocus()
    for _ in range(2):
        window.actions_table["palette"].trigger()
    assert window.command_palette.line.hasFocus()
    QTest.keyClick(window.command_palette.line, Qt.Key.Key_Escape)
    assert button.hasFocus()
