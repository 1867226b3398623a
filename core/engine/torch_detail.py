"""The detail network by PyTorch, on GPUs and on CPUs that OpenVINO does not know."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.checkpoint import Weights, fill
from core.device import Device
from core.engine.interface import check_tile
from core.engine.torch_engine import fastest_precision
from core.network.detail import DetailNet
from core.normalisation import normalise
from core.out_of_memory import is_out_of_memory

Array = NDArray[np.float32]


class TorchDetail:
    def __init__(self, weights: Weights, device: Device, dtype: torch.dtype | None = None) -> None:
        """`dtype` is the precision of the convolutions; None is the device's fastest."""
        self.device = device
        self.at_once = 8 if device.type == "cuda" else 1
        self._dtype = dtype or fastest_precision(device)
        network = DetailNet()
        fill(network, weights)
        network.eval().requires_grad_(False)
        self._network: DetailNet = network.to(device.torch, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def refine(self, pictures: Sequence[NDArray[np.generic]], alphas: Sequence[Array]) -> list[Array]:
        refined: list[Array] = []
        for start in range(0, len(pictures), self.at_once):
            part = slice(start, start + self.at_once)
            refined.extend(self._refine(pictures[part], alphas[part]))
        return refined

    def _refine(self, pictures: Sequence[NDArray[np.generic]], alphas: Sequence[Array]) -> Array:
        for picture, alpha in zip(pictures, alphas, strict=True):
            check_tile(picture, alpha)
        try:
            pixels = torch.from_numpy(np.stack(pictures)).to(self.device.torch).permute(0, 3, 1, 2)
            images = normalise(pixels).contiguous(memory_format=torch.channels_last)
            known = torch.from_numpy(np.stack(alphas)).to(self.device.torch)[:, None]
            with torch.autocast(self.device.type, dtype=self._dtype, enabled=self._dtype != torch.float32):
                alpha = self._network(images, known)
            result: Array = alpha[:, 0].float().cpu().numpy()
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise MemoryError(str(error)) from error
        return result
