"""What is wanted of a document on the screen, and what is said about it; `render` makes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from matting_studio.app.edits import Box
from matting_studio.app.look import Crop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ViewMode(StrEnum):
    ORIGINAL = "original"
    TRIMAP = "trimap"
    ALPHA = "alpha"
    CUTOUT = "cutout"
    COMPOSITE = "composite"
    OVERLAY = "overlay"

    @property
    def shows_result(self) -> bool:
        """Whether it shows what is exported."""
        return self in (ViewMode.CUTOUT, ViewMode.COMPOSITE)


@dataclass(frozen=True)
class View:
    """What is wanted on the screen."""

    mode: ViewMode
    box: Box
    """The visible part of the photo, in its pixels."""
    width_px: int
    """Of the wanted picture, in device pixels."""
    height_px: int

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the picture that is rendered: photo pixels are never magnified here."""
        return (
            max(1, min(self.height_px, self.box.bottom - self.box.top)),
            max(1, min(self.width_px, self.box.right - self.box.left)),
        )

    @property
    def level(self) -> int:
        """The pyramid's level that is drawn from: at most a fifth too coarse, else finer than the screen.

        A whole level finer would cost four times as much and shows next to nothing more.
        """
        shrinking = (self.box.right - self.box.left) / self.size[1]
        return max(0, math.floor(math.log2(shrinking) + 0.25))


@dataclass(frozen=True, eq=False)
class Frame:
    """Which part of a photo is exported, where that is not all of it."""

    crop: Crop
    """What was wanted."""
    box: Box
    """What came of it, to the overview's pixel; it may leave the photo."""
    ground: NDArray[np.uint8] | None
    """The new background all over the box, for what of it lies beyond the photo: small, (h, w, 3) RGB, or (h, w, 4)
    RGBA with premultiplied colours. None where the box does not leave the photo or the mode does not show the result.
    """
