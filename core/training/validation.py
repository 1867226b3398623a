"""Measures a network on whole photos, as its users will see it."""

import copy
from collections.abc import Mapping

import numpy as np
import torch

from core.metrics import evaluate_pair
from core.network import MTGINet
from core.predictor import MattingPredictor
from core.training.config import TrainingConfig
from core.training.datasets import Pair, find_pairs
from core.training.sources import read_colour, read_grey


def validate(network: MTGINet, config: TrainingConfig, device: torch.device) -> dict[str, dict[str, float]]:
    """Mean figures of each validation set, by its name; `network` is left as it is."""
    predictor = MattingPredictor(copy.deepcopy(network), device, config.run.validation_px)
    return {chosen.name: measure(predictor, find_pairs(chosen.folder)) for chosen in config.data.validation}


def measure(predictor: MattingPredictor, pairs: list[Pair]) -> dict[str, float]:
    """Mean over the photos of what `evaluate_pair` gives; the unknown region where every photo has a trimap."""
    return mean([measure_pair(predictor, pair) for pair in pairs])


def measure_pair(predictor: MattingPredictor, pair: Pair) -> Mapping[str, float]:
    predicted = predictor.predict(read_colour(pair.image)).alpha
    trimap = read_grey(pair.trimap) if pair.trimap else None
    return evaluate_pair(predicted, read_grey(pair.alpha), trimap)


def mean(rows: list[Mapping[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
