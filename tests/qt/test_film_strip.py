"""The strip of open photos."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

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
