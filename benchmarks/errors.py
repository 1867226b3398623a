"""Where a model's error lies: beside the outline, in holes, in ghosts; and what no model could do at its working size.

    python -m benchmarks.errors --images DIR --alphas DIR [--model M] [--size PX] [--quality best] [--worst 12] [--json]

SAD of the whole photo, split by where it is found. `outline` is the true transition and what is near it; `holes` is
what is missing of the person elsewhere, `ghosts` what is there too much. `resolution` is another thing: the SAD of the
true alpha itself, brought to the working size and back, following the photo's edges as mattes do.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.on_photos import add_quality_option, parser_of, predictor_of, tell
from core.detail import refine_detail
from core.image_io import read_photo
from core.predictor import MattingPredictor
from core.training.datasets import match_pairs
from core.training.sources import read_grey

Plane = NDArray[np.float32]
PARTS = ("sad", "outline", "holes", "ghosts", "resolution")
OPEN = 0.02  # alphas this far from 0 and from 1 belong to the transition
NEAR = 0.012  # of the longer side


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = parser_of("errors", "Where a model's error lies.")
    add_quality_option(made)
    made.add_argument("--worst", type=int, default=12, help="how many photos are named (default: 12)")
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
    worst = sorted(rows, key=lambda stem: rows[stem]["sad"], reverse=True)[: arguments.worst]
    return {
        "device": predictor.engine.description,
        "size_px": predictor.size_px,
        "photos": len(rows),
        "mean": {part: float(np.mean([row[part] for row in rows.values()])) for part in PARTS},
        "median": {part: float(np.median([row[part] for row in rows.values()])) for part in PARTS},
        "worst": {stem: rows[stem] for stem in worst},
    }


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
    def line(name: str, row: Mapping[str, float]) -> str:
        return f"{name:18}" + "".join(f"{row[part]:12.3f}" for part in PARTS)

    return "\n".join(
        [
            f"{result['photos']} photos at {result['size_px']} px on {result['device']}",
            f"{'':18}" + "".join(f"{part:>12}" for part in PARTS),
            *(line(name, result[name]) for name in ("mean", "median")),
            "worst:",
            *(line(stem, row) for stem, row in result["worst"].items()),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
