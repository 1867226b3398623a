"""Measures a network on whole photos, as its users will see it."""

import copy
from collections.abc import Mapping

import numpy as np
import torch

from core.errors import DatasetError
from core.image_io import read_photo
from core.metrics import evaluate_pair
from core.network import MTGINet
from core.predictor import MattingPredictor
from core.training.config import TrainingConfig
from core.training.datasets import Pair, find_pairs
from core.training.sources import read_grey


def validate(network: MTGINet, config: TrainingConfig, device: torch.device) -> dict[str, dict[str, float]]:
    """Mean figures of each validation set, by its name; `network` is left as it is."""
    predictor = MattingPredictor(copy.deepcopy(network), device, config.run.validation_px)
    return {chosen.name: measure(predictor, find_pairs(chosen.folder)) for chosen in config.data.validation}


def measure(predictor: MattingPredictor, pairs: list[Pair]) -> dict[str, float]:
    """Mean over the photos of what `evaluate_pair` gives; the unknown region where every photo has a trimap.

    Raises DatasetError and ImageReadError with the name of the file that cannot be measured.
    """
    return mean([measure_pair(predictor, pair) for pair in pairs])


def measure_pair(predictor: MattingPredictor, pair: Pair) -> Mapping[str, float]:
    """The measures of one photo. Raises DatasetError and ImageReadError."""
    alpha = read_grey(pair.alpha)
    trimap = read_grey(pair.trimap) if pair.trimap else None
    predicted = predictor.predict(read_photo(pair.image).image).alpha
    try:
        return evaluate_pair(predicted, alpha, trimap)
    except ValueError as error:
        raise DatasetError(f"{pair.image} cannot be measured against {pair.alpha}: {error}") from error


def mean(rows: list[Mapping[str, float]]) -> dict[str, float]:
    """Means of the measures that every row has; at least one row."""
    shared = [key for key in rows[0] if all(key in row for row in rows)]
    return {key: float(np.mean([row[key] for row in rows])) for key in shared}
