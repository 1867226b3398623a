"""What looking closer brings: errors against true alphas, and what it costs.

    python -m benchmarks.detail --images DIR --alphas DIR [--model M] [--least 700] [--json]

`enlarged` is the coarse alpha brought to the photo's size by bilinear interpolation; `guided` follows the photo's
edges; the others ask the detail network along the outline, so many times nearer than in the whole photo at most. Photos
that are hardly larger than the working size have nothing to gain and are left out.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.on_photos import means_by_way, parser_of, table_of_ways, tell
from core.detail import refine_detail
from core.engine import DetailEngine, make_detail_engine
from core.image_io import read_photo
from core.metrics import evaluate_pair
from core.predictor import MattingPredictor, crop, fit
from core.training.datasets import match_pairs
from core.training.reading import read_grey

Plane = NDArray[np.float32]
MEASURES = ("sad", "mse", "grad", "conn")


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = parser_of("detail", "What looking closer brings.")
    made.add_argument("--least", type=int, default=700, help="longer side of the photos that count (default: 700 px)")
    made.add_argument("--closest", type=float, nargs="*", default=[2.0, 3.0], help="default: 2 3")
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    predictor = MattingPredictor.from_checkpoint(arguments.model, arguments.device, arguments.size_px)
    network = Counting(make_detail_engine(predictor.device))
    ways: dict[str, Callable[[NDArray[np.generic], Plane], Plane]] = {"enlarged": enlarged}
    ways["guided"] = lambda image, coarse: refine_detail(image, coarse, None)
    for closest in arguments.closest:
        ways[f"{closest:g} times nearer"] = lambda image, coarse, closest=closest: refine_detail(
            image, coarse, network, closest=closest
        )
    rows: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for pair in match_pairs(arguments.images, arguments.alphas):
        image = read_photo(pair.image).image
        if max(image.shape) < arguments.least:
            continue
        truth = read_grey(pair.alpha)
        fitted, used = fit(image, predictor.size_px)
        coarse, _ = crop(predictor.engine.run(fitted), *used)
        for way, refine in ways.items():
            before, started = network.tiles, time.perf_counter()
            alpha = refine(image, coarse)
            seconds = time.perf_counter() - started
            measures = evaluate_pair(alpha, truth)
            rows[way].append(
                {**{name: measures[name] for name in MEASURES}, "tiles": network.tiles - before, "seconds": seconds}
            )
    return {
        "device": predictor.engine.description,
        "size_px": predictor.size_px,
        "photos": len(rows["enlarged"]),
        "ways": means_by_way(rows),
    }


class Counting:
    """A detail network that counts the tiles it is given."""

    def __init__(self, engine: DetailEngine) -> None:
        self.engine = engine
        self.tiles = 0

    def refine(self, pictures: Sequence[NDArray[np.generic]], alphas: Sequence[Plane]) -> list[Plane]:
        self.tiles += len(pictures)
        return self.engine.refine(pictures, alphas)


def enlarged(image: NDArray[np.generic], coarse: Plane) -> Plane:
    return np.clip(cv2.resize(coarse, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), 0, 1)


def table(result: dict) -> str:
    title = f"{result['photos']} photos at {result['size_px']} px on {result['device']}"
    return table_of_ways(title, result["ways"])


if __name__ == "__main__":
    sys.exit(main())
