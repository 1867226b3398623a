"""What is wanted of a document on the screen; `render` makes it."""

import math
from dataclasses import dataclass
from enum import StrEnum

from matting_studio.app.edits import Box


class ViewMode(StrEnum):
    ORIGINAL = "original"
    TRIMAP = "trimap"
    ALPHA = "alpha"
    CUTOUT = "cutout"
    COMPOSITE = "composite"
    OVERLAY = "overlay"


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
