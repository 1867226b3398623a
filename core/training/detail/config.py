"""Every setting of a training of the detail network."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from core.training.config import (
    AspectRatio,
    AugmentationConfig,
    CutoutsConfig,
    Decay,
    FileIfAny,
    Folder,
    Number,
    Probability,
    Processes,
    Seed,
    Settings,
    SidePx,
    SideRange,
    Steps,
    Weight,
    Whole,
    one_is_drawn,
    read_values,
    validated,
)


class CompositesConfig(Settings):
    """The pictures that crops are taken of; each is composed, and matted by MTGINet, once."""

    cutouts: Annotated[list[CutoutsConfig], AfterValidator(one_is_drawn)] = Field(
        min_length=1, description="Cut-outs over backgrounds."
    )
    model: Folder = Field(description="Model of MTGINet whose alphas the detail network is to refine.")
    count: Steps = Field(4000, description="How many.")
    longer_side_px: SideRange = Field((448, 704), description="Sizes; cut-outs should not be enlarged for them.")
    aspect_ratios: list[AspectRatio] = Field(
        [0.67, 0.75, 0.8, 1.0, 1.0, 1.33], min_length=1, description="Width over height."
    )
    working_sizes_px: list[SidePx] = Field(
        [288, 320, 352, 352, 352, 384], min_length=1, description="Longer sides at which MTGINet sees them."
    )
    seed: Seed = 7


class CropsConfig(Settings):
    side_px: Whole = Field(256, ge=64, multiple_of=16, description="Side of a crop.")
    batch_size: Whole = Field(16, ge=2, description="Crops per step.")
    true_alpha: Probability = Field(0.15, description="Share that is told the true alpha, only made small.")
    thicker_or_thinner: Probability = Field(0.1, description="Share whose alpha is told too wide or too narrow.")
    told_by_itself: Probability = Field(0.0, description="Share that is told its own word from further away.")
    workers: Processes = Field(
        1, ge=0, description="Processes that prepare crops; 0 prepares them in the training process."
    )
    seed: Seed = 5


class DetailLossConfig(Settings):
    """Weight of each loss; the band lies around the transition."""

    band: Weight = Field(1.0, description="L1 of alpha.")
    transition: Weight = Field(0.5, description="L1 of alpha where the true one is neither 0 nor 1: strands.")
    laplacian: Weight = Field(0.5, description="Laplacian pyramid of alpha, 5 levels.")
    slopes: Weight = Field(8.0, description="Square of the difference of gradients.")
    everywhere: Weight = Field(1.0, description="L1 of alpha over all pixels.")


class DetailConfig(Settings):
    """A whole run."""

    composites: CompositesConfig
    crops: CropsConfig = CropsConfig()
    augmentation: AugmentationConfig = AugmentationConfig()
    loss: DetailLossConfig = DetailLossConfig()
    base: FileIfAny = Field(None, description="Weights to start from, a run's detail.safetensors; none is chance.")
    steps: Steps = Field(3000, description="Optimiser steps.")
    learning_rate: Number = Field(1e-3, gt=0, description="Highest learning rate, reached after the warm-up.")
    warmup_steps: Whole = Field(100, ge=1, description="Steps in which the learning rate rises; then a cosine to 0.")
    weight_decay: Number = Field(1e-4, ge=0, description="Decoupled weight decay (AdamW).")
    ema_decay: Decay = Field(0.998, description="Decay of the averaged weights, which are what is kept.")
    checkpoint_steps: Whole = Field(200, gt=0, description="Steps between two checkpoints.")


def load_detail_config(path: Path) -> DetailConfig:
    """Read a TOML file; relative folders count from the current directory. Raises ConfigError."""
    return validated(DetailConfig, read_values(path))
