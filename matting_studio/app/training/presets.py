"""Where to begin: configurations for what people want most often, ready to be changed in the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

import psutil

from core.checkpoint import shipped_model
from core.device import accelerator_driver_is_there
from core.training.config import (
    CutoutsConfig,
    DataConfig,
    NetworkConfig,
    PhotosConfig,
    StageConfig,
    TrainingConfig,
    load_config,
)

OWN_SHARE = 0.5
"""Share of one's own photos in a fine-tune; the others keep the network from forgetting what it knew."""
_LARGEST_ON_CPU_PX = 320
_USUAL_GPU_BYTES = 10 << 30
"""What is counted on, as nobody has asked the GPU: the probe tells better."""
_Source = TypeVar("_Source", CutoutsConfig, PhotosConfig)


@dataclass(frozen=True)
class Preset:
    title: str
    sentence: str
    config: TrainingConfig


@dataclass(frozen=True)
class _Size:
    crop_px: int
    batch_size: int
    needed_bytes: int
    """By the published network while it is trained, generously."""


_SIZES = (
    _Size(384, 8, 7 << 30),
    _Size(320, 8, 5 << 30),
    _Size(256, 6, 3 << 30),
    _Size(192, 4, 2 << 30),
)


def fine_tune(own: DataConfig, base: Path | None = None) -> Preset:
    """A few hundred steps from a model (the shipped one) on one's own data, mixed with the shipped model's.

    Crops are as large as the memory of a usual GPU allows, or without one as the processor can manage. Own sets for
    validation are kept as they are: without one, nobody can tell whether it got better.
    """
    recipe = shipped_recipe("portrait")
    stage = StageConfig(steps=400, **_fitting())
    schedule = recipe.schedule.model_copy(
        update={"stages": [stage], "learning_rate": 1.5e-4, "warmup_steps": 40, "ema_decay": 0.99}
    )
    config = TrainingConfig(
        data=_mixed(own, recipe.data),
        network=NetworkConfig(base=base or shipped_model()),
        augmentation=recipe.augmentation,
        loss=recipe.loss,
        schedule=schedule,
        run=recipe.run.model_copy(update={"validate_steps": 100, "checkpoint_minutes": 5.0}),
    )
    return Preset(
        "Fine-tune on my photos",
        "Goes on from a model that is good already, so that it gets better on photos like these.",
        config,
    )


def from_scratch(own: DataConfig) -> Preset:
    """The training of the paper, on this data: days on a GPU."""
    published = shipped_recipe("published")
    return Preset(
        "Train from scratch, as published",
        "200,000 steps from chance, as in the paper: for P3M-10k, HPM-17K or a set as large, and days on a GPU.",
        published.model_copy(update={"data": own.model_copy(update={"workers": published.data.workers})}),
    )


def quick_try(own: DataConfig, base: Path | None = None) -> Preset:
    """A few minutes with small crops: shows that data and machine work, and hardly more."""
    recipe = shipped_recipe("portrait")
    schedule = recipe.schedule.model_copy(
        update={
            "stages": [StageConfig(steps=60, crop_px=192, batch_size=4)],
            "learning_rate": 1.5e-4,
            "warmup_steps": 10,
            "ema_decay": 0.95,
        }
    )
    config = TrainingConfig(
        data=own,
        network=NetworkConfig(base=base or shipped_model()),
        augmentation=recipe.augmentation,
        loss=recipe.loss,
        schedule=schedule,
        run=recipe.run.model_copy(update={"validate_steps": 30}),
    )
    return Preset("Quick try", "A few minutes on small crops: shows whether data and machine are in order.", config)


def shipped_recipe(name: str) -> TrainingConfig:
    """A shipped recipe; its relative folders count from the program's own folder, where it was made."""
    root = Path(str(resources.files("resources")))
    config = load_config(root / "recipes" / f"{name}.toml")
    data = config.data
    beside = root.parent
    cutouts = [
        source.model_copy(
            update={"foregrounds": beside / source.foregrounds, "backgrounds": beside / source.backgrounds}
        )
        for source in data.cutouts
    ]
    photos = [source.model_copy(update={"folder": beside / source.folder}) for source in data.photos]
    return config.model_copy(update={"data": data.model_copy(update={"cutouts": cutouts, "photos": photos})})


def _mixed(own: DataConfig, shipped: DataConfig) -> DataConfig:
    """One's own data and those of the shipped sets that are on this machine, each half with its sets' shares."""
    cutouts = [source for source in shipped.cutouts if source.foregrounds.is_dir() and source.backgrounds.is_dir()]
    photos = [source for source in shipped.photos if source.folder.is_dir()]
    others = sum(source.share for source in [*cutouts, *photos])
    if not others:
        return own
    mine = sum(source.share for source in [*own.cutouts, *own.photos]) or 1.0
    return own.model_copy(
        update={
            "cutouts": [*_scaled(own.cutouts, OWN_SHARE / mine), *_scaled(cutouts, (1 - OWN_SHARE) / others)],
            "photos": [*_scaled(own.photos, OWN_SHARE / mine), *_scaled(photos, (1 - OWN_SHARE) / others)],
        }
    )


def _scaled(sources: Sequence[_Source], factor: float) -> list[_Source]:
    return [source.model_copy(update={"share": round(source.share * factor, 4)}) for source in sources]


def _fitting() -> dict[str, int]:
    """Side of the crops and crops at once: the largest of a few sizes that leaves some memory to others."""
    if accelerator_driver_is_there():
        sizes, free_bytes = list(_SIZES), _USUAL_GPU_BYTES
    else:
        # A processor has memory for more than it has time for.
        sizes = [size for size in _SIZES if size.crop_px <= _LARGEST_ON_CPU_PX]
        free_bytes = psutil.virtual_memory().available
    fitting = (size for size in sizes if size.needed_bytes <= 0.8 * free_bytes)
    chosen = next(fitting, _SIZES[-1])
    return {"crop_px": chosen.crop_px, "batch_size": chosen.batch_size}
