"""Validation sets are measured as people have them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from generated_data import SIDE, settings, write

from core.network import MTGINet
from core.training.config import parse_config
from core.training.validation import mean, validate


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


def test_means_are_over_the_photos_that_have_the_measure() -> None:
    assert mean([{"mad": 1.0}, {"mad": 3.0, "mad_unknown": 5.0}]) == {"mad": 2.0, "mad_unknown": 5.0}
