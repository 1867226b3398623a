"""What a model takes for a person where there is none: scenes, animals and things, whole mattes.

    python -m benchmarks.nobody --images DIR [--quality best] [--model M] [--size PX] [--json]

Per cent of the picture that is part of a person by its alpha, the mean over the pictures, and how many of them are left
empty: less than a hundredth is. Whoever is in a picture after all counts as a mistake: look at the folder first.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.on_photos import add_model_options, add_quality_option, predictor_of, tell
from core.image_io import read_photo
from core.training.datasets import pictures

EMPTY = 0.01


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.nobody", description="Who is seen where nobody is.")
    made.add_argument("--images", type=Path, required=True, metavar="DIR", help="pictures without people")
    add_quality_option(made)
    add_model_options(made)
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    predictor = predictor_of(arguments)
    seen = {
        path.name: float(predictor.predict(read_photo(path).image).alpha.mean()) for path in pictures(arguments.images)
    }
    shares = np.array([*seen.values()])
    return {
        "device": predictor.engine.description,
        "size_px": predictor.size_px,
        "seen": float(shares.mean()),
        "empty": float((shares < EMPTY).mean()),
        "pictures": seen,
    }


def table(result: dict) -> str:
    worst = sorted(result["pictures"].items(), key=lambda item: -item[1])[:10]
    return "\n".join(
        [
            f"{len(result['pictures'])} pictures at {result['size_px']} px on {result['device']}",
            f"part of a person {100 * result['seen']:.2f} %, left empty {100 * result['empty']:.0f} % of the pictures",
            *(f"{100 * share:8.1f} %  {name}" for name, share in worst),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
