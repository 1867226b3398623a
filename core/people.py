"""People who are small in a photo, seen again from nearer: the parts that they are in, each for a look of its own.

At its working size the network sees the whole photo with some hundred pixels to a side. Who takes a third of that is as
small as nobody in a portrait is; so the network is shown them again, as large as people in portraits are. Who stands
apart is looked at alone where that shows everybody larger still. Beyond nobody is, as the first look has it.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import Box, bounds

SEEN = 0.1
MARGIN = 0.16
"""Around the people, in parts of their longer side: the first look may have missed a hand or hair."""
WORTHWHILE = 1.3
"""Seen less than so many times as large, people are not looked at again."""
APART = 3 / 352
"""Of the longer side: twice so far from each other, people stand apart."""
MOST_GROUPS = 6
"""Looked at one by one; where more stand apart, those nearest to each other are seen together."""


@dataclass(frozen=True, eq=False)
class Look:
    """What is to be looked at, and what of it counts."""

    part: Box
    """Rows and columns of the photo."""
    own: NDArray[np.bool_]
    """(h, w) of the first look: what is nearer to the people whom this look is for than to others."""

    def own_pixels(self, full: tuple[int, int]) -> NDArray[np.bool_]:
        """Of the part's pixels those that count; `full` is the (height, width) of the photo."""
        rows, columns = (
            np.arange(side.start, side.stop) * cells // pixels
            for side, cells, pixels in zip(self.part, self.own.shape, full, strict=True)
        )
        return self.own[np.ix_(rows, columns)]


def looks_from_nearer(alpha: NDArray[np.float32], full: tuple[int, int], size_px: int) -> list[Look]:
    """Where people are, in the proportions of the photo: a network that prepares itself for shapes meets no new one.

    Args:
        alpha: (h, w) in [0, 1], what the network says of the whole photo.
        full: (height, width) of the photo.
        size_px: longer side at which the network sees a part.

    Returns:
        Looks whose `own` cover the photo together. None where nobody is seen, or hardly larger than in the whole photo.
    """
    seen = alpha > SEEN
    if not seen.any():
        return []
    together = [np.ones_like(seen)]
    larger = times_as_large(seen, together, full, size_px)
    before = larger if larger >= WORTHWHILE else 1.0
    apart = groups(seen)
    if times_as_large(seen, apart, full, size_px) >= WORTHWHILE * before:
        return [Look(part_of(seen & own, full), own) for own in apart]
    return [Look(part_of(seen, full), own) for own in together] if before > 1 else []


def groups(seen: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Of those who are seen, (h, w), each who stands apart: what is nearer to them than to others, (h, w)."""
    away = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    reach = APART * max(seen.shape)
    while True:
        _, nearest = cv2.distanceTransformWithLabels(
            (away > reach).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_CCOMP
        )
        count = int(nearest.max())
        if count <= MOST_GROUPS:
            return [nearest == label for label in range(1, count + 1)]
        reach *= 1.5


def times_as_large(
    seen: NDArray[np.bool_], owns: list[NDArray[np.bool_]], full: tuple[int, int], size_px: int
) -> float:
    """How many times as large as in the whole photo everybody is seen at least, if each group gets a look."""
    shares = [frame(seen & own).share for own in owns]
    return float(min(min(size_px, share * max(full)) / (share * max(seen.shape)) for share in shares))


def part_of(people: NDArray[np.bool_], full: tuple[int, int]) -> Box:
    """Rows and columns of the photo, (height, width), around people, (h, w)."""
    share, down, across = frame(people)
    return around(down, share, full[0]), around(across, share, full[1])


class Frame(NamedTuple):
    """People with a margin, in the photo's heights and widths, so that one share fits both sides."""

    share: float
    """The larger one of what they take of the height and of the width."""
    down: tuple[float, float]
    across: tuple[float, float]


def frame(people: NDArray[np.bool_]) -> Frame:
    """Raises ValueError where nobody is."""
    box = bounds(people)
    if box is None:
        raise ValueError("Nobody is in it.")
    margin = MARGIN * max(side.stop - side.start for side in box)
    down, across = (
        (max(0.0, (side.start - margin) / length), min(1.0, (side.stop + margin) / length))
        for side, length in zip(box, people.shape, strict=True)
    )
    return Frame(max(down[1] - down[0], across[1] - across[0]), down, across)


def around(span: tuple[float, float], share: float, length_px: int) -> slice:
    """The share of a side that has a span in its middle, as far as the side's ends allow."""
    start = min(max(0.0, (sum(span) - share) / 2), 1 - share)
    return slice(math.floor(start * length_px), min(length_px, math.ceil((start + share) * length_px)))
