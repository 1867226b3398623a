"""What a run makes of validation photos, step by step."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_runs import make_run
from pytestqt.qtbot import QtBot
from watched_runs import write_previews

from core.training.run import RunFolder
from matting_studio.app.training.previews import find_previews
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.previews_view import PreviewsView

PATIENCE_MS = 30_000
PHOTO, TRIMAP, ALPHA, TRUE = range(4)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return make_run(tmp_path / "run", [])


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[PreviewsView]:
    made = PreviewsView(theme)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    yield made
    assert made.shutdown(PATIENCE_MS / 1000), "a thread is still running"


def grey(view: PreviewsView, name: str, column: int) -> int | None:
    """Of the first pixel of a picture; None where there is none."""
    picture = view.sheet.picture(name, column)
    return None if picture is None or picture.isNull() else picture.pixelColor(0, 0).red()


def test_without_previews_the_view_says_when_they_come(view, run) -> None:
    view.show_previews(find_previews(run.path))
    assert "After each validation" in view._nothing.text.text()
    assert view._nothing.isVisible()


def test_names_and_steps_are_found_in_the_folder(run) -> None:
    write_previews(run, 200, ("street-anna",))
    write_previews(run, 1000, ("street-anna",))
    (run.previews / "step_soon").mkdir()
    found = find_previews(run.path)
    assert (found.names, found.steps) == (("street-anna",), (200, 1000))
    assert found.alpha("street-anna", 200).is_file()
    assert found.photo("street-anna").is_file()
    assert found.true_alpha("street-anna").is_file()


def test_the_newest_step_is_shown_until_somebody_goes_back(view, run, qtbot) -> None:
    write_previews(run, 100, grey=10)
    view.show_previews(find_previews(run.path))
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 10, timeout=PATIENCE_MS)
    write_previews(run, 200, grey=20)
    view.show_previews(find_previews(run.path))
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 20, timeout=PATIENCE_MS)
    assert view.step_text.text().startswith("200")
    view.slider.setValue(0)
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 10, timeout=PATIENCE_MS)
    write_previews(run, 300, grey=30)
    view.show_previews(find_previews(run.path))
    assert view.step == 100
    assert grey(view, "berta", TRUE) == 255


def test_a_picture_that_is_written_late_is_shown_late(view, run, qtbot) -> None:
    write_previews(run, 100)
    found = find_previews(run.path)
    view.show_previews(found)
    qtbot.waitUntil(lambda: grey(view, "anna", PHOTO) == 90, timeout=PATIENCE_MS)
    assert grey(view, "anna", TRIMAP) is None
    cv2.imwrite(str(found.trimap("anna", 100)), np.full((40, 30), 128, np.uint8))
    view.show_previews(find_previews(run.path))
    qtbot.waitUntil(lambda: grey(view, "anna", TRIMAP) == 128, timeout=PATIENCE_MS)


def test_another_run_shows_nothing_of_the_one_before(view, run, tmp_path, qtbot) -> None:
    write_previews(run, 100, grey=10)
    view.show_previews(find_previews(run.path))
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 10, timeout=PATIENCE_MS)
    other = make_run(tmp_path / "other", [])
    write_previews(other, 50, ("anna",), grey=50)
    view.show_previews(find_previews(other.path))
    assert grey(view, "anna", ALPHA) is None
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 50, timeout=PATIENCE_MS)
    assert view.step == 50


def test_pictures_that_are_written_anew_are_shown_anew(view, run, qtbot) -> None:
    write_previews(run, 100, grey=10)
    view.show_previews(find_previews(run.path))
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 10, timeout=PATIENCE_MS)
    write_previews(run, 100, grey=200)
    view.show_previews(find_previews(run.path))
    qtbot.waitUntil(lambda: grey(view, "anna", ALPHA) == 200, timeout=PATIENCE_MS)
