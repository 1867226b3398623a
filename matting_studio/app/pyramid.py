"""Pictures at half, a quarter, an eighth … of their size, for views that show less than every pixel."""

import cv2
import numpy as np
from numpy.typing import NDArray

OVERVIEW_PIXELS = 2_500_000
"""A level with at most so many pixels is worked on as a whole; the finest of them is the overview."""


def halved(picture: NDArray[np.generic], times: int) -> NDArray[np.generic]:
    """A picture (H, W) or (H, W, C) at 1 / 2^times of its size, each pixel the mean of those it stands for.

    Rows and columns that do not fill a whole pixel are left out. Halving again and again is OpenCV's fastest way to
    shrink. For `times` 0 the picture itself is returned, not a copy.
    """
    for _ in range(times):
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        picture = cv2.resize(picture[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return picture


class Pyramid:
    """A picture that never changes, at the levels that were asked for: level n is 1 / 2^n of its size."""

    def __init__(self, picture: NDArray[np.generic]) -> None:
        self._levels = [picture]

    def level(self, number: int) -> NDArray[np.generic]:
        while len(self._levels) <= number:
            self._levels.append(halved(self._levels[-1], 1))
        return self._levels[number]

    @property
    def levels(self) -> tuple[NDArray[np.generic], ...]:
        """Those that were asked for so far."""
        return tuple(self._levels)


def last_level(height: int, width: int) -> int:
    """The last level that still has a pixel."""
    return min(height, width).bit_length() - 1


def overview_level(height: int, width: int) -> int:
    """The finest level that is worked on as a whole."""
    level = 0
    while (height >> level) * (width >> level) > OVERVIEW_PIXELS and level < last_level(height, width):
        level += 1
    return level
