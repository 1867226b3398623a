"""Trimaps: sure background, unknown, sure foreground."""

import itertools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.enlarge import enlarged_part
from core.unit_interval import ROUNDING, check_unit_interval

BACKGROUND = 0
UNKNOWN = 128
FOREGROUND = 255

_ONE_STEP = 1  # of 8 bits: codecs and teachers rarely hit 0 and 255 exactly
_BLOCK_PX = 256


def trimap_from_alpha(alpha: NDArray[np.generic], radius_px: int) -> NDArray[np.uint8]:
    """Trimap whose unknown band is the transition of an alpha, widened by an ellipse.

    A pixel is sure where alpha is within one 8-bit step of 0 or of 1: at most 1 or at least 254 of 255. Floats are
    rounded to 8 bits first, so both kinds of alpha give the same trimap. Both sure regions are then eroded, as in the
    published training; the frame's edge erodes nothing.

    Args:
        alpha: (H, W), uint8 or float in [0, 1].
        radius_px: how far each sure region is eroded, 0 or more; the ellipse is 2 · radius_px + 1 wide.

    Returns:
        (H, W) uint8 of BACKGROUND, UNKNOWN, FOREGROUND.

    Raises:
        ValueError: alpha is not two-dimensional, not uint8 or float, or leaves [0, 1]; or the radius is negative.
    """
    if alpha.ndim != 2:
        raise ValueError(f"An alpha has two dimensions, this one has the shape {alpha.shape}.")
    if radius_px < 0:
        raise ValueError(f"The radius of a trimap's unknown band is 0 px or more, not {radius_px}.")
    levels = _eight_bit(alpha)
    sure_background = (levels <= _ONE_STEP).astype(np.uint8)
    sure_foreground = (levels >= 255 - _ONE_STEP).astype(np.uint8)
    if radius_px > 0:
        ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
        cv2.erode(sure_background, ellipse, dst=sure_background)
        cv2.erode(sure_foreground, ellipse, dst=sure_foreground)
    trimap = np.full(alpha.shape, UNKNOWN, dtype=np.uint8)
    trimap[sure_background.view(np.bool_)] = BACKGROUND
    trimap[sure_foreground.view(np.bool_)] = FOREGROUND
    return trimap


def trimap_from_logits(logits: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Trimap at the photo's size from the trimap head: bilinear upsampling, then the likeliest class.

    Args:
        logits: (3, h, w) float, logits or probabilities; class 0 background, 1 unknown, 2 foreground.
        size: (height, width) of the trimap.

    Returns:
        (height, width) uint8 of BACKGROUND, UNKNOWN, FOREGROUND.

    Raises:
        ValueError: the logits have another shape, or the size is empty.
    """
    if logits.ndim != 3 or logits.shape[0] != 3:
        raise ValueError(f"Trimap logits have the shape (3, h, w), not {logits.shape}.")
    height, width = size
    if height < 1 or width < 1:
        raise ValueError(f"A trimap is at least 1 × 1 px, not {height} × {width}.")
    values = np.array([BACKGROUND, UNKNOWN, FOREGROUND], dtype=np.uint8)
    likeliest = logits.argmax(axis=0)
    trimap = np.empty((height, width), dtype=np.uint8)
    # Block by block: planes of a whole photo would be four times as large as the photo.
    for top, left in itertools.product(range(0, height, _BLOCK_PX), range(0, width, _BLOCK_PX)):
        rows, columns = slice(top, min(top + _BLOCK_PX, height)), slice(left, min(left + _BLOCK_PX, width))
        around = likeliest[_between(rows, height, logits.shape[1]), _between(columns, width, logits.shape[2])]
        if around.min() == around.max():
            # What is likeliest at all corners is so between them.
            trimap[rows, columns] = values[around.flat[0]]
            continue
        background, unknown, foreground = (
            enlarged_part(plane, size, rows, columns) for plane in logits.astype(np.float32)
        )
        block = np.where(unknown > background, np.uint8(UNKNOWN), np.uint8(BACKGROUND))
        block[foreground > np.maximum(background, unknown)] = FOREGROUND
        trimap[rows, columns] = block
    return trimap


def _between(wanted: slice, length: int, coarse: int) -> slice:
    """The coarse pixels between which a part of an axis lies."""
    first, last = (math.floor((place + 0.5) * coarse / length - 0.5) for place in (wanted.start, wanted.stop - 1))
    return slice(max(0, first), min(coarse, last + 2))


def classes_from_trimap(trimap: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Class indices of a trimap, as the trimap loss wants them.

    Args:
        trimap: (H, W) uint8. Values between the three, as JPEG leaves them, go to the nearest.

    Returns:
        (H, W) uint8: 0 background, 1 unknown, 2 foreground.
    """
    classes: NDArray[np.uint8] = np.digitize(trimap, [64, 192]).astype(np.uint8)
    return classes


def _eight_bit(alpha: NDArray[np.generic]) -> NDArray[np.uint8]:
    if alpha.dtype == np.uint8:
        return alpha.astype(np.uint8, copy=False)
    if np.issubdtype(alpha.dtype, np.floating):
        check_unit_interval(alpha, "alpha", ROUNDING)
        levels: NDArray[np.float32] = np.multiply(alpha, 255, dtype=np.float32)
        return np.rint(levels).clip(0, 255).astype(np.uint8)
    raise ValueError(f"An alpha is uint8, or float in [0, 1], not {alpha.dtype}.")
