"""Endless batches of crops, each a function of the run's seed and the batch's number.

Nothing is remembered between batches: a run that resumes at step n draws what an undisturbed run would have drawn.
"""

import contextlib
import signal
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torch.utils.data.dataloader import _MultiProcessingDataLoaderIter

from core.errors import ConfigError
from core.network.mtginet import STRIDE
from core.training.config import ScheduleConfig, StageConfig, TrainingConfig
from core.training.losses import Targets
from core.training.sources import Crop, CutoutSource, PhotoSource, Source, by_share, finish
from core.trimap import classes_from_trimap, trimap_from_alpha

T = TypeVar("T")

TRIMAP_RADIUS = (15 / 512, 30 / 512)
"""Radius by which the sure regions are eroded, as a part of the crop's side (published: 15-30 px at 512)."""

WISHES_TO_STOP = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a training to stop. The end of a terminal, SIGHUP, is not known on Windows."""


@dataclass
class Batch:
    images: Tensor
    """(N, 3, H, W) RGB uint8."""
    targets: Targets


@dataclass(frozen=True)
class Part:
    """The share of one process in the batches: `index` of `count`."""

    index: int = 0
    count: int = 1


class CropBatches(Dataset[tuple[Tensor, ...]]):
    """Batch number `step`, drawn anew each time; `generation` changes all draws after a roll-back."""

    def __init__(self, config: TrainingConfig, part: Part, generation: int) -> None:
        self.config = config
        self.part = part
        self.generation = generation
        cutouts = [CutoutSource(source, config.augmentation) for source in config.data.cutouts]
        photos = [PhotoSource(source, config.augmentation) for source in config.data.photos]
        self.sources: list[Source] = [*cutouts, *photos]
        if not self.sources:
            raise ConfigError("There is nothing to train on: the configuration names no cut-outs and no photos.")
        for number, stage in enumerate(config.schedule.stages):
            if stage.batch_size % part.count:
                raise ConfigError(
                    f"schedule.stages.{number}.batch_size is {stage.batch_size}, which {part.count} processes cannot "
                    "share evenly: set it to a multiple of their number."
                )

    def __len__(self) -> int:
        return self.config.schedule.total_steps

    def __getitem__(self, step: int) -> tuple[Tensor, ...]:
        cv2.setNumThreads(1)  # crops are made beside the network's own threads
        stage = stage_at(self.config.schedule, step)
        height, width = self.frame(step, stage)
        size = stage.batch_size // self.part.count
        first = self.part.index * size
        samples = [self.sample(step, first + i, height, width) for i in range(size)]
        return tuple(torch.from_numpy(np.stack(arrays)) for arrays in zip(*samples, strict=True))

    def frame(self, step: int, stage: StageConfig) -> tuple[int, int]:
        """Height and width of the crops of a step: the stage's area in one of the aspect ratios."""
        ratio = self.rng(step, "frame").choice(self.config.schedule.aspect_ratios)
        sides = (stage.crop_px / ratio**0.5, stage.crop_px * ratio**0.5)
        height, width = (max(STRIDE, round(side / STRIDE) * STRIDE) for side in sides)
        return height, width

    def sample(self, step: int, index: int, height: int, width: int) -> tuple[NDArray[np.generic], ...]:
        rng = self.rng(step, index)
        crop = finish(by_share(self.sources, rng).draw(rng, height, width), rng, self.config.augmentation)
        return as_arrays(crop, radius_px=rng.uniform(*TRIMAP_RADIUS) * max(height, width))

    def rng(self, step: int, what: int | str) -> np.random.Generator:
        number = what if isinstance(what, int) else 2**32 - 1
        return np.random.default_rng([self.config.data.seed, self.generation, step, number])


def as_arrays(crop: Crop, radius_px: float) -> tuple[NDArray[np.generic], ...]:
    image = np.rint(np.clip(crop.image, 0, 1) * 255).astype(np.uint8).transpose(2, 0, 1)
    alpha = np.rint(crop.alpha * 255).astype(np.uint8)
    trimap = trimap_from_alpha(alpha, max(1, round(radius_px)))
    classes = classes_from_trimap(trimap).astype(np.int64)
    return image, alpha[None], classes, crop.contrast[None].astype(np.float32), np.float32(crop.transition_weight)  # type: ignore[return-value]


def stage_at(schedule: ScheduleConfig, step: int) -> StageConfig:
    for stage in schedule.stages:
        if step < stage.steps:
            return stage
        step -= stage.steps
    return schedule.stages[-1]


def batches(config: TrainingConfig, part: Part, generation: int, first_step: int) -> Generator[Batch, None, None]:
    """The batches from `first_step` to the end of the schedule, prepared ahead by the configured workers.

    Closing the generator ends the workers.
    """
    crops = CropBatches(config, part, generation)
    prepared = prepared_ahead(crops, first_step, len(crops), config.data.workers)
    with contextlib.closing(prepared):
        for images, alpha, trimap, contrast, weight in prepared:
            yield Batch(images, Targets(alpha.float() / 255, trimap, contrast, weight.float()))


def prepared_ahead(source: Dataset[T], first_step: int, total_steps: int, workers: int) -> Generator[T, None, None]:
    """What a source has for each step, prepared ahead by so many processes; by this one, in time, where there are none.

    Closing the generator ends the processes.
    """
    loader = DataLoader(
        source,
        batch_size=None,
        sampler=range(first_step, total_steps),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=torch.cuda.is_available(),
        worker_init_fn=outlive_signals,
    )
    threads = cv2.getNumThreads()
    # A forked worker would wait for ever for OpenCV's threads, which stay behind in this process: end them first.
    cv2.setNumThreads(1)
    prepared = iter(loader)
    cv2.setNumThreads(threads)
    try:
        yield from prepared
    finally:
        if isinstance(prepared, _MultiProcessingDataLoaderIter):
            # An error's traceback keeps the iterator, and with it the workers. They outlive signals, also the one that
            # Python sends at its own end: it would wait for them for ever.
            prepared._shutdown_workers()


def outlive_signals(worker: int) -> None:
    """Ctrl+C reaches every process of a terminal, and so does its end: workers go on until the training process has
    saved and ends them."""
    for number in WISHES_TO_STOP:
        signal.signal(number, signal.SIG_IGN)
