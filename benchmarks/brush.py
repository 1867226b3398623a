"""What the unknown brush brings: errors under a stroke over a matte's worst place, against the true alpha.

    python -m benchmarks.brush --images DIR --alphas DIR [--model M] [--json]

Each photo is matted, and one stroke laid over the place where that is most wrong, as somebody who sees it would.
`matte` is the alpha before, `solved` what the network says from near by and colours say beside it, `looked over` the
same after the detail network, which is what the studio shows. Photos without a mistake to paint over are left out.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.on_photos import add_quality_option, means_by_way, parser_of, predictor_of, table_of_ways, tell
from core.image_io import read_photo
from core.local_solve import LookCloser, solve_unknown
from core.metrics import evaluate_pair
from core.predictor import Matte, MattingPredictor
from core.training.datasets import match_pairs
from core.training.reading import read_grey
from core.trimap import UNKNOWN

Plane = NDArray[np.float32]
MEASURES = ("sad", "mse", "grad", "conn")
SEEN = 0.15  # mean error, over a few pixels, that somebody notices
LONGEST = 0.25  # a stroke's extent, of the photo's longer side
AROUND_PX = 6  # nobody paints along a mistake exactly


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = parser_of("brush", "What the unknown brush brings.")
    add_quality_option(made)
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    predictor = predictor_of(arguments)
    ways: dict[str, Callable[[NDArray[np.generic], Matte, NDArray[np.bool_]], Plane]] = {
        "matte": lambda _image, matte, _stroke: matte.alpha,
        "solved": lambda image, matte, stroke: painted(predictor, lambda _p, alpha, _f: alpha, image, matte, stroke),
        "looked over": lambda image, matte, stroke: painted(predictor, predictor.look_closer, image, matte, stroke),
    }
    rows: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for pair in match_pairs(arguments.images, arguments.alphas):
        image = read_photo(pair.image).image
        true = np.divide(read_grey(pair.alpha), np.float32(255), dtype=np.float32)
        matte = predictor.predict(image)
        stroke = worst_place(matte.alpha, true)
        if not stroke.any():
            continue
        for way, alpha_of in ways.items():
            started = time.perf_counter()
            alpha = alpha_of(image, matte, stroke)
            seconds = time.perf_counter() - started
            measures = evaluate_pair(alpha, true, with_stroke(np.zeros_like(matte.trimap), stroke))
            rows[way].append({**{name: measures[f"{name}_unknown"] for name in MEASURES}, "seconds": seconds})
    return {
        "device": predictor.engine.description,
        "photos": len(rows["matte"]),
        "ways": means_by_way(rows),
    }


def worst_place(alpha: Plane, true: Plane) -> NDArray[np.bool_]:
    """A stroke, (H, W), over the worst part of what is visibly wrong; empty where nothing is."""
    wrong = np.abs(alpha - true)
    seen = cv2.dilate((cv2.blur(wrong, (9, 9)) > SEEN).astype(np.uint8), np.ones((7, 7), np.uint8))
    count, labels = cv2.connectedComponents(seen)
    if count == 1:
        return np.zeros(wrong.shape, np.bool_)
    weights = np.bincount(labels.reshape(-1), wrong.reshape(-1), count)
    place = labels == 1 + int(weights[1:].argmax())
    side_px = max(1, round(LONGEST * max(wrong.shape)))
    density = cv2.blur(wrong * place, (side_px, side_px))
    row, column = divmod(int(density.argmax()), wrong.shape[1])
    reach = np.zeros(wrong.shape, np.uint8)
    top, left = max(0, row - side_px // 2), max(0, column - side_px // 2)
    reach[top : row + side_px // 2 + 1, left : column + side_px // 2 + 1] = 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * AROUND_PX + 1, 2 * AROUND_PX + 1))
    return cv2.dilate(reach * place.astype(np.uint8), brush) > 0


def painted(
    predictor: MattingPredictor,
    look_closer: LookCloser,
    image: NDArray[np.generic],
    matte: Matte,
    stroke: NDArray[np.bool_],
) -> Plane:
    """The alpha after the stroke was solved, (H, W)."""

    def infer(crop: NDArray[np.generic]) -> tuple[Plane, NDArray[np.uint8]]:
        seen = predictor.predict(crop)
        return seen.alpha, seen.trimap

    left, top, width, height = cv2.boundingRect(stroke.astype(np.uint8))
    box = slice(top, top + height), slice(left, left + width)
    alpha = matte.alpha.copy()
    trimap = with_stroke(matte.trimap, stroke)
    solved = solve_unknown(
        image, alpha, trimap, box, infer, look_closer=look_closer, size_px=predictor.size_px, wanted=stroke[box]
    )
    alpha[stroke] = solved[stroke[box]]
    return alpha


def with_stroke(trimap: NDArray[np.uint8], stroke: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.where(stroke, np.uint8(UNKNOWN), trimap)


def table(result: dict) -> str:
    return table_of_ways(f"{result['photos']} strokes on {result['device']}", result["ways"])


if __name__ == "__main__":
    sys.exit(main())
