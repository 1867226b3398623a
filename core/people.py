"""People who are small in a photo, seen again from nearer: the part of it that they are in, for a look of its own.

At its working size the network sees the whole photo with some hundred pixels to a side. Who takes a third of that is as
small as nobody in a portrait is; so the network is shown them again, as large as people in portraits are. What is
beyond the part has no people, as the first look has it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from core.boxes import Box, bounds

SEEN = 0.1
MARGIN = 0.16
"""Around the people, in parts of their longer side: the first look may have missed a hand or hair."""
WORTHWHILE = 1.3
"""Seen less than so many times as large, people are not looked at again."""


def where_people_are(alpha: NDArray[np.float32], full: tuple[int, int], size_px: int) -> Box | None:
    """Where people are, in the proportions of the photo: a network that prepares itself for shapes meets no new one.

    Args:
        alpha: (h, w) in [0, 1], what the network says of the whole photo.
        full: (height, width) of the photo.
        size_px: longer side at which the network sees the part.

    Returns:
        The rows and columns of the part; None where nobody is seen, or hardly larger than in the whole photo.
    """
    box = bounds(alpha > SEEN)
    if box is None:
        return None
    margin = MARGIN * max(part.stop - part.start for part in box)
    # In the photo's heights and widths, so that one share fits both sides.
    spans = [
        (max(0.0, (part.start - margin) / side), min(1.0, (part.stop + margin) / side))
        for part, side in zip(box, alpha.shape, strict=True)
    ]
    share = max(end - start for start, end in spans)
    seen_before_px, seen_px = share * max(alpha.shape), min(size_px, share * max(full))
    if seen_px < WORTHWHILE * seen_before_px:
        return None
    down, across = spans
    return around(down, share, full[0]), around(across, share, full[1])


def around(span: tuple[float, float], share: float, length_px: int) -> slice:
    """The share of a side that has a span in its middle, as far as the side's ends allow."""
    start = min(max(0.0, (sum(span) - share) / 2), 1 - share)
    return slice(math.floor(start * length_px), min(length_px, math.ceil((start + share) * length_px)))
