"""Pictures of a data set as a training takes them: 8 bits, by OpenCV alone."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError
from core.training import layers

DAMAGED = "is damaged, cut short or no picture"
READ = (np.uint8, np.uint16)


class UndecodableError(Exception):
    """Its text is the end of a sentence that begins with the file."""


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
    try:
        return in_eight_bits(decoded(data, how))
    except UndecodableError as error:
        raise DatasetError(f"{path} {error}.") from error


def decoded(data: bytes, how: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """A picture file's samples as OpenCV's mode `how` has them. Raises UndecodableError.

    Training reads thousands of 8-bit files an hour, so this is OpenCV alone, without colour management.
    """
    pixels = opencv_samples(data, how)
    # Asked for bytes, OpenCV says no more of floats than of damage.
    stored = opencv_samples(data, cv2.IMREAD_UNCHANGED) if pixels is None else pixels
    if stored is not None and stored.dtype not in READ:
        kind = "floats" if stored.dtype.kind == "f" else "integers"
        raise UndecodableError(
            f"holds {stored.dtype.itemsize * 8}-bit {kind}, which training does not read; save it with 8 or 16 bits"
        )
    if pixels is None:
        raise UndecodableError(DAMAGED)
    return pixels


def opencv_samples(data: bytes, how: int) -> NDArray[Any] | None:
    return cv2.imdecode(np.frombuffer(data, np.uint8), how) if data else None  # it asks for a byte


def in_eight_bits(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    return (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels.astype(np.uint8, copy=False)
