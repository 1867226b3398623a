"""The sizes at which a photo is looked at again, from the working size up."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_STEP = 1.2  # a level that is hardly larger shows nothing new


def level_sizes(coarse: tuple[int, int], full: tuple[int, int], closest: float) -> Iterator[tuple[int, int]]:
    """Sizes (height, width) beyond the coarse one: each twice the one before, the last `closest` times the coarse one
    or the photo's own, whichever is smaller."""
    working_px, full_px = max(coarse), max(full)
    most = min(closest, full_px / working_px)
    factor = 1.0
    while most >= factor * LEAST_STEP:
        # What is left is taken in one step rather than in a whole one and a crumb.
        factor = most if most < 2 * factor * LEAST_STEP else 2 * factor
        share = min(1.0, factor * working_px / full_px)
        yield max(1, round(full[0] * share)), max(1, round(full[1] * share))


def shrunk(image: NDArray[np.generic], size: tuple[int, int]) -> NDArray[np.generic]:
    """A picture (H, W, 3) at a smaller size; itself where that is its own."""
    if image.shape[:2] == size:
        return image
    return np.asarray(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA))  # type: ignore[arg-type]
