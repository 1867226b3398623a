"""Small pictures for the strip."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io import IntegerSamples, to_bit_depth

LONGEST_SIDE_PX = 192


def thumbnail(image: IntegerSamples) -> NDArray[np.uint8]:
    """(H, W, 3) sRGB at a longest side of 192 px, 8 bits; smaller pictures keep their size."""
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Shrinking first: turning 24 megapixels of 16 bits into 8 takes longer.
    shrunk = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(to_bit_depth(shrunk, 8), dtype=np.uint8)
