"""Where an alpha is open: small rectangles around the transition, so that work follows its length."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import Box

BLOCK_PX = 128
"""Longest side of a block. Larger ones hold more that is sure; smaller ones cost more in Python than they save."""

SURE = 1 / 255
"""Alphas this near to 0 or 1 are taken for sure: networks never say exactly 0 or 1."""

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True, eq=False)
class Block:
    """A rectangle of a picture, in its pixels. No two blocks share a pixel."""

    top: int
    left: int
    band: NDArray[np.uint8]
    """(h, w), not 0 for the transition and its direct neighbours."""

    @property
    def slices(self) -> Box:
        height, width = self.band.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def transition_blocks(alpha: NDArray[np.float32], sure: float = SURE) -> Iterator[Block]:
    """Blocks that together hold the transition of an alpha (H, W) and its direct neighbours, in reading order.

    Alphas within `sure` of 0 or 1 are not of the transition.
    """
    height, width = alpha.shape
    least = float(np.nextafter(np.float32(sure), np.float32(1)))
    most = float(np.nextafter(np.float32(1 - sure), np.float32(0)))
    for top in range(0, height, BLOCK_PX):
        bottom = min(top + BLOCK_PX, height)
        above, below = max(top - 1, 0), min(bottom + 1, height)
        is_open = cv2.inRange(alpha[above:below], least, most)
        if not is_open.any():
            continue
        band = cv2.dilate(is_open, _CROSS)[top - above : bottom - above]
        for left in range(0, width, BLOCK_PX):
            within = np.asarray(band[:, left : left + BLOCK_PX], dtype=np.uint8)
            x, y, used_width, used_height = cv2.boundingRect(within)
            if used_width > 0:
                yield Block(top + y, left + x, within[y : y + used_height, x : x + used_width])
