"""How much memory a training takes."""

import psutil
import torch


def memory_bytes(device: torch.device) -> int:
    """What this process holds now, in bytes: of the GPU's memory where it has one, else of the machine's."""
    if device.type == "cuda":
        return torch.cuda.memory_reserved(device)
    if device.type == "mps":
        return int(torch.mps.driver_allocated_memory())
    return int(psutil.Process().memory_info().rss)
