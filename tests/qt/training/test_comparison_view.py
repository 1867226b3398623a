"""Two models on the same photos, with real, tiny networks."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from made_runs import step, validation
from pytestqt.qtbot import QtBot
from watched_runs import STARTED, NotingRunner

from core.checkpoint import ModelFile, plain_weights, save_model
from core.network import MTGINet
from core.training.datasets import Pair
from matting_studio.app.training.runs import RunState
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.comparing import evenly
from matting_studio.qt.training.comparison_view import ComparisonView

PATIENCE_MS = 120_000
PHOTOS = 3


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "held back"
    for part in ("image", "alpha"):
        (folder / part).mkdir(parents=True)
    for number in range(PHOTOS):
        alpha = np.zeros((48, 40), np.uint8)
        cv2.ellipse(alpha, (20, 48), (8 + 2 * number, 30), 0, 0, 360, 255, -1)
        image = np.full((48, 40, 3), 60, np.uint8)
        image[alpha > 0] = (40, 120, 200)
        cv2.imwrite(str(folder / "image" / f"{number}.png"), image)
        cv2.imwrite(str(folder / "alpha" / f"{number}.png"), alpha)
    return folder


@pytest.fixture
def runner(qapp, tmp_path: Path, model: Path, photos: Path) -> NotingRunner:
    """Two runs with a model each, measured on the photos."""
    made = NotingRunner(tmp_path / "runs")
    for number, name in enumerate(("anna", "berta")):
        at = {"time": 1_700_000_000.0 + number}
        run = made.put(name, RunState.FINISHED, [STARTED | at, step(10, **at), validation(10, street=0.1) | at])
        config = json.loads(run.config.read_text())
        config["data"]["validation"] = [{"name": "street", "folder": str(photos)}]
        run.config.write_text(json.dumps(config))
    shutil.copy(model, made.root / "anna" / "best.safetensors")
    torch.manual_seed(1)
    other = MTGINet(width=0.125)
    notes = {"size_px": "64"}
    save_model(made.root / "berta" / "best.safetensors", ModelFile(plain_weights(other), other.width, notes))
    return made


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, runner: NotingRunner) -> Iterator[ComparisonView]:
    made = ComparisonView(theme)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.offer_runs(runner.runs())
    made.propose(runner.runs())
    made.show()
    yield made
    assert made.shutdown(PATIENCE_MS / 1000), "a thread is still running"


def test_the_photos_that_the_runs_were_measured_on_are_offered(view, qtbot, photos) -> None:
    qtbot.waitUntil(lambda: view.photos.currentText() == "street", timeout=PATIENCE_MS)
    assert view.photos.currentData() == photos
    assert view.start.isEnabled()


def test_a_model_is_not_compared_with_itself(view, qtbot) -> None:
    qtbot.waitUntil(view.start.isEnabled, timeout=PATIENCE_MS)
    view.before.setCurrentIndex(view.after.currentIndex())
    assert not view.start.isEnabled()


@pytest.mark.slow
def test_both_models_are_measured_and_each_photo_can_be_looked_at(view, qtbot) -> None:
    qtbot.waitUntil(view.start.isEnabled, timeout=PATIENCE_MS)
    view.start.click()
    assert view.cancel.isVisible()
    qtbot.waitUntil(lambda: view.table.rowCount() == PHOTOS, timeout=PATIENCE_MS)
    assert "better" in view.verdict.text().lower()
    assert not view.cancel.isVisible()
    changes = [float(view.table.item(place, 3).text().rstrip("%")) for place in range(PHOTOS)]
    assert changes == sorted(changes)
    before, after = (float(view.table.item(0, column).text()) for column in (1, 2))
    assert changes[0] == pytest.approx(100 * (after / before - 1), abs=1)
    qtbot.waitUntil(lambda: view.pictures.seen is not None, timeout=PATIENCE_MS)
    first = view.pictures.seen
    assert first.pair.image.name == view.table.item(0, 0).text()
    assert first.before != first.after
    assert first.photo.size() == first.true_alpha.size()
    view.table.selectRow(2)
    qtbot.waitUntil(lambda: view.pictures.seen not in (None, first), timeout=PATIENCE_MS)
    assert view.pictures.seen.pair.image.name == view.table.item(2, 0).text()


def test_a_comparison_can_be_called_off(view, qtbot) -> None:
    qtbot.waitUntil(view.start.isEnabled, timeout=PATIENCE_MS)
    view.start.click()
    view.cancel.click()
    assert view.start.isVisible()
    assert view.verdict.text() == ""


def test_photos_without_alphas_are_refused_with_a_sentence(view, qtbot, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    view.take_folder(tmp_path / "empty")
    with qtbot.waitSignal(view.told, timeout=PATIENCE_MS) as told:
        view.start.click()
    assert told.args[0] == "error"
    assert "empty" in told.args[1]
    qtbot.waitUntil(view.start.isVisible, timeout=PATIENCE_MS)


def test_photos_are_taken_from_all_over_a_set() -> None:
    pairs = [Pair(Path(str(number)), Path()) for number in range(10)]
    assert [pair.image.name for pair in evenly(pairs, 3)] == ["0", "3", "6"]
    assert evenly(pairs, 20) == pairs


def test_a_model_that_was_written_anew_is_loaded_anew_to_be_looked_at(view, qtbot, runner, photos) -> None:
    models = (runner.root / "anna" / "best.safetensors", runner.root / "berta" / "best.safetensors")
    pair = Pair(photos / "image" / "0.png", photos / "alpha" / "0.png")

    def seen():
        with qtbot.waitSignal(view.comparing.seen, timeout=PATIENCE_MS) as told:
            view.comparing.see(models, pair)
        return told.args[0]

    first = seen()
    assert first.before != first.after
    shutil.copy(models[1], models[0])
    second = seen()
    assert second.before == second.after == first.after
