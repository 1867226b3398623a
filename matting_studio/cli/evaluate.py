"""`matting-studio evaluate`: a model's measures on photos whose alpha is known."""

import argparse
import json
from collections.abc import Mapping

from tqdm import tqdm

from core.checkpoint import shipped_model
from core.errors import MattingError
from core.predictor import MattingPredictor
from core.training.datasets import Pair, match_pairs
from core.training.validation import mean, measure_pair
from core.working_size import Quality
from matting_studio.cli.messages import DONE, FAILED, say, shows_bars

UNKNOWN = "_unknown"


def run(arguments: argparse.Namespace) -> int:
    pairs = match_pairs(arguments.images, arguments.alphas, trimaps=arguments.trimaps)
    predictor = MattingPredictor.from_checkpoint(
        arguments.model, arguments.device, arguments.size_px, Quality(arguments.quality)
    )
    rows, failures = measure_all(predictor, pairs)
    for photo, reason in failures.items():
        say(f"{photo}: {reason}")
    means = mean(list(rows.values())) if rows else {}
    if arguments.json:
        result = {
            "model": str(arguments.model or shipped_model()),
            "device": predictor.engine.description,
            "size_px": predictor.size_px,
            "photos": len(rows),
            "mean": means,
            "rows": [{"photo": photo, **row} for photo, row in rows.items()],
            "failures": [{"photo": photo, "reason": reason} for photo, reason in failures.items()],
        }
        print(json.dumps(result))
    elif rows:
        print(table(means, len(rows)))
    return FAILED if failures else DONE


def measure_all(
    predictor: MattingPredictor, pairs: list[Pair]
) -> tuple[dict[str, Mapping[str, float]], dict[str, str]]:
    """Measures by photo, and the reasons of those that could not be measured."""
    rows: dict[str, Mapping[str, float]] = {}
    failures: dict[str, str] = {}
    for pair in tqdm(pairs, unit="photo", disable=not shows_bars()):
        try:
            rows[pair.image.name] = measure_pair(predictor, pair)
        except MattingError as error:
            failures[pair.image.name] = str(error)
    return rows, failures


def table(means: Mapping[str, float], photos: int) -> str:
    """A line per measure: over the whole image and, where there are trimaps, over the unknown region."""
    whole = [name for name in means if not name.endswith(UNKNOWN)]
    regions = ["", UNKNOWN] if whole[0] + UNKNOWN in means else [""]
    lines = [f"{f'{photos} photos':12}" + "".join(f"{'unknown' if region else 'image':>12}" for region in regions)]
    lines += [f"{name:12}" + "".join(f"{means[name + region]:12.5f}" for region in regions) for name in whole]
    return "\n".join(lines)
