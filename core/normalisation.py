"""From pixels to what the network was trained on."""

import torch
from torch import Tensor

from core import imagenet

HIGHEST = {torch.uint8: 255, torch.uint16: 65535}


def normalise(images: Tensor) -> Tensor:
    """(N, 3, H, W) RGB, uint8, uint16 or float in [0, 1] -> float32 with ImageNet's mean and deviation taken out."""
    scaled = images.float() / HIGHEST.get(images.dtype, 1)
    mean, std = (torch.tensor(v, device=images.device).view(1, 3, 1, 1) for v in (imagenet.MEAN, imagenet.STD))
    return (scaled - mean) / std
