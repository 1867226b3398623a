"""Two hundred things that nobody would do in this order, and the window bears all of them."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE_MS, all_ready
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from matting_studio.qt.action_table import SPECS
from matting_studio.qt.compare import CompareWindow
from matting_studio.qt.main_window import MainWindow

ACTIONS = 200
LEFT_OUT = {"quit", "close", "close_all", "full_screen", "compare_model", "training", "learn", "fine_tune"}
"""What ends the test, empties the window, or takes longer than it is worth here. The training window stays once it was
opened, and builds its pages when they are first needed: it has tests of its own."""


def close_what_opened(window: MainWindow) -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog | CompareWindow) and widget.isVisible():
            widget.close()
    window.command_palette.close_palette()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def paint_somewhere(window: MainWindow, random: np.random.Generator) -> None:
    canvas = window.canvas
    start, end = (QPoint(int(random.integers(canvas.width())), int(random.integers(canvas.height()))) for _ in range(2))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)


def counted(window: MainWindow) -> dict[str, int]:
    """What would grow if something leaked."""
    close_what_opened(window)
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {
        "top-level widgets": len(QApplication.topLevelWidgets()),
        "children of the window": len(window.findChildren(QObject)),
        "threads": threading.active_count(),
    }


@pytest.mark.slow
def test_two_hundred_random_actions_leave_the_window_as_it_was(
    qtbot: QtBot, window: MainWindow, open_photos: Callable[[list[Path]], None], photos: list[Path]
) -> None:
    open_photos(photos)
    names = [spec.id for spec in SPECS if spec.id not in LEFT_OUT]
    random = np.random.default_rng(20)
    for name in names:  # everything that is only made when it is first used
        if window.actions_table[name].isEnabled():
            window.actions_table[name].trigger()
            close_what_opened(window)
    qtbot.waitUntil(lambda: all_ready(window, 3), timeout=PATIENCE_MS)
    before = counted(window)
    done = 0
    while done < ACTIONS:
        if random.random() < 0.2:
            paint_somewhere(window, random)
        else:
            action = window.actions_table[str(random.choice(names))]
            if not action.isEnabled():
                continue
            action.trigger()
        close_what_opened(window)
        QApplication.processEvents()
        done += 1
    for document in window.studio.documents:
        window.studio.matte_again(document)
    qtbot.waitUntil(lambda: all(d.alpha is not None or d is not window.studio.current for d in window.studio.documents),
                    timeout=PATIENCE_MS)  # fmt: skip
    while len(window.studio.documents) > 3:  # pasted pictures and the sample
        window.studio.close(window.studio.documents[-1])

    def nothing_grew() -> None:
        after = counted(window)
        # Fewer is no leak: what was there at the beginning, such as a message, may have gone since.
        grown = {what: count for what, count in after.items() if count > before[what]}
        assert grown == {}, f"{before} before; threads: {sorted(thread.name for thread in threading.enumerate())}"

    # What the last actions began, and what was called off, ends soon but not at once.
    qtbot.waitUntil(nothing_grew, timeout=PATIENCE_MS)
