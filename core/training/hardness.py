"""Which files of a training a model fails on, and the same data with those drawn more often.

A trained model makes two thirds of its gross mistakes on a tenth of the cut-outs (benchmarks/training.md): drawn
evenly, most crops teach it what it knows. This is mining of hard examples, once before a run goes on from a model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from glob import escape
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.engine import Engine
from core.predictor import network_samples, seen
from core.training.config import AugmentationConfig, CutoutsConfig, DataConfig, PhotosConfig
from core.training.datasets import find_pairs, pictures
from core.training.layers import unit
from core.training.lottery import favour_of
from core.training.reading import read_colour, read_grey
from core.training.sources import CutoutSource, finish

EASY = 0.6
"""How often what the model does without a fault is drawn, against the recipe."""
MOST = 7.0
GHOSTS = 0.3
"""Weight of what is there too much: before a random scene it says more of the scene than of the cut-out."""
GROSS = 0.5
"""An alpha that is wrong by more is no matter of strands."""

ALONE = AugmentationConfig(distant=0, close_up=0, second_person=0, empty=0)
SEED = 77


@dataclass(frozen=True)
class Look:
    """A model, and how it looks at a file."""

    engine: Engine
    side_px: int
    """Side of a crop and longer side of a photo, a multiple of STRIDE."""
    told: Callable[[str, int, int], None]
    """Hears what kind of files is looked at, how many of them are done, and of how many."""

    def __call__(self, image: NDArray[np.generic]) -> NDArray[np.float32]:
        """(H, W, 3) -> alpha at the working size."""
        return seen(network_samples(image), self.side_px, self.engine).alpha


def favour_hard(data: DataConfig, look: Look, photos: str = "") -> DataConfig:
    """The same data with a weight for each file: by the patterns that favour it, times its hardness.

    Each cut-out is looked at before one scene, each scene without anybody. Of the photos those are whose names match
    `photos`: a pattern of names whose alphas are to be trusted, as a teacher's mistake would pass for the model's.
    Raises DatasetError.
    """
    scenes = {folder: scenes_errors(folder, look) for folder in {each.backgrounds for each in data.cutouts}}
    return data.model_copy(
        update={
            "cutouts": [favour_cutouts(each, scenes[each.backgrounds], look) for each in data.cutouts],
            "photos": [favour_photos(each, photos, look) for each in data.photos],
        }
    )


def favour_cutouts(source: CutoutsConfig, scenes: Mapping[str, float], look: Look) -> CutoutsConfig:
    errors = cutouts_errors(source, look)
    return source.model_copy(
        update={
            "favour": favour_by(errors, source.favour),
            "favour_backgrounds": favour_by(scenes, source.favour_backgrounds),
        }
    )


def favour_photos(source: PhotosConfig, pattern: str, look: Look) -> PhotosConfig:
    hard = favour_by(photos_errors(source, pattern, look), source.favour)
    others = {name: weight for name, weight in source.favour.items() if name not in hard}
    return source.model_copy(update={"favour": hard | others})


def favour_by(errors: Mapping[str, float], favour: Mapping[str, float]) -> dict[str, float]:
    """The weight of each file, by the patterns that favour it and by its share in the mean of all `errors`."""
    mean = sum(errors.values()) / max(len(errors), 1)
    hardness = {name: min(EASY + error / mean, MOST) if mean else 1.0 for name, error in errors.items()}
    return {escape(name): round(favour_of(name, favour) * factor, 2) for name, factor in hardness.items()}


def scenes_errors(folder: Path, look: Look) -> dict[str, float]:
    """What part of each scene without people is taken for somebody."""
    paths = pictures(folder)
    return each_told("scenes", paths, look, lambda number: float(look(read_colour(paths[number])).mean()))


def cutouts_errors(config: CutoutsConfig, look: Look) -> dict[str, float]:
    """What part of a crop with each cut-out alone is grossly wrong."""
    source = CutoutSource(config, ALONE)
    source.lot = EachInTurn()

    def error(number: int) -> float:
        rng = np.random.default_rng([SEED, number])
        crop = finish(source.draw(rng, look.side_px, look.side_px), rng, ALONE)
        return gross_error(look(np.clip(crop.image, 0, 1)), crop.alpha)

    return each_told("cut-outs", source.foregrounds, look, error)


def photos_errors(config: PhotosConfig, pattern: str, look: Look) -> dict[str, float]:
    """What part of each photo whose name matches `pattern`, and which is drawn at all, is grossly wrong."""
    pairs = [
        pair for pair in find_pairs(config.folder)
        if fnmatch(pair.image.name, pattern) and favour_of(pair.image.name, config.favour)
    ]  # fmt: skip

    def error(number: int) -> float:
        alpha = look(read_colour(pairs[number].image))
        true = cv2.resize(unit(read_grey(pairs[number].alpha)), alpha.shape[::-1], interpolation=cv2.INTER_AREA)
        return gross_error(alpha, np.asarray(true, dtype=np.float32))

    return each_told("photos", [pair.image for pair in pairs], look, error)


def each_told(kind: str, paths: Sequence[Path], look: Look, error: Callable[[int], float]) -> dict[str, float]:
    """The error of each file, which is asked for by number, by the file's name; the look is told after each."""
    errors: dict[str, float] = {}
    for number, path in enumerate(paths):
        errors[path.name] = error(number)
        look.told(kind, number + 1, len(paths))
    return errors


def gross_error(alpha: NDArray[np.float32], true: NDArray[np.float32]) -> float:
    """Mean error of what is wrong by more than a half; what is missing counts whole, what is too much in part."""
    wrong, is_person = np.abs(alpha - true), true > GROSS
    gross = np.where(wrong > GROSS, wrong, np.float32(0))
    return float(np.where(is_person, gross, GHOSTS * gross).mean())


class EachInTurn:
    """Draws every file once, in order."""

    def __init__(self) -> None:
        self.numbers = count()

    def draw(self, rng: np.random.Generator) -> int:
        return next(self.numbers)
