"""Crops along the outline of composites, with the alpha that the detail network is told there.

What it is told is what `core.detail` would tell it: MTGINet's alpha, brought up along the photo's edges. Crop number i
of step n is a function of the seed alone, as in `core.training.batches`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from core.detail.refine import enlarged
from core.errors import DatasetError
from core.training.detail.composites import composite_path
from core.training.detail.config import CropsConfig

WORKING_PX = 352  # at about which MTGINet saw the composites
LEAST_SHRINK = 1.25
TRUE_SHRINK = (1.3, 3.0)
WRONG = 25  # of 255: where MTGINet is off by so much a crop may be taken too
TRANSITION = (10, 245)
AT_ERRORS = 0.2  # share of the crops that lie at MTGINet's errors and not at the transition
RICH = 0.7  # share of the others that is the richest in transition of several: hair rather than shoulders
RICHEST_OF = 4
TRIES = 1000


class Window(NamedTuple):
    planes: NDArray[np.uint8]
    """(h, w, 5): a part of a composite."""
    shrink: float
    """How many times smaller MTGINet saw it."""

    @property
    def richness(self) -> int:
        return int(is_transition(self.planes).sum())


class DetailCrops(Dataset[Tensor]):
    """Batch number `step`: (N, 5, H, W) uint8, RGB, the alpha that is told and the true one."""

    def __init__(self, config: CropsConfig, folder: Path, composites: int, steps: int) -> None:
        self.config = config
        self.folder = folder
        self.composites = composites
        self.steps = steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Tensor:
        cv2.setNumThreads(1)  # crops are made beside the network's own threads
        generators = (np.random.default_rng([self.config.seed, step, i]) for i in range(self.config.batch_size))
        return torch.from_numpy(np.stack([self.crop(rng) for rng in generators]))

    def crop(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        planes = told(self.chosen(rng), rng, self.config)
        mirrored = planes[:, ::-1] if rng.random() < 0.5 else planes
        return np.ascontiguousarray(mirrored.transpose(2, 0, 1))

    def chosen(self, rng: np.random.Generator) -> Window:
        if rng.random() < AT_ERRORS:
            return self.window(rng, is_wrong)
        windows = [self.window(rng, is_transition) for _ in range(RICHEST_OF if rng.random() < RICH else 1)]
        return max(windows, key=lambda window: window.richness)

    def window(self, rng: np.random.Generator, is_wanted: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]) -> Window:
        """One around a pixel that is wanted. Raises DatasetError where the composites have none to take a crop of."""
        side = self.config.side_px
        for _ in range(TRIES):
            planes = np.load(composite_path(self.folder, int(rng.integers(self.composites))), mmap_mode="r")
            height, width = planes.shape[:2]
            places = np.flatnonzero(is_wanted(planes))
            if not len(places) or min(height, width) < side:
                continue
            y, x = divmod(int(places[rng.integers(len(places))]), width)
            top, left = (
                int(np.clip(place - rng.integers(side // 4, 3 * side // 4), 0, length - side))
                for place, length in ((y, height), (x, width))
            )
            shrink = max(LEAST_SHRINK, max(height, width) / WORKING_PX)
            return Window(np.array(planes[top : top + side, left : left + side]), shrink)
        raise DatasetError(f"The composites of {self.folder} are smaller than a crop, or have nobody in them.")


def told(window: Window, rng: np.random.Generator, config: CropsConfig) -> NDArray[np.uint8]:
    """The window's planes with what the network is told in place of MTGINet's alpha."""
    planes, shrink = window
    image, how = np.ascontiguousarray(planes[..., :3]), rng.random()
    is_true = how < config.true_alpha
    if is_true:
        shrink = rng.uniform(*TRUE_SHRINK)
    side = round(len(planes) / shrink)
    small = cv2.resize(planes[..., 4 if is_true else 3], (side, side), interpolation=cv2.INTER_AREA)
    if not is_true and how < config.true_alpha + config.thicker_or_thinner:
        small = thicker_or_thinner(np.asarray(small, np.uint8), rng)
    small_image = np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA))
    alpha = enlarged(np.multiply(small, np.float32(1 / 255), dtype=np.float32), small_image, image)
    planes[..., 3] = np.rint(alpha * 255)
    return planes


def thicker_or_thinner(alpha: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """An alpha that is off at the outline, so that other models' mistakes are no surprise."""
    size = int(rng.integers(2, 6))
    change = cv2.dilate if rng.random() < 0.5 else cv2.erode
    changed = change(alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return np.asarray(cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.5, 1.5)), dtype=np.uint8)


def is_transition(planes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W, 5) -> (H, W): where the true alpha is open."""
    true = np.asarray(planes[..., 4])
    return np.asarray((true > TRANSITION[0]) & (true < TRANSITION[1]))


def is_wrong(planes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W, 5) -> (H, W): where MTGINet's alpha is far from the true one."""
    known, true = np.asarray(planes[..., 3]), np.asarray(planes[..., 4])
    return np.asarray(np.abs(true.astype(np.int16) - known) > WRONG)
