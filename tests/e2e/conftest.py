"""The real window with a real, tiny network; its settings lie in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.image_io import write_image
from matting_studio.app.session import Status
from matting_studio.qt.application import make_window
from matting_studio.qt.main_window import MainWindow

PATIENCE_MS = 60_000
"""Far longer than anything takes, for machines that are busy with something else."""
HEIGHT, WIDTH = 96, 80


def portrait(seed: int = 0, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    """(height, width, 3): an ellipse before a gradient, another one for every seed."""
    random = np.random.default_rng(seed)
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 2] = np.linspace(80, 220, width, dtype=np.uint8)
    colour = [int(value) for value in random.integers(60, 240, 3)]
    cv2.ellipse(image, (width // 2, height), (width // 3, height * 2 // 3), 0, 0, 360, colour, -1)
    return image


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos in a folder of their own."""
    folder = tmp_path / "photos"
    folder.mkdir()
    paths = [folder / f"{name}.png" for name in ("anna", "berta", "clara")]
    for seed, path in enumerate(paths):
        write_image(path, portrait(seed))
    return paths


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, model: Path) -> Iterator[MainWindow]:
    """The window, shown; it is closed afterwards, and its threads have to end."""
    shown = make_window(tmp_path / "settings", tmp_path / "user")
    shown.studio.set_model(model)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close_anyway()
    assert shown.ended, "a thread is still running"
    shown.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def open_photos(qtbot: QtBot, window: MainWindow) -> Callable[[list[Path]], None]:
    """Opens photos and waits until all of them are matted."""

    def open_them(paths: list[Path]) -> None:
        window.studio.open(paths)
        qtbot.waitUntil(lambda: all_ready(window, len(paths)), timeout=PATIENCE_MS)

    return open_them


def all_ready(window: MainWindow, count: int) -> bool:
    documents = window.studio.documents
    statuses = [window.studio.status(document) for document in documents]
    assert Status.FAILED not in statuses, [window.studio.failure(document) for document in documents]
    return len(documents) >= count and all(status is Status.READY for status in statuses)
