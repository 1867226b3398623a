"""Measures a network on whole photos, as its users will see it."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import CheckpointError, DatasetError
from core.image_io import read_photo
from core.metrics import evaluate_pair
from core.network import MTGINet
from core.predictor import Matte, MattingPredictor
from core.training.config import TrainingConfig
from core.training.datasets import Pair, find_pairs
from core.training.reading import read_grey
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

    Raises DatasetError and ImageReadError with the name of the file that cannot be measured, CheckpointError where the
    network gives no numbers.
    """
    alpha = read_grey(pair.alpha)
    trimap = read_trimap(pair.trimap) if pair.trimap else None
    image = read_photo(pair.image).image
    check_size(pair.alpha, alpha, pair.image, image)
    if pair.trimap and trimap is not None:
        check_size(pair.trimap, trimap, pair.image, image)
    matte = predictor.predict(image)
    if not np.isfinite(matte.alpha).all():
        raise CheckpointError(
            f"The model gives no numbers for {pair.image}: its weights have grown beyond all bounds in training, so "
            "train with a lower learning rate, or choose another model."
        )
    return MeasuredPhoto(pair, image, alpha, matte, evaluate_pair(matte.alpha, alpha, trimap))


def check_size(path: Path, plane: NDArray[np.uint8], photo: Path, image: NDArray[np.generic]) -> None:
    """Raises DatasetError where what was read from `path` is not as large as the photo."""
    if plane.shape != image.shape[:2]:
        own, of_photo = (f"{width} × {height} px" for height, width in (plane.shape, image.shape[:2]))
        raise DatasetError(f"{path} is {own}, and {photo} is {of_photo}: make it anew from the photo.")


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
