"""A stroke while it is painted, and until the result shows it: a translucent trace over the photo."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from matting_studio.app.edits import Box, Brush
from matting_studio.app.strokes import rasterise
from matting_studio.app.viewport import Viewport

COLOURS = {
    Brush.FOREGROUND: QColor(38, 194, 99),
    Brush.BACKGROUND: QColor(235, 64, 52),
    Brush.UNKNOWN: QColor(58, 130, 246),
    Brush.RESTORE: QColor(255, 179, 0),
}
TRACE_OPACITY = 0.55


@dataclass(eq=False)
class Stroke:
    """A stroke in the photo's pixels. Its trace is drawn with the very function that makes the edit of it."""

    brush: Brush
    size_px: float
    hardness: float
    opacity: float
    points: list[tuple[float, float]]
    pressure: float = 1.0
    """Of a pen, the strongest so far, 0 … 1; scales the opacity."""
    _trace: "_Trace | None" = field(default=None, init=False, repr=False)

    def add(self, x: float, y: float) -> None:
        if self.points[-1] != (x, y):
            self.points.append((x, y))

    def touches(self, width_px: int, height_px: int) -> bool:
        """Whether the brush comes upon a photo of that size at all."""
        reach = self.size_px / 2
        path = np.array(self.points)
        (left, top), (right, bottom) = path.min(axis=0) - reach, path.max(axis=0) + reach
        return bool(right > 0 and bottom > 0 and left < width_px and top < height_px)

    def draw(self, painter: QPainter, viewport: Viewport, area: QRect) -> None:
        """Draw the trace; the painter and `area`, where anything is to be drawn, are in device pixels."""
        if self._trace is None or self._trace.viewport != viewport:
            self._trace = _Trace(viewport)
        self._trace.follow(self)
        strength = TRACE_OPACITY * (1.0 if self.brush is Brush.UNKNOWN else self.opacity * self.pressure)
        self._trace.draw(painter, area, COLOURS[self.brush], strength)


class _Trace:
    """Coverage of a stroke on the canvas, in device pixels; grows with the stroke."""

    def __init__(self, viewport: Viewport) -> None:
        self.viewport = viewport
        self._coverage: NDArray[np.uint8] = np.zeros((viewport.height_px, viewport.width_px), dtype=np.uint8)
        self._box: Box | None = None
        self._drawn_points = 0

    def follow(self, stroke: Stroke) -> None:
        """Draw the points that are new since the last time."""
        if self._drawn_points == len(stroke.points):
            return
        # From the last point drawn, so that the line is not broken.
        points = [self.viewport.to_canvas(x, y) for x, y in stroke.points[max(0, self._drawn_points - 1) :]]
        self._drawn_points = len(stroke.points)
        size_px = max(stroke.size_px * self.viewport.scale, 1.0)
        height, width = self._coverage.shape
        drawn = rasterise(points, size_px, stroke.hardness, 1.0, height=height, width=width)
        if drawn is not None:
            box, coverage = drawn
            here = self._coverage[box.slices]
            np.maximum(here, coverage, out=here)
            self._box = box if self._box is None else self._box.joined(box)

    def draw(self, painter: QPainter, area: QRect, colour: QColor, strength: float) -> None:
        if self._box is None:
            return
        box = self._box.overlap(Box(area.top(), area.left(), area.bottom() + 1, area.right() + 1))
        if box.empty:
            return
        part = np.ascontiguousarray(self._coverage[box.slices])
        height, width = part.shape
        image = QImage(part.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable([QColor(*colour.getRgb()[:3], round(level * strength)).rgba() for level in range(256)])
        painter.drawImage(box.left, box.top, image)
