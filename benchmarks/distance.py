"""How small people may be: cut-outs placed ever smaller in scenes, alone or in groups, and what a matte gets wrong.

    python -m benchmarks.distance --foregrounds DIR --backgrounds DIR [--another 0.7] [--model M] [--size PX] [--json]

Per cent of the people's area, the mean and the median over the pictures: all that is wrong with alpha, what is missing
of people and what is there too much (both beyond a half). `found` is the share of the pictures with less than a fifth
wrong. `python tools/cut_out_photos.py` makes cut-outs of photos with known alphas.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.on_photos import add_model_options, add_quality_option, predictor_of, tell
from core.training.config import AugmentationConfig, CutoutsConfig
from core.training.sources import Crop, CutoutSource, finish

HEIGHTS = (0.15, 0.2, 0.3, 0.4, 0.55, 0.8)
"""Of people, in heights of the picture."""
SIZES = ((720, 960), (960, 720))
FOUND = 0.2
SEED = 1
PARTS = ("wrong", "missing", "too much")


def main(words: Sequence[str] | None = None) -> int:
    return tell(parser().parse_args(words), measure, table)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.distance", description="How small people may be.")
    made.add_argument("--foregrounds", type=Path, required=True, help="folder of RGBA cut-outs")
    made.add_argument("--backgrounds", type=Path, required=True, help="folder of scenes without people")
    made.add_argument("--another", type=float, default=0.0, help="chance of one person more, up to five (default: 0)")
    made.add_argument("--count", type=int, default=24, help="pictures for each height (default: 24)")
    add_quality_option(made)
    add_model_options(made)
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    predictor = predictor_of(arguments)
    folders = CutoutsConfig(foregrounds=arguments.foregrounds, backgrounds=arguments.backgrounds)
    rows: dict[str, dict[str, float]] = {}
    for height in HEIGHTS:
        made = pictures(folders, height, arguments.another, arguments.count)
        wrong = np.array([shares_wrong(predictor.predict(each.image).alpha, each.alpha) for each in made])
        rows[f"{height:g}"] = {
            **dict(zip(PARTS, wrong.mean(axis=0).tolist(), strict=True)),
            "median": float(np.median(wrong[:, 0])),
            "found": float((wrong[:, 0] < FOUND).mean()),
        }
    return {
        "device": predictor.engine.description,
        "size_px": predictor.size_px,
        "another": arguments.another,
        "pictures": arguments.count,
        "heights": rows,
    }


def pictures(folders: CutoutsConfig, height: float, another: float, count: int) -> Iterator[Crop]:
    """People of one height, which are the same for everybody who asks."""
    far = AugmentationConfig(distant=1, distant_height=(height, height), second_person=another, empty=0)
    source = CutoutSource(folders, far)
    for number in range(count):
        rng = np.random.default_rng([SEED, round(height * 1000), number])
        yield finish(source.draw(rng, *SIZES[number % len(SIZES)]), rng, far)


def shares_wrong(alpha: NDArray[np.float32], true: NDArray[np.float32]) -> tuple[float, float, float]:
    """PARTS, as shares of the people's area; alphas are (H, W)."""
    wrong, is_person = np.abs(alpha - true), true > 0.5
    far_off = wrong[wrong > 0.5].sum(), wrong[(wrong > 0.5) & is_person].sum()
    area = true.sum()
    return float(wrong.sum() / area), float(far_off[1] / area), float((far_off[0] - far_off[1]) / area)


def table(result: dict) -> str:
    def line(height: str, row: dict[str, float]) -> str:
        shares = "".join(f"{100 * row[name]:11.1f} %" for name in (*PARTS, "median", "found"))
        return f"{height:>8}{shares}"

    return "\n".join(
        [
            f"{result['pictures']} pictures for each height at {result['size_px']} px on {result['device']}",
            f"{'height':>8}" + "".join(f"{name:>13}" for name in (*PARTS, "median", "found")),
            *(line(height, row) for height, row in result["heights"].items()),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
