"""Two models side by side, while somebody goes from photo to photo."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE_MS
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from matting_studio.app.jobs import Job, JobContext
from matting_studio.qt.compare import CompareWindow, _Ending
from matting_studio.qt.main_window import MainWindow
from matting_studio.qt.studio import Studio

pytestmark = pytest.mark.slow

KEPT = 2


@pytest.fixture
def comparison(
    window: MainWindow,
    open_photos: Callable[[list[Path]], None],
    photos: list[Path],
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> CompareWindow:
    """With another model; three photos are open, the first is shown."""
    monkeypatch.setattr("matting_studio.qt.compare.KEPT", KEPT)
    open_photos(photos)
    window.show_comparison(model)
    (shown,) = window.findChildren(CompareWindow)
    return shown


def names(comparison: CompareWindow) -> list[str]:
    """What is seen left and right."""
    sides = comparison.left._document, comparison.right._document
    return ["nothing" if document is None else document.name for document in sides]


def test_both_sides_follow_the_photo_that_is_shown_and_few_stay_open(
    qtbot: QtBot, window: MainWindow, comparison: CompareWindow, model: Path
) -> None:
    other = comparison._other.studio
    turn = {name: window.actions_table[name].trigger for name in ("next", "previous")}
    qtbot.waitUntil(lambda: names(comparison) == ["anna.png"] * 2, timeout=PATIENCE_MS)
    first = other.current
    turn["next"]()
    assert comparison.titles[1].text() == f"{model.name}: getting ready …"
    qtbot.waitUntil(lambda: names(comparison) == ["berta.png"] * 2, timeout=PATIENCE_MS)
    turn["previous"]()
    assert names(comparison) == ["anna.png"] * 2, "at once, since it is open there already"
    assert other.current is first
    for way in ("next", "next", "previous", "next"):
        turn[way]()
    qtbot.waitUntil(lambda: names(comparison) == ["clara.png"] * 2 and not other._desk.hand.jobs, timeout=PATIENCE_MS)
    assert names(comparison) == ["clara.png"] * 2, "the last one that was asked for"
    assert len(other.documents) == KEPT
    qtbot.waitUntil(lambda: comparison.titles[1].text() == model.name, timeout=PATIENCE_MS)
    comparison.close()
    turn["previous"]()  # whoever was closed follows nobody


def test_a_photo_whose_file_was_replaced_is_compared_as_it_is_open(
    qtbot: QtBot, window: MainWindow, comparison: CompareWindow, photos: list[Path]
) -> None:
    qtbot.waitUntil(lambda: names(comparison) == ["anna.png"] * 2, timeout=PATIENCE_MS)
    berta = window.studio.documents[1]
    qtbot.waitUntil(lambda: berta.photo is not None, timeout=PATIENCE_MS)
    Image.fromarray(np.zeros((30, 20, 3), np.uint8)).save(photos[1])
    window.actions_table["next"].trigger()
    qtbot.waitUntil(lambda: comparison._other.studio.current is not None, timeout=PATIENCE_MS)
    there = comparison._other.studio.current.photo
    np.testing.assert_array_equal(there.image, berta.photo.image)
    window.actions_table["previous"].trigger()
    window.actions_table["next"].trigger()
    assert comparison._other.studio.current.photo is there
    comparison.close()


def test_it_follows_to_a_picture_without_a_file_and_to_none_at_all(
    qtbot: QtBot, window: MainWindow, comparison: CompareWindow
) -> None:
    qtbot.waitUntil(lambda: names(comparison) == ["anna.png"] * 2, timeout=PATIENCE_MS)
    window.studio.paste(np.full((40, 30, 3), 90, np.uint8))
    assert names(comparison) == ["Pasted picture"] * 2
    while window.studio.documents:
        window.studio.close(window.studio.documents[-1])
    assert names(comparison) == ["nothing"] * 2
    assert not comparison._other._pasted
    comparison.close()


def test_titles_say_which_model_made_what_is_seen_and_stand_over_no_empty_panes(
    qtbot: QtBot, window: MainWindow, comparison: CompareWindow, model: Path, tmp_path: Path
) -> None:
    left, right = comparison.titles
    qtbot.waitUntil(lambda: (left.text(), right.text()) == (model.stem, model.name), timeout=PATIENCE_MS)
    another = tmp_path / "a_third_<b>model.safetensors"
    shutil.copy(model, another)
    window.studio.set_model(another)
    qtbot.waitUntil(lambda: left.text() == another.stem, timeout=PATIENCE_MS)
    assert left.textFormat() is right.textFormat() is Qt.TextFormat.PlainText
    window.studio.close(*window.studio.documents)
    assert (left.text(), right.text()) == ("", "")
    comparison.close()


def test_before_and_after_are_called_so_as_long_as_there_is_a_photo(
    window: MainWindow, open_photos: Callable[[list[Path]], None], photos: list[Path]
) -> None:
    open_photos(photos[:1])
    window.show_comparison(None)
    (comparison,) = window.findChildren(CompareWindow)
    assert [title.text() for title in comparison.titles] == ["Original", "Result"]
    window.studio.close(*window.studio.documents)
    assert [title.text() for title in comparison.titles] == ["", ""]
    assert comparison.hint.text().startswith("No photo is open.")
    comparison.close()


def test_its_messages_can_be_dismissed(comparison: CompareWindow) -> None:
    assert not comparison.message_bar.close_button.icon().isNull()
    comparison.close()


def test_closing_it_while_its_model_is_loaded_holds_nobody_up(
    qtbot: QtBot, window: MainWindow, comparison: CompareWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, waits, shutdown = comparison._other.studio, [], Studio.shutdown

    def noted(studio: Studio, seconds: float) -> bool:
        waits.append(seconds)
        return shutdown(studio, seconds)

    monkeypatch.setattr(Studio, "shutdown", noted)
    loading, loaded = threading.Event(), threading.Event()

    def load(_context: JobContext) -> None:
        loading.set()
        assert loaded.wait(60)

    other._desk.network.cancel_where(lambda _job: True)
    other._desk.network.submit(Job(("held",), "Loading", load))
    assert loading.wait(60)
    comparison.close()
    assert waits == [0.0]
    assert other._desk.network.is_alive
    loaded.set()
    qtbot.waitUntil(lambda: not window.findChildren(_Ending), timeout=PATIENCE_MS)
    assert not other._desk.network.is_alive
