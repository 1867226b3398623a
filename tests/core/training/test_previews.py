"""A fine-tune shows what it starts from, and what becomes of its validation photos."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from generated_data import photo, settings

from core.checkpoint import ModelFile, plain_weights, save_model
from core.network import MTGINet
from core.predictor import MattingPredictor
from core.training.config import parse_config
from core.training.datasets import find_pairs
from core.training.loop import Trainer
from core.training.previews import LONGER_SIDE_PX, small
from core.training.processes import Processes
from core.training.run import RunFolder
from core.training.validation import measure_pair


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Path]:
    """Two steps of fine-tuning, and the model that it starts from."""
    tmp_path = tmp_path_factory.mktemp("fine_tune")
    torch.manual_seed(3)
    network = MTGINet(width=0.125)
    base = tmp_path / "base.safetensors"
    save_model(base, ModelFile(plain_weights(network), network.width), "float32")
    values = settings(tmp_path / "data", steps=2)
    values["network"] |= {"base": str(base), "spectral_norm": False}
    values["run"] |= {"validate_steps": 1, "preview_photos": 1}
    run = RunFolder(tmp_path / "run")
    run.create(parse_config(values))
    Trainer(parse_config(values), run, Processes(0, 1, 0)).train()
    return run, base


def test_a_fine_tune_is_measured_before_its_first_step(trained: tuple[RunFolder, Path]) -> None:
    run, base = trained
    events = [json.loads(line) for line in run.events.read_text().splitlines()]
    validations = [event for event in events if event["event"] == "validation"]
    assert [event["step"] for event in validations] == [0, 1, 2]
    predictor = MattingPredictor.from_checkpoint(base, "cpu", size_px=96)
    mads = [measure_pair(predictor, pair)["mad"] for pair in find_pairs(base.parent / "data" / "held_back")]
    assert validations[0]["sets"]["held back"]["mad"] == pytest.approx(sum(mads) / 2, rel=1e-4)


def test_alphas_of_each_validation_are_kept_beside_the_photo_and_the_truth(trained: tuple[RunFolder, Path]) -> None:
    previews = trained[0].previews
    files = sorted(path.relative_to(previews).as_posix() for path in previews.rglob("*.*"))
    steps = [f"step_{step:06d}/held_back-0.{what}.png" for step in (0, 1, 2) for what in ("alpha", "trimap")]
    assert files == ["held_back-0.photo.jpg", "held_back-0.true.png", *steps]
    true = cv2.imread(str(previews / "held_back-0.true.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(true, photo(0)[1])
    first, last = (cv2.imread(str(previews / f"step_00000{step}" / "held_back-0.alpha.png"), -1) for step in (0, 2))
    assert first.shape == true.shape
    assert not np.array_equal(first, last)


@pytest.mark.parametrize(("dtype", "full"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)])
def test_a_preview_is_small_and_of_eight_bits(dtype: type[np.generic], full: float) -> None:
    wide = np.full((100, 2 * LONGER_SIDE_PX, 3), full, dtype)
    assert small(wide).shape == (50, LONGER_SIDE_PX, 3)
    assert small(wide).dtype == np.uint8
    assert small(wide).min() == 255
    assert small(wide[:20, :10]).shape == (20, 10, 3)  # never enlarged
