"""What MTGINet says by itself, before the detail network and the looks from nearer: its error, in ghosts and in holes.

    python -m benchmarks.alone --images DIR [--alphas DIR] [--model M] [--size PX] [--worst 12] [--json]

MAD × 1000 of its alpha, brought to the photo's size by cubic enlarging; `ghosts` and `holes` are what of that is
wrong by more than a half, too much or missing. Without `--alphas` nobody is in the pictures: all that is seen is wrong.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.on_photos import add_model_options, add_worst_option, summary, table_of_photos, tell
from core.checkpoint import read_model, shipped_model
from core.device import pick_device
from core.engine import Engine, make_engine
from core.image_io import read_photo
from core.predictor import DEFAULT_SIZE_PX, crop, fit, network_samples
from core.training.datasets import match_pairs, pictures
from core.training.hardness import GROSS
from core.training.reading import read_grey

Plane = NDArray[np.float32]


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.alone", description="What MTGINet says by itself.")
    made.add_argument("--images", type=Path, required=True, metavar="DIR", help="photos")
    made.add_argument("--alphas", type=Path, metavar="DIR", help="their true alphas (default: nobody is in them)")
    add_worst_option(made)
    add_model_options(made)
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    model = read_model(arguments.model or shipped_model())
    engine = make_engine(model, pick_device(arguments.device))
    size_px = arguments.size_px or int(model.metadata.get("size_px", DEFAULT_SIZE_PX))
    rows = {
        path.stem: split(seen_alone(image, size_px, engine), true)
        for path, image, true in photos(arguments.images, arguments.alphas)
    }
    return summary(engine.description, size_px, rows, arguments.worst)


def photos(images: Path, alphas: Path | None) -> Iterator[tuple[Path, NDArray[np.generic], Plane]]:
    """Each photo with its true alpha, (H, W) in [0, 1]."""
    if alphas is None:
        for path in pictures(images):
            image = read_photo(path).image
            yield path, image, np.zeros(image.shape[:2], dtype=np.float32)
        return
    for pair in match_pairs(images, alphas):
        yield pair.image, read_photo(pair.image).image, read_grey(pair.alpha) / np.float32(255)


def seen_alone(image: NDArray[np.generic], size_px: int, engine: Engine) -> Plane:
    """The network's alpha (H, W) of a whole photo, with whatever stray pieces it has."""
    fitted, used = fit(network_samples(image), size_px)
    alpha, _ = crop(engine.run(fitted), *used)
    enlarged = cv2.resize(alpha, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(enlarged, 0, 1), dtype=np.float32)


def split(alpha: Plane, true: Plane) -> dict[str, float]:
    wrong = np.abs(alpha - true)
    gross, person = wrong > GROSS, true > GROSS
    return {
        "mad": 1000 * float(wrong.mean()),
        "ghosts": 1000 * float(np.where(gross & ~person, wrong, 0).mean()),
        "holes": 1000 * float(np.where(gross & person, wrong, 0).mean()),
    }


def table(result: dict) -> str:
    return table_of_photos(result, digits=2)


if __name__ == "__main__":
    sys.exit(main())
