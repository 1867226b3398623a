"""`matting-studio evaluate`: a model's measures on photos whose alpha is known."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from core.checkpoint import shipped_model
from core.errors import DatasetError, MattingError
from core.predictor import MattingPredictor
from core.training.datasets import Pair, Pairing, complete, pair_up
from core.training.doctor.inspection import Part, PictureFacts, inspect
from core.training.validation import mean, measure_pair
from core.working_size import Quality
from matting_studio.cli.messages import DONE, FAILED, say, shows_bars

UNKNOWN = "_unknown"
NAMED_FILES = 5
"""Of those that are left out."""


def run(arguments: argparse.Namespace) -> int:
    pairing = pair_up(arguments.images, arguments.alphas, trimaps=arguments.trimaps)
    pairs = complete(pairing)
    check_alphas(pairing)
    say_what_is_left_out(pairing)
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


def check_alphas(pairing: Pairing) -> None:
    """Raises DatasetError where two alphas have a name that belongs to one photo: one would be taken at random."""
    folders = {pair.alpha.parent for pair in pairing.pairs}
    doubtful = sorted((path for path in pairing.ambiguous if path.parent in folders), key=lambda path: path.stem)
    if doubtful:
        names = " and ".join(path.name for path in doubtful[:2])
        raise DatasetError(f"Which alpha belongs to a photo is not clear, there are {names}: keep one of each name.")


def say_what_is_left_out(pairing: Pairing) -> None:
    names = [path.name for path in pairing.without_image]
    if names:
        shown = ", ".join(names[:NAMED_FILES]) + (" …" if len(names) > NAMED_FILES else "")
        say(f"{len(names)} of the alphas have no photo of the same name in JPEG, PNG, TIFF, WebP or BMP: {shown}")


def check_truth(alpha: Path) -> None:
    """Raises DatasetError for a picture in colours: its brightness would be measured as if it were an alpha.

    What cannot be read is seen later.
    """
    facts = inspect(alpha, Part.ALPHA)
    if isinstance(facts, PictureFacts) and facts.alpha is not None and not facts.alpha.is_grey:
        raise DatasetError(f"{alpha} has colours, as photos have: save the alpha in grey, white where the person is.")


def measure_all(
    predictor: MattingPredictor, pairs: list[Pair]
) -> tuple[dict[str, Mapping[str, float]], dict[str, str]]:
    """Measures by photo, and the reasons of those that could not be measured."""
    rows: dict[str, Mapping[str, float]] = {}
    failures: dict[str, str] = {}
    for pair in tqdm(pairs, unit="photo", disable=not shows_bars()):
        try:
            check_truth(pair.alpha)
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
