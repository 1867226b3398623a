"""The strip of open photos."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.app.document import Document
from matting_studio.app.session import Status
from matting_studio.qt.film_strip import PICTURE_PX, FilmStrip
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme, ThemeChoice


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "settings", tmp_path / "data")
    yield made
    assert made.shutdown(60)


@pytest.mark.parametrize("shape", [(1, 2000), (2000, 1), (40, 60)])
def test_every_photo_is_seen_however_thin(
    qtbot: QtBot, qapp: QApplication, studio: Studio, shape: tuple[int, int]
) -> None:
    strip = FilmStrip(studio, Theme(qapp, ThemeChoice.DARK))
    qtbot.addWidget(strip)
    strip.resize(300, strip.height())
    strip.show()
    studio.paste(np.full((*shape, 3), (250, 0, 250), np.uint8))
    image = strip.grab().toImage()
    ratio = image.devicePixelRatio()
    seen = sum(
        image.pixelColor(x, y).getRgb()[:3] == (250, 0, 250)
        for x in range(image.width())
        for y in range(image.height())
    )
    assert seen >= 6 * PICTURE_PX.height() * ratio**2


@pytest.mark.parametrize("size_px", [12, 18, 24])
def test_a_name_has_room_whatever_the_size_of_text(
    qtbot: QtBot, qapp: QApplication, studio: Studio, size_px: int
) -> None:
    usual = qapp.font()
    font = QFont(usual)
    font.setPixelSize(size_px)
    qapp.setFont(font)
    try:
        strip = FilmStrip(studio, Theme(qapp, ThemeChoice.DARK))
        qtbot.addWidget(strip)
        studio.paste(np.zeros((40, 60, 3), np.uint8))
        cell = strip.sizeHintForIndex(strip.model().index(0, 0))
    finally:
        qapp.setFont(usual)
    name = QFontMetrics(font)
    assert cell.height() >= PICTURE_PX.height() + name.height()
    assert cell.width() >= name.horizontalAdvance("portrait.jpg")
    assert strip.height() > cell.height()


class Photos(QObject):
    """A studio as far as the strip uses it, where every photo waits."""

    documents_changed, document_changed, current_changed = Signal(), Signal(object), Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.documents: tuple[Document, ...] = ()
        self.current: Document | None = None
        self.failed: set[Document] = set()
        self.asked = 0
        """How often it was asked about a photo."""

    def show(self, *documents: Document, current: Document) -> None:
        self.documents, self.current = documents, current
        self.documents_changed.emit()
        self.current_changed.emit(current)

    def status(self, document: Document) -> Status:
        self.asked += 1
        return Status.FAILED if document in self.failed else Status.WAITING

    def failure(self, document: Document) -> str | None:
        return "It is gone." if document in self.failed else None

    def thumbnail(self, _document: Document) -> None:
        return None


@pytest.fixture
def photos() -> Photos:
    return Photos()


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication, photos: Photos) -> FilmStrip:
    made = FilmStrip(photos, Theme(qapp, ThemeChoice.DARK))
    qtbot.addWidget(made)
    return made


def names(strip: FilmStrip) -> list[str]:
    return [strip.model().index(row, 0).data() for row in range(strip.model().rowCount())]


def test_photos_come_and_go_and_the_shown_one_is_marked(photos: Photos, strip: FilmStrip) -> None:
    chosen: list[Document] = []
    strip.chosen.connect(chosen.append)
    anna, berta, clara, dora = (Document(Path(f"{name}.png")) for name in ("anna", "berta", "clara", "dora"))
    photos.show(anna, berta, clara, current=anna)
    photos.show(anna, clara, dora, current=dora)
    assert names(strip) == ["anna.png", "clara.png", "dora.png"]
    assert strip.currentIndex().data() == "dora.png"
    photos.show(clara, current=clara)
    assert names(strip) == ["clara.png"]
    assert strip.currentIndex().data() == "clara.png"
    assert chosen == [], "nobody chose anything by hand"
    photos.show(clara, berta, current=clara)
    strip.setCurrentIndex(strip.model().index(1, 0))
    assert chosen == [berta]


def test_news_of_a_photo_reach_its_cell_and_those_of_a_closed_one_none(photos: Photos, strip: FilmStrip) -> None:
    anna, berta = Document(Path("anna.png")), Document(Path("berta.png"))
    photos.show(anna, berta, current=anna)
    photos.failed.add(berta)
    photos.document_changed.emit(berta)
    tips = [strip.model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(2)]
    assert tips == ["anna.png\nWaiting for its turn", "berta.png\nIt is gone."]
    photos.show(anna, current=anna)
    photos.document_changed.emit(berta)
    assert names(strip) == ["anna.png"]


def test_a_thousand_photos_come_in_at_once_and_closing_one_asks_about_no_other(
    photos: Photos, strip: FilmStrip
) -> None:
    documents = [Document(Path(f"{number}.png")) for number in range(1000)]
    insertions: list[int] = []
    strip.model().rowsInserted.connect(lambda _parent, first, last: insertions.append(last - first + 1))
    photos.show(*documents, current=documents[0])
    assert insertions == [1000]
    assert photos.asked == 1000
    photos.show(*documents[1:], current=documents[1])
    photos.document_changed.emit(documents[500])
    assert photos.asked == 1001


def test_whoever_comes_by_keys_sees_where_they_are_and_a_click_leaves_the_keys_alone(
    qtbot: QtBot, qapp: QApplication, studio: Studio
) -> None:
    place, elsewhere = QWidget(), QLineEdit()
    strip = FilmStrip(studio, Theme(qapp, ThemeChoice.DARK))
    column = QVBoxLayout(place)
    column.addWidget(elsewhere)
    column.addWidget(strip)
    qtbot.addWidget(place)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    for _ in range(2):
        studio.paste(np.zeros((40, 60, 3), np.uint8))
    elsewhere.setFocus()
    without = strip.grab().toImage()
    strip.setFocus(Qt.FocusReason.TabFocusReason)
    assert strip.grab().toImage() != without
    elsewhere.setFocus()
    with qtbot.waitSignal(strip.chosen):
        qtbot.mouseClick(
            strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualRect(strip.model().index(0)).center()
        )
    assert elsewhere.hasFocus()
