"""What of a photo is seen on a canvas, and how large: the mathematics of zoom and pan, without a window.

Two systems of coordinates, both continuous with y downwards: on the photo, pixel (0, 0) covers 0 … 1; on the canvas,
the same in device pixels, so that 100 % means one photo pixel on one device pixel whatever the screen's scaling.

A photo has room around it where what is exported goes on beyond its edges. One rule keeps photo and room in place:
together they always cover the rectangle that they fill when fitted (and lie in the middle when smaller). So no edge
comes loose, and zooming in keeps the point under the pointer exactly where it is.
"""

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Self

from matting_studio.app.edits import Box

STEPS = (
    1 / 16,
    1 / 12,
    1 / 8,
    1 / 6,
    1 / 4,
    1 / 3,
    1 / 2,
    2 / 3,
    1.0,
    1.5,
    2.0,
    3.0,
    4.0,
    6.0,
    8.0,
    12.0,
    16.0,
    24.0,
    32.0,
)
"""The scales that zooming in and out by key stops at."""

HIGHEST_SCALE = 64.0
AIR = 0.02
"""Around what goes on beyond the photo, of its longer side."""
LIKENESS = 0.1
"""How much the sides of two photos may differ, relatively, for zoom and position to carry over."""


@dataclass(frozen=True)
class Rectangle:
    """Whole device pixels on the canvas."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Viewport:
    """A photo on a canvas. Build one with `fitted`, then derive others from it."""

    photo_width_px: int
    photo_height_px: int
    width_px: int
    """Of the canvas, device pixels, as are `height_px`, `left` and `top`."""
    height_px: int
    scale: float
    """Device pixels per photo pixel."""
    left: float
    """Where the photo's left edge lies; what is drawn is rounded, see `origin`."""
    top: float
    room: Box
    """The photo and the room around it, in the photo's pixels."""

    @classmethod
    def fitted(cls, photo_width_px: int, photo_height_px: int, width_px: int, height_px: int) -> Self:
        """The whole photo, which is its own room, in the middle of a canvas, as large as it fits."""
        whole = Box(0, 0, photo_height_px, photo_width_px)
        return cls(photo_width_px, photo_height_px, width_px, height_px, 1.0, 0.0, 0.0, whole).refitted()

    @property
    def photo(self) -> Box:
        return Box(0, 0, self.photo_height_px, self.photo_width_px)

    @property
    def fit_scale(self) -> float:
        room = self.room
        return min(self.width_px / (room.right - room.left), self.height_px / (room.bottom - room.top))

    @property
    def is_fitted(self) -> bool:
        return self.scale == self.fit_scale

    @property
    def origin(self) -> tuple[int, int]:
        """Where the photo's top left corner is drawn: on a whole device pixel, so that 100 % is pixel-exact."""
        return floor(self.left + 0.5), floor(self.top + 0.5)

    # Between photo and canvas

    def to_photo(self, x: float, y: float) -> tuple[float, float]:
        left, top = self.origin
        return (x - left) / self.scale, (y - top) / self.scale

    def to_canvas(self, x: float, y: float) -> tuple[float, float]:
        left, top = self.origin
        return left + x * self.scale, top + y * self.scale

    def visible_box(self) -> Box:
        """The photo's pixels of which anything is seen; where all of it is off the canvas, the nearest ones."""
        left, top = self.to_photo(0, 0)
        right, bottom = self.to_photo(self.width_px, self.height_px)
        top, left = min(max(floor(top), 0), self.photo_height_px - 1), min(max(floor(left), 0), self.photo_width_px - 1)
        return Box(top, left, max(ceil(bottom), top + 1), max(ceil(right), left + 1)).overlap(self.photo)

    def rectangle(self, box: Box) -> Rectangle:
        """Where a box of the photo is drawn; at least one pixel each way."""
        left, top = (floor(value + 0.5) for value in self.to_canvas(box.left, box.top))
        right, bottom = (floor(value + 0.5) for value in self.to_canvas(box.right, box.bottom))
        return Rectangle(left, top, max(1, right - left), max(1, bottom - top))

    # Other viewports

    def resized(self, width_px: int, height_px: int) -> Self:
        """On a canvas of another size: a fitted photo stays fitted, else the same point stays in the middle."""
        if self.is_fitted:
            return replace(self, width_px=width_px, height_px=height_px).refitted()
        x, y = (width_px - self.width_px) / 2, (height_px - self.height_px) / 2
        return replace(self, width_px=width_px, height_px=height_px, left=self.left + x, top=self.top + y)._held()

    def refitted(self) -> Self:
        return replace(self, scale=self.fit_scale)._held()

    def with_room(self, frame: Box | None) -> Self:
        """With room for a frame around a part of the photo, where it leaves it: what is fitted stays so."""
        roomy = replace(self, room=self.photo if frame is None else _around(self.photo, frame))
        return roomy.refitted() if self.is_fitted else roomy._held()

    def zoomed(self, scale: float, x: float, y: float) -> Self:
        """At another scale, the photo's point under (x, y) of the canvas staying there as far as the photo allows."""
        scale = min(max(scale, min(self.fit_scale, 1.0) / 4), max(HIGHEST_SCALE, self.fit_scale))
        photo_x, photo_y = (x - self.left) / self.scale, (y - self.top) / self.scale
        return replace(self, scale=scale, left=x - photo_x * scale, top=y - photo_y * scale)._held()

    def zoomed_to(self, scale: float) -> Self:
        """At another scale around the middle of the canvas."""
        return self.zoomed(scale, self.width_px / 2, self.height_px / 2)

    def stepped(self, steps: int) -> Self:
        """Zoomed in (positive) or out around the middle, to the next of `STEPS`; fitted counts as a step too."""
        viewport = self
        for _ in range(abs(steps)):
            stops = sorted({*STEPS, viewport.fit_scale})
            if steps > 0:
                further = [stop for stop in stops if stop > viewport.scale * 1.001]
                scale = further[0] if further else viewport.scale
            else:
                further = [stop for stop in stops if stop < viewport.scale / 1.001]
                scale = further[-1] if further else viewport.scale
            viewport = viewport.zoomed_to(scale)
        return viewport

    def panned(self, x: float, y: float) -> Self:
        """The photo moved by device pixels to the right and down, as far as it may."""
        return replace(self, left=self.left + x, top=self.top + y)._held()

    def with_photo(self, photo_width_px: int, photo_height_px: int) -> Self:
        """Showing another photo: the same scale and place if its size is alike, else the photo fitted.

        One of the very same size has the same room, until more is known of it.
        """
        if (photo_width_px, photo_height_px) == (self.photo_width_px, self.photo_height_px):
            return self
        fitted = self.fitted(photo_width_px, photo_height_px, self.width_px, self.height_px)
        alike = (
            abs(photo_width_px / self.photo_width_px - 1) <= LIKENESS
            and abs(photo_height_px / self.photo_height_px - 1) <= LIKENESS
        )
        if self.is_fitted or not alike:
            return fitted
        middle_x, middle_y = self.width_px / 2, self.height_px / 2
        x = (middle_x - self.left) / self.photo_width_px * photo_width_px
        y = (middle_y - self.top) / self.photo_height_px * photo_height_px
        return replace(fitted, scale=self.scale, left=middle_x - x, top=middle_y - y)._held()

    def _held(self) -> Self:
        """The nearest viewport that obeys the rule of this module."""
        fit, scale, room = self.fit_scale, self.scale, self.room
        width, height = room.right - room.left, room.bottom - room.top
        left = _held(self.left + room.left * scale, width * scale, width * fit, self.width_px)
        top = _held(self.top + room.top * scale, height * scale, height * fit, self.height_px)
        return replace(self, left=left - room.left * scale, top=top - room.top * scale)


def _around(photo: Box, frame: Box) -> Box:
    """Both, with a little air on the sides where the frame leaves the photo, so that it is seen to be one."""
    air = ceil(AIR * max(frame.right - frame.left, frame.bottom - frame.top))
    return Box(
        frame.top - air if frame.top < photo.top else photo.top,
        frame.left - air if frame.left < photo.left else photo.left,
        frame.bottom + air if frame.bottom > photo.bottom else photo.bottom,
        frame.right + air if frame.right > photo.right else photo.right,
    )


def _held(start: float, length: float, fitted_length: float, canvas_length: int) -> float:
    """Where a side of the room starts so that it covers what it covers when fitted, or lies in the middle."""
    if length <= fitted_length:
        return (canvas_length - length) / 2
    highest = (canvas_length - fitted_length) / 2
    lowest = (canvas_length + fitted_length) / 2 - length
    return min(max(start, lowest), highest)
