"""Whether memory ran out: each library and each device has its own way of saying so."""

import cv2
import torch

_SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "insufficient memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Of the device or of the machine, whichever library met it."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError | cv2.error) and any(sign in str(error).lower() for sign in _SIGNS)
