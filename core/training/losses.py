"""The published losses, each with a weight, and L1 of alpha, which the published code lacks.

Every loss is a mean over samples of a mean over that sample's pixels, so that the gradient of a batch is the
mean of the gradients of its parts, however many processes share it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.network import MattingOutput
from core.training.config import LossConfig

PYRAMID_LEVELS = 5
BINOMIAL = (1.0, 4.0, 6.0, 4.0, 1.0)


@dataclass(frozen=True)
class Targets:
    """What a batch should give; N samples of H x W."""

    alpha: Tensor
    """(N, 1, H, W) in [0, 1]."""
    trimap: Tensor
    """(N, H, W) int64: 0 background, 1 unknown, 2 foreground."""
    contrast: Tensor
    """(N, 1, H, W) in [0, 1]: |foreground - background|, mean over the channels."""
    transition_weight: Tensor
    """(N,): weight of the losses inside the unknown region."""


def region_mean(values: Tensor, region: Tensor) -> Tensor:
    """(N, 1, H, W) -> (N,): mean over each sample's region, 0 where that is empty."""
    return (values * region).sum(dim=(1, 2, 3)) / region.sum(dim=(1, 2, 3)).clamp(min=1)


def trimap_loss(output: MattingOutput, targets: Targets) -> Tensor:
    # Nearest: a mean of classes would be another class.
    small = F.interpolate(targets.trimap[:, None].float(), size=output.trimap_logits.shape[2:], mode="nearest")
    return F.cross_entropy(output.trimap_logits, small[:, 0].long())


def side_loss(output: MattingOutput, targets: Targets) -> Tensor:
    unknown = unknown_region(targets)
    sides = (output.alpha_os2, output.alpha_os4, output.alpha_os8)
    per_sample = torch.stack([region_mean((side - targets.alpha).abs(), unknown) for side in sides]).sum(dim=0)
    return (per_sample * targets.transition_weight).mean()


def laplacian_loss(output: MattingOutput, targets: Targets) -> Tensor:
    """L1 of the Laplacian pyramids, level i weighted with 2^i (Hou and Liu, ICCV 2019)."""
    unknown = unknown_region(targets)
    predicted, true = (laplacian_pyramid(alpha * unknown) for alpha in (output.alpha, targets.alpha))
    area = unknown.sum(dim=(1, 2, 3)).clamp(min=1)
    per_sample = torch.zeros_like(area)
    for level, (p, t) in enumerate(zip(predicted, true, strict=True)):
        # As published: sums, not means, so the fewer pixels of a coarse level weigh 2^i instead of 4^i.
        per_sample = per_sample + 2**level * (p - t).abs().sum(dim=(1, 2, 3)) / area
    return (per_sample * targets.transition_weight).mean()


def composition_loss(output: MattingOutput, targets: Targets) -> Tensor:
    # The composites of both alphas over the same layers differ by |Δ alpha| · |foreground - background|.
    return ((output.alpha - targets.alpha).abs() * targets.contrast).mean()


def alpha_loss(output: MattingOutput, targets: Targets) -> Tensor:
    return (output.alpha - targets.alpha).abs().mean()


def alpha_unknown_loss(output: MattingOutput, targets: Targets) -> Tensor:
    per_sample = region_mean((output.alpha - targets.alpha).abs(), unknown_region(targets))
    return (per_sample * targets.transition_weight).mean()


def unknown_region(targets: Targets) -> Tensor:
    return (targets.trimap == 1)[:, None].float()


def laplacian_pyramid(x: Tensor) -> list[Tensor]:
    """(N, 1, H, W) -> the band of each level; the coarsest level keeps its mean."""
    weights = torch.tensor(BINOMIAL, device=x.device, dtype=x.dtype)
    kernel = (torch.outer(weights, weights) / weights.sum() ** 2)[None, None]
    bands = []
    for _ in range(PYRAMID_LEVELS - 1):
        smooth = F.conv2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), kernel)
        bands.append(x - smooth)
        x = smooth[:, :, ::2, ::2]
    return [*bands, x]


LOSSES: dict[str, Callable[[MattingOutput, Targets], Tensor]] = {
    "trimap": trimap_loss,
    "side_heads": side_loss,
    "laplacian": laplacian_loss,
    "composition": composition_loss,
    "alpha": alpha_loss,
    "alpha_unknown": alpha_unknown_loss,
}


def weighted_losses(output: MattingOutput, targets: Targets, weights: LossConfig) -> dict[str, Tensor]:
    """Each loss that is switched on, times its weight; their sum is what is minimised."""
    output = MattingOutput(*(tensor.float() for tensor in output))
    return {name: weight * LOSSES[name](output, targets) for name, weight in weights.model_dump().items() if weight > 0}
