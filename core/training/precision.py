"""Mixed precision while training: bfloat16, where the device multiplies it faster than float32."""

import contextlib

import torch

from core.device import DeviceLike
from core.engine.torch_engine import fastest_precision


def training_precision(device: DeviceLike, *, mixed: bool) -> torch.dtype:
    """bfloat16 where that is wanted and the device is faster with it, float32 elsewhere.

    Without units for it PyTorch takes bfloat16 apart number by number: a step of MTGINet took ten times as long as in
    float32 on an AVX2 processor. float16, which older GPUs have, has too narrow a range for gradients.
    """
    return torch.bfloat16 if mixed and fastest_precision(device) == torch.bfloat16 else torch.float32


def computing_in(dtype: torch.dtype, device: DeviceLike) -> contextlib.AbstractContextManager[object]:
    """Where a training's forward pass belongs; parameters and losses stay in float32."""
    return torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32)
