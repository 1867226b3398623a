"""Which device runs the network. PyTorch is imported only where there may be more than the CPU."""

import ctypes
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from core.errors import DeviceError

if TYPE_CHECKING:
    import torch

_NAME = re.compile(r"(cuda|mps|cpu)(?::(\d+))?")


@dataclass(frozen=True)
class Device:
    """A device by name, known without PyTorch."""

    type: Literal["cuda", "mps", "cpu"]
    index: int | None = None

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    @property
    def torch(self) -> "torch.device":
        """PyTorch's own word for it."""
        import torch  # noqa: PLC0415

        return torch.device(str(self))


CPU = Device("cpu")


class DeviceLike(Protocol):
    """A Device or a torch.device."""

    @property
    def type(self) -> str: ...

    def __str__(self) -> str: ...


def named_device(name: str) -> Device:
    """The device that a name means, there or not. Raises DeviceError where it means none."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise DeviceError(f"'{name}' is no device: use auto, cuda, cuda:0, mps or cpu.")
    kind, index = match.groups()
    if kind != "cuda" and int(index or 0) > 0:
        raise DeviceError(f"There is no {name}: {kind} is one device, so leave the number out.")
    return Device(kind, None if index is None else int(index))  # type: ignore[arg-type]  # one of the three


def pick_device(name: str = "auto") -> Device:
    """`auto` is CUDA, then MPS, then the CPU; else `cuda`, `cuda:N`, `mps` or `cpu`.

    Raises DeviceError where the device that was asked for is not there.
    """
    if is_only_cpu(name):
        return CPU
    import torch  # noqa: PLC0415

    if name == "auto":
        if torch.cuda.is_available():
            return Device("cuda")
        return Device("mps") if torch.backends.mps.is_available() else CPU
    device = named_device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "CUDA was asked for, but PyTorch finds no CUDA device: check the driver, install a CUDA build of PyTorch, "
            "or use auto or cpu."
        )
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise DeviceError(f"There is no {name}: this machine has {torch.cuda.device_count()} CUDA devices.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("MPS was asked for, but this machine has none: use auto or cpu.")
    return device


def is_only_cpu(name: str) -> bool:
    """Whether `pick_device` says the CPU without asking PyTorch."""
    return name == "cpu" or (name == "auto" and not accelerator_driver_is_there())


def accelerator_driver_is_there() -> bool:
    """Whether PyTorch might find CUDA, ROCm or MPS. Importing it to hear that it does not takes a second."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return Path("/dev/kfd").exists()
    return True


def device_name(device: DeviceLike) -> str:
    """What a person calls it, for example `NVIDIA H100` or `CPU`."""
    if device.type == "cuda":
        import torch  # noqa: PLC0415

        return torch.cuda.get_device_name(str(device))
    return {"mps": "Apple GPU", "cpu": "CPU"}[device.type]


def available_devices() -> dict[str, str]:
    """All devices of this machine, the fastest first: what `pick_device` takes → what a person calls it."""
    import torch  # noqa: PLC0415

    names = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    names += ["mps"] if torch.backends.mps.is_available() else []
    return {name: device_name(named_device(name)) for name in [*names, "cpu"]}
