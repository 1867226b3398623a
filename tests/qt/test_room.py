"""How large windows and columns are made."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.qt.inspector.inspector import Inspector
from matting_studio.qt.room import fit_on_screen, for_font, size_for_font


def test_a_window_is_as_large_as_wanted_where_there_is_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    fit_on_screen(window, (400, 300), (200, 100))
    assert window.size().toTuple() == (400, 300)
    assert window.minimumSize().toTuple() == (200, 100)


def test_no_window_is_larger_than_its_screen_nor_has_to_be(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    fit_on_screen(window, (50_000, 300), (100, 50_000))
    window.show()
    assert window.frameGeometry().width() <= room.width()
    assert window.frameGeometry().height() <= room.height()
    assert window.minimumWidth() == 100
    assert window.minimumHeight() <= room.height()


@pytest.fixture
def font(qapp: QApplication) -> Iterator[QFont]:
    usual = qapp.font()
    yield QFont(usual)
    qapp.setFont(usual)


@pytest.mark.parametrize("size_px", [12, 15, 19])
def test_the_inspector_has_room_for_text_of_any_size(qtbot: QtBot, font: QFont, size_px: int) -> None:
    font.setPixelSize(size_px)
    QApplication.setFont(font)
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.show()
    assert inspector.horizontalScrollBar().maximum() == 0
    for box in (inspector.brush.size_px._box, inspector.refine.feather._box):
        assert box.minimumSizeHint().width() <= box.width() + for_font(8)


def test_a_window_grows_with_its_text_in_both_directions(font: QFont) -> None:
    font.setPixelSize(18)
    QApplication.setFont(font)
    assert size_for_font((1240, 820)) == (1860, 1230)


def test_small_text_makes_nothing_narrower(font: QFont) -> None:
    font.setPixelSize(9)
    QApplication.setFont(font)
    assert for_font(320) == 320
