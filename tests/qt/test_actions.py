"""The table of actions, and what is made from it."""

import re
import sys
from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QMenuBar
from pytestqt.qtbot import QtBot

from matting_studio.qt.action_table import MENUS, SPECS, Need
from matting_studio.qt.actions import Actions
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.commands import Commands
from matting_studio.qt.fuzzy import score
from matting_studio.qt.icons import drawing


@pytest.fixture
def actions(qtbot: QtBot) -> Actions:
    bar = QMenuBar()
    qtbot.addWidget(bar)
    return Actions(bar, bar)


def test_every_row_is_complete() -> None:
    assert len({spec.id for spec in SPECS}) == len(SPECS)
    for spec in SPECS:
        assert spec.menu in MENUS
        assert callable(getattr(Commands, spec.handler)), spec.id
        if spec.icon:
            assert "currentColor" in drawing(spec.icon)


def test_no_key_means_two_things() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in SPECS for key in spec.keys)
    assert "" not in keys, "a key that Qt does not know"
    assert [key for key, times in keys.items() if times > 1] == []


def test_modes_have_the_keys_one_to_seven() -> None:
    modes = [spec for spec in SPECS if spec.handler == "show_mode"]
    assert [spec.arguments[0] for spec in modes] == list(CanvasMode)
    assert [spec.keys for spec in modes] == [(str(number),) for number in range(1, 8)]


def test_actions_are_enabled_by_what_they_need(actions: Actions) -> None:
    actions.enable(Need.DOCUMENT | Need.PHOTO)
    assert actions["mode.alpha"].isEnabled()
    assert actions["open"].isEnabled()
    assert not actions["export"].isEnabled()
    assert not actions["undo"].isEnabled()


def test_every_action_is_in_its_menu(actions: Actions, qtbot: QtBot) -> None:
    bar = QMenuBar()
    qtbot.addWidget(bar)
    actions.fill(bar, QMenu("Open recent", bar))
    assert [menu.text().replace("&", "") for menu in bar.actions()] == list(MENUS)
    listed = [action.objectName() for menu in bar.actions() for action in menu.menu().actions()]
    assert {spec.id for spec in SPECS} <= set(listed)


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.skipif(sys.platform == "darwin", reason="menus of macOS are not opened so")
@pytest.mark.parametrize("title", MENUS)
def test_every_menu_is_opened_by_alt_and_its_first_letter(actions: Actions, qtbot: QtBot, title: str) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions.fill(window.menuBar(), QMenu("Open recent", window))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, title[0].lower(), Qt.KeyboardModifier.AltModifier)
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, QMenu)
    assert opened.title().replace("&", "") == title
    opened.close()


def test_what_closes_all_and_what_quits_are_kept_apart(actions: Actions, qtbot: QtBot) -> None:
    bar = QMenuBar()
    qtbot.addWidget(bar)
    actions.fill(bar, QMenu("Open recent", bar))
    file_menu = [action.objectName() for action in bar.actions()[0].menu().actions()]
    assert file_menu[-4:] == ["close", "close_all", "", "quit"], "one click too low would end the program"


def test_the_tip_of_an_action_names_its_keys(actions: Actions) -> None:
    assert re.search(r"Redo +\(Ctrl\+Shift\+Z, Ctrl\+Y\)", actions["redo"].toolTip())


@pytest.mark.parametrize(
    ("typed", "best"),
    [("exp", "Export…"), ("qe", "Quick export"), ("alpha", "Alpha"), ("pf", "Paint foreground"), ("undo", "Undo")],
)
def test_a_few_letters_find_the_command_that_is_meant(typed: str, best: str) -> None:
    ranked = sorted(SPECS, key=lambda spec: -(score(typed, spec.text) or -1))
    assert ranked[0].text == best


def test_letters_that_do_not_occur_find_nothing() -> None:
    assert score("zzz", "Quick export") is None
    assert score("trop", "export") is None
