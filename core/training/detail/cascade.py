"""The detail network's own word for what it is told, as at every level of `core.detail` but the first."""

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from core.detail.refine import enlarged
from core.normalisation import normalise
from core.training.detail.composites import as_bytes

FURTHER = 1.5
"""How many times: as the last two levels of a photo that is seen from three times as near."""
SHAPE_STEP_PX = 16


@torch.no_grad()
def told_by_itself(network: nn.Module, crops: Tensor) -> Tensor:
    """What crops are told after a look at them from further away, (N, 1, H, W) uint8 on the CPU.

    Args:
        network: the detail network, in eval mode.
        crops: (N, 5, H, W) uint8 on the CPU, as `DetailCrops` makes them.
    """
    side_px = round(crops.shape[-1] / FURTHER / SHAPE_STEP_PX) * SHAPE_STEP_PX
    near = [np.ascontiguousarray(planes) for planes in crops[:, :4].permute(0, 2, 3, 1).numpy()]
    far = [np.asarray(cv2.resize(planes, (side_px, side_px), interpolation=cv2.INTER_AREA)) for planes in near]
    seen = torch.from_numpy(np.stack(far)).permute(0, 3, 1, 2).to(next(network.parameters()).device)
    alphas = network(normalise(seen[:, :3]), seen[:, 3:].float() / 255).float().cpu().numpy()
    words = [
        enlarged(alpha[0], small[..., :3], large[..., :3])
        for alpha, small, large in zip(alphas, far, near, strict=True)
    ]
    return torch.from_numpy(as_bytes(np.stack(words)))[:, None]
