"""Measures a network on whole photos, as its users will see it."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import DatasetError
from core.image_io import read_photo
from core.metrics import evaluate_pair
from core.network import MTGINet
from core.predictor import Matte, MattingPredictor
from core.training.config import TrainingConfig
from core.training.datasets import Pair, find_pairs
from core.training.sources import read_grey
from core.trimap import BACKGROUND, FOREGROUND, UNKNOWN, classes_from_trimap


@dataclass(frozen=True)
class MeasuredPhoto:
    """A photo of a validation set, what the network makes of it, and how far off that is."""

    pair: Pair
    image: NDArray[np.generic]
    """(H, W, 3) sRGB, uint8 or uint16."""
    alpha: NDArray[np.uint8]
    """(H, W), true."""
    matte: Matte
    measures: Mapping[str, float]


def validate(
    network: MTGINet,
    config: TrainingConfig,
    device: torch.device,
    on_photo: Callable[[str, int, MeasuredPhoto], None] = lambda set_name, number, photo: None,
) -> dict[str, dict[str, float]]:
    """Mean figures of each validation set, by its name; `network` is left as it is.

    `on_photo` hears the set's name, the photo's number in the set, from 0, and the photo.
    """
    predictor = MattingPredictor(copy.deepcopy(network), device, config.run.validation_px)
    figures = {}
    for chosen in config.data.validation:
        rows = []
        for number, pair in enumerate(find_pairs(chosen.folder)):
            photo = measure_photo(predictor, pair)
            on_photo(chosen.name, number, photo)
            rows.append(photo.measures)
        figures[chosen.name] = mean(rows)
    return figures


def measure_pair(predictor: MattingPredictor, pair: Pair) -> Mapping[str, float]:
    """The measures of one photo. Raises DatasetError and ImageReadError."""
    return measure_photo(predictor, pair).measures


def measure_photo(predictor: MattingPredictor, pair: Pair) -> MeasuredPhoto:
    """What `evaluate_pair` gives, of the unknown region too where the photo's trimap has one.

    Raises DatasetError and ImageReadError with the name of the file that cannot be measured.
    """
    alpha = read_grey(pair.alpha)
    trimap = read_trimap(pair.trimap) if pair.trimap else None
    image = read_photo(pair.image).image
    matte = predictor.predict(image)
    try:
        measures = evaluate_pair(matte.alpha, alpha, trimap)
    except ValueError as error:
        raise DatasetError(f"{pair.image} cannot be measured against {pair.alpha}: {error}") from error
    return MeasuredPhoto(pair, image, alpha, matte, measures)


def read_trimap(path: Path) -> NDArray[np.uint8] | None:
    """(H, W) 0, 128 and 255, also where a file has other greys, as JPEG leaves them; None where nothing is unknown.

    Raises DatasetError with the file's name.
    """
    trimap = np.array([BACKGROUND, UNKNOWN, FOREGROUND], np.uint8)[classes_from_trimap(read_grey(path))]
    return trimap if (trimap == UNKNOWN).any() else None


def mean(rows: list[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure over the rows that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}
