"""Where a model's error lies: beside the outline, in holes, in ghosts; and what no model could do at its working size.

    python -m benchmarks.errors --images DIR --alphas DIR [--model M] [--size PX] [--quality best] [--worst 12] [--json]

SAD of the whole photo, split by where it is found. `outline` is the true transition and what is near it; `holes` is
what is missing of the person elsewhere, `ghosts` what is there too much. `resolution` is another thing: the SAD of the
true alpha itself, brought to the working size and back, following the photo's edges as mattes do.
"""

import argparse
import sys
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.on_photos import (
    add_quality_option,
    add_worst_option,
    parser_of,
    predictor_of,
    summary,
    table_of_photos,
    tell,
)
from core.detail import refine_detail
from core.image_io import read_photo
from core.predictor import MattingPredictor
from core.training.datasets import match_pairs
from core.training.reading import read_grey

Plane = NDArray[np.float32]
OPEN = 0.02  # alphas this far from 0 and from 1 belong to the transition
NEAR = 0.012  # of the longer side


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = parser_of("errors", "Where a model's error lies.")
    add_quality_option(made)
    add_worst_option(made)
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    predictor = predictor_of(arguments)
    rows: dict[str, dict[str, float]] = {}
    for pair in match_pairs(arguments.images, arguments.alphas):
        image = read_photo(pair.image).image
        true = np.divide(read_grey(pair.alpha), np.float32(255), dtype=np.float32)
        at_most = at_working_size(true, image, predictor)
        rows[pair.image.stem] = {
            **split(predictor.predict(image).alpha, true),
            "resolution": thousands(np.abs(at_most - true)),
        }
    return summary(predictor.engine.description, predictor.size_px, rows, arguments.worst)


def split(alpha: Plane, true: Plane) -> dict[str, float]:
    """SAD / 1000 of a predicted alpha (H, W), and its parts by place."""
    wrong = np.abs(alpha - true)
    is_open = ((true > OPEN) & (true < 1 - OPEN)).astype(np.uint8)
    side_px = 2 * max(3, round(max(true.shape) * NEAR)) + 1
    near = cv2.dilate(is_open, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px))) > 0
    person = true > 0.5
    return {
        "sad": thousands(wrong),
        "outline": thousands(wrong[near]),
        "holes": thousands(wrong[person & ~near]),
        "ghosts": thousands(wrong[~person & ~near]),
    }


def at_working_size(true: Plane, image: NDArray[np.generic], predictor: MattingPredictor) -> Plane:
    """A true alpha (H, W) as a network that makes no mistake would give it."""
    scale = min(1.0, predictor.size_px / max(true.shape))
    size = max(1, round(true.shape[1] * scale)), max(1, round(true.shape[0] * scale))
    small = np.asarray(cv2.resize(true, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return refine_detail(image, small, None)


def thousands(wrong: NDArray[np.float32]) -> float:
    return float(wrong.sum(dtype=np.float64) / 1000)


def table(result: dict) -> str:
    return table_of_photos(result, digits=3)


if __name__ == "__main__":
    sys.exit(main())
