"""Brush strokes as a stack of edits that can be taken back: the matte is always a function of base and stack.

An edit holds how strongly each pixel was painted, and later what the network made of the pixels that were declared
unknown. Undo takes the last edit off and folds the others again over its box; nothing is ever overwritten for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


DECLARED = 128
"""Coverage, of 255, from which a pixel's class changes in the trimap."""


class Brush(StrEnum):
    FOREGROUND = "foreground"
    BACKGROUND = "background"
    UNKNOWN = "unknown"
    RESTORE = "restore"
    """Brings back what the network said."""


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels: rows top to bottom, columns left to right, the ends excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def empty(self) -> bool:
        return self.bottom <= self.top or self.right <= self.left

    def overlap(self, other: Box) -> Box:
        return Box(
            max(self.top, other.top), max(self.left, other.left),
            min(self.bottom, other.bottom), min(self.right, other.right),
        )  # fmt: skip

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.top, other.top), min(self.left, other.left),
            max(self.bottom, other.bottom), max(self.right, other.right),
        )  # fmt: skip

    def grown(self, by: int, height: int, width: int) -> Box:
        """The box with a margin, cut off at a photo of height x width."""
        return Box(
            max(0, self.top - by), max(0, self.left - by), min(height, self.bottom + by), min(width, self.right + by)
        )

    def within(self, outer: Box) -> tuple[slice, slice]:
        """The slices of this box in an array that holds `outer`."""
        return (
            slice(self.top - outer.top, self.bottom - outer.top),
            slice(self.left - outer.left, self.right - outer.left),
        )


@dataclass(frozen=True, eq=False)
class Edit:
    """One stroke."""

    brush: Brush
    box: Box
    coverage: NDArray[np.uint8]
    """(h, w) of the box: 0 untouched … 255 fully painted."""
    solved: NDArray[np.float32] | None = None
    """(h, w): what was solved for the unknown pixels of the box, once it is there."""

    def with_solution(self, alpha: NDArray[np.float32]) -> Edit:
        return replace(self, solved=alpha)


@dataclass(frozen=True, eq=False)
class Patch:
    """Alpha and trimap of a box."""

    box: Box
    alpha: NDArray[np.float32]
    trimap: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Base:
    """What the network said, at the photo's size: alpha (H, W) float32, trimap (H, W) uint8. Never written to."""

    alpha: NDArray[np.float32]
    trimap: NDArray[np.uint8]

    @property
    def box(self) -> Box:
        height, width = self.alpha.shape
        return Box(0, 0, height, width)


def fold(base: Base, edits: Sequence[Edit], box: Box) -> Patch:
    """The matte of a box after all edits."""
    alpha, trimap = base.alpha[box.slices].copy(), base.trimap[box.slices].copy()
    for edit in edits:
        shared = edit.box.overlap(box)
        if not shared.empty:
            apply(edit, shared, base, alpha[shared.within(box)], trimap[shared.within(box)])
    return Patch(box, alpha, trimap)


def apply(edit: Edit, box: Box, base: Base, alpha: NDArray[np.float32], trimap: NDArray[np.uint8]) -> None:
    """Apply an edit to the alpha and trimap of a box that lies inside the edit's own, in place."""
    import numpy as np  # noqa: PLC0415 - boxes and brushes need no arrays

    from core.trimap import BACKGROUND, FOREGROUND, UNKNOWN  # noqa: PLC0415

    inside = box.within(edit.box)
    coverage = edit.coverage[inside]
    strength = coverage.astype(np.float32) / 255
    declared = coverage >= DECLARED
    match edit.brush:
        case Brush.FOREGROUND:
            alpha += strength * (1 - alpha)
            trimap[declared] = FOREGROUND
        case Brush.BACKGROUND:
            alpha *= 1 - strength
            trimap[declared] = BACKGROUND
        case Brush.RESTORE:
            alpha += strength * (base.alpha[box.slices] - alpha)
            trimap[declared] = base.trimap[box.slices][declared]
        case Brush.UNKNOWN:
            trimap[declared] = UNKNOWN
    if edit.solved is not None:
        # A solution covers what it was asked for: the unknown pixels of its box.
        unknown = (trimap == UNKNOWN) & (coverage > 0)
        alpha[unknown] = edit.solved[inside][unknown]
