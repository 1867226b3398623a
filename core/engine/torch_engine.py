"""Any device by PyTorch, picture by picture: Apple's GPUs, and CPUs that OpenVINO does not know."""

import functools
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.causes import let_go
from core.device import Device, DeviceLike, device_name
from core.engine.interface import RawMatte, check_size
from core.engine.quickest import quickest
from core.network import MTGINet
from core.network.folding import fold_batch_norm
from core.normalisation import normalise
from core.out_of_memory import is_out_of_memory

TRIAL_SIDE = 256
"""Of matrices whose product takes a fraction of a millisecond."""


class TorchEngine:
    """The network belongs to the engine: its norms are folded in place."""

    at_once = 1

    def __init__(self, network: MTGINet, device: Device, dtype: torch.dtype | None = None) -> None:
        """`dtype` is the precision of the convolutions; None is the device's fastest."""
        self.device = device
        self.dtype = dtype or fastest_precision(device)
        self._network = prepared(network, device, self.dtype)

    @property
    def description(self) -> str:
        return f"{device_name(self.device)} · PyTorch {precision_name(self.dtype)}"

    @torch.inference_mode()
    def run(self, image: NDArray[np.generic]) -> RawMatte:
        check_size(image)
        try:
            pixels = torch.from_numpy(np.ascontiguousarray(image))[None].to(self.device.torch)
            trimap_logits, alpha = infer(self._network, pixels, self.dtype)
            return RawMatte(alpha[0, 0].cpu().numpy(), trimap_logits[0].cpu().numpy())
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            let_go(error)
            if self.device.type == "mps":
                torch.mps.empty_cache()
            raise MemoryError(str(error)) from error

    def run_batch(self, images: Sequence[NDArray[np.generic]]) -> list[RawMatte]:
        return [self.run(image) for image in images]


class FullPrecision(nn.Module):
    """A convolution that autocast leaves alone."""

    def __init__(self, conv: nn.Module) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return self.conv(x.float())  # type: ignore[no-any-return]


def prepared(network: MTGINet, device: Device, dtype: torch.dtype) -> MTGINet:
    """On the device, in eval mode, its norms folded in, its kernels in `dtype` and laid out as convolutions like it.

    The first convolution stays in float32, as bfloat16 would round the picture by more than a step of 8 bits, and so
    does the last, whose result is the alpha. Both are small.
    """
    fold_batch_norm(network.eval().requires_grad_(False))
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            module.to(dtype)
    head = network.decoder.head_os1
    network.encoder.conv1 = FullPrecision(network.encoder.conv1.float())  # type: ignore[assignment]
    head[-1] = FullPrecision(head[-1].float())
    moved: MTGINet = network.to(device.torch, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return moved


def infer(network: MTGINet, pixels: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """(N, H, W, 3) as `normalise` takes them -> float32 trimap logits (N, 3, H/16, W/16) and alpha (N, 1, H, W)."""
    images = normalise(pixels.permute(0, 3, 1, 2)).contiguous(memory_format=torch.channels_last)
    with torch.autocast(pixels.device.type, dtype=dtype, enabled=dtype != torch.float32):
        trimap_logits, alpha = network.infer(images)
    return trimap_logits.float(), alpha.float()


def fastest_precision(device: DeviceLike) -> torch.dtype:
    """Of the precisions whose matrix products the device does in hardware the fastest; on a CPU by trying, once."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return _faster_on_the_cpu()
    return torch.float32


@functools.cache
def _faster_on_the_cpu() -> torch.dtype:
    def product(dtype: torch.dtype) -> Callable[[], object]:
        square = torch.ones(TRIAL_SIDE, TRIAL_SIDE, dtype=dtype)
        return functools.partial(torch.mm, square, square)

    return quickest({dtype: product(dtype) for dtype in (torch.float32, torch.bfloat16)})


def precision_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
