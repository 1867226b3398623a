"""A sheet of samples as a person would judge them: photo, trimap and alpha side by side."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError
from core.training.config import AugmentationConfig, CutoutsConfig, DataConfig
from core.training.datasets import Pair, find_pairing
from core.training.reading import read_colour, read_grey
from core.training.sources import CutoutSource
from core.trimap import trimap_from_alpha

COLUMNS = 2
GAP_PX = 8
PAPER = 64
RADIUS = 22 / 512
"""Of the unknown band as a part of the picture's side: the middle of what training draws."""
CALM = AugmentationConfig(
    relight=0,
    colour_match=0,
    camouflage=0,
    background_blur=0,
    close_up=0,
    distant=0,
    second_person=0,
    empty=0,
    person_height=(0.8, 1.0),
)


@dataclass(frozen=True)
class _Sample:
    image: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


def sample_sheet(data: DataConfig, count: int = 8, width_px: int = 1600) -> NDArray[np.uint8]:
    """Samples of all sets in turn: photo, trimap, alpha; two samples a row on a dark grey.

    What is trained on comes first; validation sets only where there is nothing else. Files that cannot be used are
    passed over.

    Returns:
        (H, width_px, 3) uint8 RGB.

    Raises:
        DatasetError: nothing at all can be shown.
        ValueError: no samples are asked for, or the sheet is too narrow for them.
    """
    cell_px = (width_px - GAP_PX) // (3 * COLUMNS) - GAP_PX
    if count < 1 or cell_px < 1:
        raise ValueError(f"A sheet has 1 sample or more and some room for them, not {count} in {width_px} px.")
    shown = list(islice(samples(data, count, cell_px), count))
    if not shown:
        raise DatasetError("There is no sample to show: none of the data sets can be read.")
    rows = -(-len(shown) // COLUMNS)
    sheet = np.full((rows * (cell_px + GAP_PX) + GAP_PX, width_px, 3), PAPER, np.uint8)
    for place, sample in enumerate(shown):
        row, column = divmod(place, COLUMNS)
        top = GAP_PX + row * (cell_px + GAP_PX)
        for i, picture in enumerate(views(sample, cell_px)):
            left = GAP_PX + (3 * column + i) * (cell_px + GAP_PX)
            put(sheet[top : top + cell_px, left : left + cell_px], picture)
    return sheet


def samples(data: DataConfig, count: int, side_px: int) -> Iterator[_Sample]:
    """Samples of each source in turn, up to `count` of each, until all are used up; always the same for the same seed.

    Composed samples are squares of `side_px`.
    """
    rng = np.random.default_rng(data.seed)
    streams = [
        *(composed(cutouts, rng, side_px) for cutouts in data.cutouts),
        *(photos(source.folder, rng) for source in data.photos),
    ] or [photos(source.folder, rng) for source in data.validation]
    # Pulled one by one: a stream reads no file before its sample is wanted.
    turns = zip_longest(*(islice(stream, count) for stream in streams))
    yield from (sample for sample in chain.from_iterable(turns) if sample)


def photos(folder: Path, rng: np.random.Generator) -> Iterator[_Sample]:
    """Photos with their alphas in random order, without those that cannot be used."""
    with contextlib.suppress(DatasetError):  # a folder that is no data set gives no samples
        pairs = find_pairing(folder).pairs
        for i in rng.permutation(len(pairs)):
            sample = read_sample(pairs[i])
            if sample:
                yield sample


def read_sample(pair: Pair) -> _Sample | None:
    """None where a file is damaged or the sizes differ."""
    try:
        image, alpha = read_colour(pair.image), read_grey(pair.alpha)
    except DatasetError:
        return None
    return _Sample(image, alpha) if image.shape[:2] == alpha.shape else None


def composed(config: CutoutsConfig, rng: np.random.Generator, side_px: int) -> Iterator[_Sample]:
    """Cut-outs over backgrounds, drawn as for training but in their own light; no more than are tried."""
    with contextlib.suppress(DatasetError):
        source = CutoutSource(config, CALM)
        for _ in source.foregrounds:
            with contextlib.suppress(DatasetError):  # a damaged file: the next draw takes another
                crop = source.draw(rng, side_px, side_px)
                yield _Sample(eight_bit(crop.image), eight_bit(crop.alpha))


def eight_bit(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def views(sample: _Sample, cell_px: int) -> Iterator[NDArray[np.uint8]]:
    """Photo, trimap and alpha (h, w, 3) RGB, scaled to fit a cell."""
    height, width = sample.alpha.shape
    scale = cell_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    image, alpha = (np.asarray(cv2.resize(p, size, interpolation=how), np.uint8) for p in (sample.image, sample.alpha))
    yield image
    for grey in (trimap_from_alpha(alpha, max(1, round(RADIUS * min(size)))), alpha):
        yield np.repeat(grey[..., None], 3, axis=2)


def put(cell: NDArray[np.uint8], picture: NDArray[np.uint8]) -> None:
    """Copy a picture into the middle of a cell that is as large or larger."""
    top, left = ((room - need) // 2 for room, need in zip(cell.shape[:2], picture.shape[:2], strict=True))
    cell[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
