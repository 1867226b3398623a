"""What the canvas shows of a document: any part of it, in any mode, at the resolution of the screen."""

import math
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io import to_bit_depth
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Box
from matting_studio.app.pyramid import Pyramid, halved, last_level

_Screen = NDArray[np.uint8]  # (h, w, 3) RGB


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
    dark: bool = True
    """Whether the checkerboard is to fit a dark window."""

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


class Renderer:
    """Renders one document, on one thread; keeps what it may need again.

    Of photos that were given, all is kept until another comes. What depends on the matte is kept as long as the matte's
    values stay the same: a patch may be pasted without a new revision, so values are looked at, not numbers.
    """

    def __init__(self) -> None:
        self._photo_of: object = None
        self._photo = Pyramid(np.empty((0, 0, 3), np.uint8))

    def render(self, snapshot: Snapshot, view: View) -> _Screen:
        """What `view` shows of a document: (h, w, 3) RGB, sRGB, of `view.size`.

        All modes show the photo until its matte is there. Raises ValueError where the box is empty.
        """
        if view.box.empty:
            raise ValueError("There is nothing to see in an empty box.")
        if self._photo_of is not snapshot.photo:
            self._photo_of = snapshot.photo
            self._photo = Pyramid(to_bit_depth(snapshot.photo.image, 8))
        if snapshot.alpha is None or snapshot.trimap is None or view.mode is ViewMode.ORIGINAL:
            return self._original(view)
        match view.mode:
            case ViewMode.TRIMAP:
                return _grey(_nearest(snapshot.trimap, view))
            case ViewMode.ALPHA:
                return _grey(cv2.convertScaleAbs(self._fit(snapshot.alpha, view), alpha=255))
            case _:
                return self._original(view)

    def _original(self, view: View) -> _Screen:
        level = min(view.level, last_level(*self._photo.level(0).shape[:2]))
        return _to_screen(self._photo.level(level), Box(0, 0, 0, 0), level, view)

    def _fit(self, plane: NDArray[np.float32], view: View) -> NDArray[np.float32]:
        level = min(view.level, last_level(*plane.shape))
        return _to_screen(halved(plane, level), Box(0, 0, 0, 0), level, view)


def _to_screen(picture: NDArray[np.generic], box: Box, level: int, view: View) -> NDArray[np.generic]:
    """A part of a level, `box` in the level's pixels, brought to the view."""
    height, width = view.size
    step_x, step_y = (view.box.right - view.box.left) / width, (view.box.bottom - view.box.top) / height
    size = 2**level
    mapping = np.array(
        [
            [step_x / size, 0, (view.box.left + step_x / 2) / size - box.left - 0.5],
            [0, step_y / size, (view.box.top + step_y / 2) / size - box.top - 0.5],
        ]
    )
    return cv2.warpAffine(
        picture,
        mapping,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _nearest(trimap: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    height, width = view.size
    seen = cv2.resize(trimap[view.box.slices], (width, height), interpolation=cv2.INTER_NEAREST)
    return seen.astype(np.uint8, copy=False)


def _grey(plane: NDArray[np.generic]) -> _Screen:
    return cv2.cvtColor(plane, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
