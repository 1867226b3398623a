"""Which device runs the network."""

import torch

from core.errors import DeviceError


def pick_device(name: str = "auto") -> torch.device:
    """`auto` is CUDA, then MPS, then the CPU; else `cuda`, `cuda:N`, `mps` or `cpu`.

    Raises DeviceError where the device that was asked for is not there.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"'{name}' is no device: use auto, cuda, cuda:0, mps or cpu.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "CUDA was asked for, but PyTorch finds no CUDA device: check the driver, install a CUDA build of PyTorch, "
            "or use auto or cpu."
        )
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise DeviceError(f"There is no {name}: this machine has {torch.cuda.device_count()} CUDA devices.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("MPS was asked for, but this machine has none: use auto or cpu.")
    if device.type not in {"cuda", "mps", "cpu"}:
        raise DeviceError(f"The device {name} is not supported: use auto, cuda, mps or cpu.")
    return device


def device_name(device: torch.device) -> str:
    """What a person calls it, for example `NVIDIA H100` or `CPU`."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return {"mps": "Apple GPU", "cpu": "CPU"}[device.type]
