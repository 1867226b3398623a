"""One network on one device: pictures in, alpha and trimap logits out, as arrays."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.network import MTGINet
from core.network.folding import fold_batch_norm
from core.normalisation import normalise


class RawMatte(NamedTuple):
    alpha: NDArray[np.float32]
    """(H, W) in [0, 1]."""
    trimap_logits: NDArray[np.float32]
    """(3, H/16, W/16)."""


class Engine:
    """Runs a plain network on a device; batch norm is folded in, so the network is the engine's own from then on."""

    def __init__(self, network: MTGINet, device: torch.device) -> None:
        fold_batch_norm(network)
        self.device = device
        self.network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.dtype = native_precision(device)

    @torch.inference_mode()
    def run(self, image: NDArray[np.generic]) -> RawMatte:
        """(H, W, 3) RGB, uint8, uint16 or float in [0, 1], H and W multiples of 32.

        Raises torch.OutOfMemoryError or MemoryError where the device has no room for it.
        """
        pixels = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None].to(self.device)
        images = normalise(pixels).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=self.dtype != torch.float32):
            trimap_logits, alpha = self.network.infer(images)
        return RawMatte(alpha[0, 0].float().cpu().numpy(), trimap_logits[0].float().cpu().numpy())


def native_precision(device: torch.device) -> torch.dtype:
    """The fastest precision whose matrix products the device does in hardware."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return torch.bfloat16
    return torch.float32
