"""Pictures of a data set as a training takes them: 8 bits, by OpenCV alone."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError
from core.training import layers


def read_cutout(path: Path) -> NDArray[np.float32]:
    """(H, W, 4) with premultiplied colour, in [0, 1]: only so may a cut-out be resized."""
    pixels = decode(path, cv2.IMREAD_UNCHANGED)
    if pixels.ndim != 3 or pixels.shape[2] != 4:
        raise DatasetError(f"{path} is no cut-out: it has no alpha channel.")
    cutout = layers.unit(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA), dtype=np.uint8))
    cutout[..., :3] *= cutout[..., 3:]
    return cutout


def read_colour(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(decode(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), dtype=np.uint8)


def read_grey(path: Path) -> NDArray[np.uint8]:
    return decode(path, cv2.IMREAD_GRAYSCALE)


def decode(path: Path, how: int) -> NDArray[np.uint8]:
    """The samples as OpenCV has them, in 8 bits. Raises DatasetError with the file's name."""
    try:
        # Not np.fromfile, which takes a disk that fails in the middle for the file's end.
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror or error}): see to it, then try again.") from error
    # Training reads thousands of 8-bit files an hour: OpenCV alone, without colour management. It asks for a byte.
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how) if data else None
    if pixels is None:
        raise DatasetError(f"{path} cannot be decoded: it is damaged or no picture.")
    if pixels.dtype == np.uint16:  # a cut-out: with its channels it keeps its bits
        pixels = np.right_shift(pixels, 8)
    return np.asarray(pixels, dtype=np.uint8)
