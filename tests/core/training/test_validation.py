"""Validation sets are measured as people have them."""

from pathlib import Path
from unittest.mock import create_autospec

import numpy as np
import pytest
import torch
from generated_data import SIDE, settings, write, write_pairs

from core.errors import CheckpointError
from core.network import MTGINet
from core.predictor import Matte, MattingPredictor
from core.training.config import parse_config
from core.training.datasets import find_pairs
from core.training.validation import mean, measure_pair, validate


@pytest.mark.parametrize(("ending", "unknown"), [(".png", 127), (".jpg", 128)])
def test_trimaps_have_any_grey_and_some_leave_nothing_open(tmp_path: Path, ending: str, unknown: int) -> None:
    config = parse_config(settings(tmp_path))
    trimaps = tmp_path / "held_back" / "trimap"
    trimaps.mkdir()
    partly_open = np.zeros((SIDE, SIDE), np.uint8)
    partly_open[30:60, 30:60] = unknown
    write(trimaps / f"0{ending}", partly_open)
    write(trimaps / f"1{ending}", np.full((SIDE, SIDE), 255, np.uint8))
    photos = []
    figures = validate(
        MTGINet(0.125), config, torch.device("cpu"), lambda set_name, number, photo: photos.append(photo.measures)
    )
    assert [("mad_unknown" in measures) for measures in photos] == [True, False]
    assert figures["held back"]["mad_unknown"] == photos[0]["mad_unknown"]


def test_a_network_that_gives_no_numbers_is_what_is_wrong(tmp_path: Path) -> None:
    (pair, *_) = find_pairs(Path(write_pairs(tmp_path, count=1)["folder"]))
    nothing = Matte(np.full((SIDE, SIDE), np.nan, np.float32), np.zeros((SIDE, SIDE), np.uint8))
    predictor = create_autospec(MattingPredictor, instance=True)
    predictor.predict.return_value = nothing
    with pytest.raises(CheckpointError, match=r"^The model gives no numbers for .*0\.jpg: its weights have grown"):
        measure_pair(predictor, pair)


def test_means_are_over_the_photos_that_have_the_measure() -> None:
    assert mean([{"mad": 1.0}, {"mad": 3.0, "mad_unknown": 5.0}]) == {"mad": 2.0, "mad_unknown": 5.0}
