"""People over scenes, as files: picture, the alpha that MTGINet gives it, and the true one.

A file is (H, W, 5) uint8: RGB, MTGINet's alpha enlarged, the true alpha. It depends on its number, the seed and the
model alone; what is already there is left as it is, so that making them can be broken off and gone on with.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.atomic import write_atomically
from core.checkpoint import read_model
from core.device import pick_device
from core.engine import Engine, make_engine
from core.predictor import crop, fit
from core.training.detail.config import DetailConfig
from core.training.sources import CutoutSource, Source, by_share, finish

LEAST_ENLARGEMENT = 1.25
"""A picture hardly larger than MTGINet saw it has no detail to teach."""


def composite_path(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.npy"


def make_composites(config: DetailConfig, folder: Path) -> Iterator[int]:
    """Make what is missing; yields the number of each composite once it is there. Raises as its sources do."""
    settings = config.composites
    sources = [CutoutSource(cutouts, config.augmentation) for cutouts in settings.cutouts]
    engine = make_engine(read_model(settings.model), pick_device("auto"))
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(settings.count):
        path = composite_path(folder, number)
        if not path.exists():
            planes = composite(config, sources, engine, np.random.default_rng([settings.seed, number]))
            with write_atomically(path) as file:
                np.save(file, planes)
        yield number


def composite(
    config: DetailConfig, sources: Sequence[Source], engine: Engine, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """(H, W, 5) as the files have it."""
    settings = config.composites
    longer_px = int(rng.uniform(*settings.longer_side_px))
    ratio = rng.choice(settings.aspect_ratios)
    width, height = (longer_px, round(longer_px / ratio)) if ratio > 1 else (round(longer_px * ratio), longer_px)
    made = finish(by_share(sources, rng).draw(rng, height, width), rng, config.augmentation)
    image = as_bytes(made.image)
    size_px = min(int(rng.choice(settings.working_sizes_px)), int(longer_px / LEAST_ENLARGEMENT))
    fitted, used = fit(image, size_px)
    coarse, _ = crop(engine.run(fitted), *used)
    known = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.dstack([image, as_bytes(known), as_bytes(made.alpha)])


def as_bytes(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(values, 0, 1) * 255), dtype=np.uint8)
