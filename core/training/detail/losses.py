"""What the detail network's alpha is judged by: mostly around the transition, where it is asked."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.training.detail.config import DetailLossConfig
from core.training.losses import laplacian_pyramid, region_mean

OPEN = 0.02
WIDE_OPEN = 0.04
WRONG = 0.1
BAND_PX = 5


def detail_losses(alpha: Tensor, known: Tensor, true: Tensor, weights: DetailLossConfig) -> dict[str, Tensor]:
    """Each loss times its weight; alphas are (N, 1, H, W) in [0, 1], `known` is what the network was told."""
    band = band_of(known, true)
    area = band.sum(dim=(1, 2, 3)).clamp(min=1)
    distance = (alpha - true).abs()
    pyramids = zip(laplacian_pyramid(alpha), laplacian_pyramid(true), strict=True)
    laplacian = torch.stack([2**i * (p - t).abs().sum(dim=(1, 2, 3)) for i, (p, t) in enumerate(pyramids)]).sum(dim=0)
    inner = band[..., :-1, :-1]
    slopes = torch.stack(
        [((p - t).square() * inner).sum(dim=(1, 2, 3)) for p, t in zip(gradient(alpha), gradient(true), strict=True)]
    ).sum(dim=0)
    return {
        "band": weights.band * region_mean(distance, band).mean(),
        "transition": weights.transition * region_mean(distance, is_open(true, WIDE_OPEN).float()).mean(),
        "laplacian": weights.laplacian * (laplacian / area).mean(),
        "slopes": weights.slopes * (slopes / area).mean(),
        "everywhere": weights.everywhere * distance.mean(),
    }


def band_of(known: Tensor, true: Tensor) -> Tensor:
    """(N, 1, H, W): 1 near where either alpha is open or they differ, 0 elsewhere."""
    wanted = is_open(known, OPEN) | is_open(true, OPEN) | ((known - true).abs() > WRONG)
    return F.max_pool2d(wanted.float(), 2 * BAND_PX + 1, stride=1, padding=BAND_PX)


def is_open(alpha: Tensor, margin: float) -> Tensor:
    return (alpha > margin) & (alpha < 1 - margin)


def gradient(alpha: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 1, H, W) -> slopes downwards and to the right, (N, 1, H - 1, W - 1), of an alpha smoothed a little."""
    smooth = F.avg_pool2d(F.pad(alpha, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    corner = smooth[..., :-1, :-1]
    return smooth[..., 1:, :-1] - corner, smooth[..., :-1, 1:] - corner
