"""Where to begin: configurations for what people want most often, ready to be changed in the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

import psutil

from core.checkpoint import shipped_model
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
_SIZES = (
    (512, 16, 20 << 30),
    (512, 8, 11 << 30),
    (384, 8, 7 << 30),
    (320, 8, 5 << 30),
    (256, 6, 3 << 30),
    (192, 4, 2 << 30),
)
"""Side of a crop in px, crops at once, and what the published width then needs in bytes."""
_Source = TypeVar("_Source", CutoutsConfig, PhotosConfig)


@dataclass(frozen=True)
class Preset:
    title: str
    sentence: str
    config: TrainingConfig


def fine_tune(own: DataConfig, base: Path | None = None, memory_bytes: int | None = None) -> Preset:
    """A few hundred steps from a model (the shipped one) on one's own data, mixed with the shipped model's.

    `memory_bytes` is what the device has free; by default what this machine has. Own sets for validation are kept as
    they are: without one, nobody can tell whether it got better.
    """
    recipe = shipped_recipe("portrait")
    stage = StageConfig(steps=400, **_fitting(memory_bytes))
    schedule = recipe.schedule.model_copy(
        update={"stages": [stage], "learning_rate": 5e-5, "warmup_steps": 40, "ema_decay": 0.99}
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
            "learning_rate": 5e-5,
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


def _fitting(memory_bytes: int | None) -> dict[str, int]:
    """Crop and batch for the memory: the largest of a few sizes that leaves some for the rest of the system."""
    free = psutil.virtual_memory().available if memory_bytes is None else memory_bytes
    for crop_px, batch_size, needed_bytes in _SIZES:
        if needed_bytes <= 0.8 * free:
            return {"crop_px": crop_px, "batch_size": batch_size}
    return {"crop_px": 192, "batch_size": 2}
