"""Looks at one picture file, as training will read it: size, alpha, and what to know it by."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from core.training.doctor.perceptual_hash import Fingerprint, fingerprint
from core.training.reading import DAMAGED, UndecodableError, decoded, in_eight_bits

ALMOST = 5
"""8-bit levels: an alpha so near to 0 or 255 counts as 0 or 255. Codecs rarely hit them exactly."""
TRANSITION = (26, 229)
"""8-bit levels, 10 % to 90 %: between them alpha is neither. JPEG blurs a hard edge by less than the rest."""
BINARY_SHARE = 0.1
"""Transition pixels for each pixel of outline below which an alpha is binary. Measured: a mask saved as JPEG of quality
75 has 0.03, a drawn outline smoothed over one pixel 0.5 or more, hair over 2."""
GREY_SPREAD = 16
"""Largest difference in 8-bit levels between the colour channels of a picture that counts as grey."""

_JPEG = b"\xff\xd8\xff"
_LEAST_SIDE_PX = 64  # enough for a fingerprint
_REDUCED = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2))


class Part(Enum):
    """What a file is to training."""

    PHOTO = auto()
    ALPHA = auto()
    CUTOUT = auto()
    BACKGROUND = auto()
    LAYER = auto()
    """Foreground, background or trimap of a photo: it must be readable and of the photo's size."""


@dataclass(frozen=True, slots=True)
class AlphaFacts:
    lowest: float
    """In [0, 1], like `highest`."""
    highest: float
    is_binary: bool
    """Whether it has an outline and no transition along it."""
    is_grey: bool
    """Whether its colour channels agree."""
    bits: int
    """8 or 16."""

    @property
    def is_empty(self) -> bool:
        return self.highest <= ALMOST / 255

    @property
    def is_full(self) -> bool:
        return self.lowest >= 1 - ALMOST / 255


@dataclass(frozen=True, slots=True)
class PictureFacts:
    width_px: int
    """Turned upright, as training turns it."""
    height_px: int
    alpha: AlphaFacts | None = None
    """Of an alpha or a cut-out; None for a cut-out without an alpha channel."""
    fingerprint: Fingerprint | None = None
    """Of a photo, cut-out or background that shows something."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    reason: str
    """The end of a sentence that begins with the file."""


def inspect(path: Path, part: Part) -> PictureFacts | Unreadable:
    """Read a file once and say what it holds."""
    try:
        return _WAYS[part](path.read_bytes())
    except OSError as error:
        return Unreadable(f"cannot be read: {error.strerror or error}")
    except UndecodableError as error:
        return Unreadable(str(error))
    except cv2.error:
        return Unreadable(DAMAGED)
    except MemoryError:
        return Unreadable("does not fit into memory")


def _photo(data: bytes) -> PictureFacts:
    size, image = _decode_colour(data)
    return PictureFacts(*size, fingerprint=fingerprint(image))


def _layer(data: bytes) -> PictureFacts:
    size, _ = _decode_colour(data)
    return PictureFacts(*size)


def _alpha(data: bytes) -> PictureFacts:
    # As training's own way to grey, but with the channels and bits that the file has.
    pixels = decoded(data, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
    bits = pixels.dtype.itemsize * 8
    levels = in_eight_bits(pixels)
    is_grey = True
    if levels.ndim == 3:
        is_grey = int(np.ptp(levels, axis=2).max()) <= GREY_SPREAD
        levels = np.asarray(cv2.cvtColor(levels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    height, width = levels.shape
    return PictureFacts(width, height, alpha=alpha_facts(levels, is_grey=is_grey, bits=bits))


def _cutout(data: bytes) -> PictureFacts:
    pixels = decoded(data, cv2.IMREAD_UNCHANGED)
    height, width = pixels.shape[:2]
    if pixels.ndim != 3 or pixels.shape[2] != 4:
        return PictureFacts(width, height)
    levels = in_eight_bits(pixels)
    # A whole cut-out may be large, and what it is known by is small.
    scale = min(1.0, 2 * _LEAST_SIDE_PX / min(height, width))
    small = cv2.resize(levels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else levels
    opacity = small[..., 3:].astype(np.float32) / 255
    over_grey = np.rint(small[..., 2::-1] * opacity + 128 * (1 - opacity)).astype(np.uint8)
    facts = alpha_facts(np.ascontiguousarray(levels[..., 3]), is_grey=True, bits=pixels.dtype.itemsize * 8)
    return PictureFacts(width, height, alpha=facts, fingerprint=fingerprint(over_grey))


_WAYS: dict[Part, Callable[[bytes], PictureFacts]] = {
    Part.PHOTO: _photo,
    Part.BACKGROUND: _photo,
    Part.LAYER: _layer,
    Part.ALPHA: _alpha,
    Part.CUTOUT: _cutout,
}


def alpha_facts(levels: NDArray[np.uint8], *, is_grey: bool, bits: int) -> AlphaFacts:
    """Facts of an alpha (H, W) uint8."""
    lowest, highest, _, _ = cv2.minMaxLoc(levels)
    inside = levels >= 128
    outline_px = np.count_nonzero(inside[1:] != inside[:-1]) + np.count_nonzero(inside[:, 1:] != inside[:, :-1])
    transition_px = np.count_nonzero(cv2.inRange(levels, np.array(TRANSITION[0]), np.array(TRANSITION[1])))
    is_binary = bool(outline_px > 0 and transition_px < BINARY_SHARE * outline_px)
    return AlphaFacts(lowest / 255, highest / 255, is_binary, is_grey, bits)


def _decode_colour(data: bytes) -> tuple[tuple[int, int], NDArray[np.uint8]]:
    """Width and height in px, and RGB pixels that may be fewer: at an eighth of the size JPEG is unpacked faster.

    All of the file is read even so, and damage is found.
    """
    if not data.startswith(_JPEG):
        image = _rgb(decoded(data, cv2.IMREAD_COLOR))
        return (image.shape[1], image.shape[0]), image
    try:
        with JpegImageFile(io.BytesIO(data)) as header:
            stored = header.size
    except (OSError, SyntaxError, ValueError) as error:
        raise UndecodableError(DAMAGED) from error
    image = _rgb(decoded(data, _reduction(min(stored))))
    if image.shape[0] == image.shape[1] and stored[0] != stored[1]:
        image = _rgb(decoded(data, cv2.IMREAD_COLOR))  # rounding has hidden which side is longer
    # Which side is longer tells whether the photo was turned upright.
    is_turned = (stored[0] - stored[1]) * (image.shape[1] - image.shape[0]) < 0
    return (stored[::-1] if is_turned else stored), image


def _reduction(shorter_side_px: int) -> int:
    return next((how for part, how in _REDUCED if shorter_side_px >= part * _LEAST_SIDE_PX), cv2.IMREAD_COLOR)


def _rgb(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)
