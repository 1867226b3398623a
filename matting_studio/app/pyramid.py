"""Pictures at half, a quarter, an eighth … of their size, for views that show less than every pixel."""

import cv2
import numpy as np
from numpy.typing import NDArray


def halved(picture: NDArray[np.generic], times: int) -> NDArray[np.generic]:
    """A picture (H, W) or (H, W, C) at 1 / 2^times of its size, each pixel the mean of those it stands for.

    Rows and columns that do not fill a whole pixel are left out. Halving again and again is OpenCV's fastest way to
    shrink: 24 megapixels to a sixteenth take 10 ms. The picture itself is returned, not a copy, for `times` 0.
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


def last_level(height: int, width: int) -> int:
    """The last level that still has a pixel."""
    return min(height, width).bit_length() - 1
