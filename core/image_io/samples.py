"""Picture samples as 8-bit and 16-bit integers and as floats between 0 and 1."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io.encoding import BitDepth

IntegerSamples = NDArray[np.uint8] | NDArray[np.uint16]
Samples = IntegerSamples | NDArray[np.float32]

# Pictures are converted in bands of rows, so that no second full-size copy is held. A band is about this many samples.
_BAND_SAMPLES = 1 << 22


def as_float(samples: Samples) -> NDArray[np.float32]:
    """Samples of any shape as float32 in [0, 1]; floats are returned as they are, without a copy.

    Raises: TypeError for anything but uint8, uint16 and float32.
    """
    if samples.dtype == np.float32:
        return samples.astype(np.float32, copy=False)
    return np.divide(samples, np.float32(_highest(samples)), dtype=np.float32)


def to_bit_depth(samples: Samples, bit_depth: BitDepth) -> IntegerSamples:
    """Samples (H, W, ...) as uint8 or uint16, rounded; floats outside [0, 1] are clipped. No copy if nothing changes.

    Raises: TypeError for anything but uint8, uint16 and float32.
    """
    dtype = integer_dtype(bit_depth)
    if samples.dtype == dtype:
        return samples  # type: ignore[return-value]  # the dtype has just been compared
    result = np.empty(samples.shape, dtype)
    highest, cv_type = 2**bit_depth - 1, cv2.CV_8U if bit_depth == 8 else cv2.CV_16U
    for rows in bands(samples):
        within = np.clip(as_float(samples[rows]), 0, 1)
        # Scaled, rounded and narrowed in one go: several times faster than one after the other.
        cv2.addWeighted(within, highest, within, 0, 0, dst=result[rows], dtype=cv_type)
    return result


def bit_depth_of(samples: IntegerSamples) -> BitDepth:
    """Bits per sample."""
    return 16 if samples.dtype == np.uint16 else 8


def integer_dtype(bit_depth: BitDepth) -> np.dtype[Any]:
    """The type that holds samples of so many bits."""
    return np.dtype(np.uint8 if bit_depth == 8 else np.uint16)


def bands(picture: NDArray[Any]) -> Iterator[slice]:
    """Slices that together cover the rows of a picture (H, W, ...), each a few megabytes."""
    height = picture.shape[0]
    rows = max(1, _BAND_SAMPLES * height // max(1, picture.size))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def _highest(samples: Samples) -> int:
    if samples.dtype == np.uint8:
        return 255
    if samples.dtype == np.uint16:
        return 65535
    raise TypeError(f"Picture samples must be uint8, uint16 or float32, not {samples.dtype}.")


def unpremultiply(pixels: IntegerSamples, alpha: IntegerSamples) -> None:
    """Divide colours (H, W, 3) by alpha (H, W) of the same dtype, in place; where alpha is 0 they stay."""
    highest = _highest(pixels)
    for rows in bands(pixels):
        opacity = as_float(alpha[rows])[..., np.newaxis]
        straight = pixels[rows] / np.where(opacity == 0, np.float32(1), opacity)
        pixels[rows] = np.rint(np.minimum(straight, highest))


def repeat_high_bits(samples: NDArray[np.uint16], bits: int) -> None:
    """Fill what is free below the highest `bits` (8 to 15) of all samples, in place: white is white only so."""
    for rows in bands(samples):
        samples[rows] |= samples[rows] >> bits
