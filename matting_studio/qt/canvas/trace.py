"""The translucent trace of a stroke, drawn with the very function that makes the edit of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from matting_studio.app.edits import Box
from matting_studio.app.strokes import rasterise
from matting_studio.app.viewport import Viewport


class Trace:
    """Coverage of a stroke on the canvas, in device pixels; grows with the stroke."""

    def __init__(self, viewport: Viewport) -> None:
        self.viewport = viewport
        self._coverage: NDArray[np.uint8] = np.zeros((viewport.height_px, viewport.width_px), dtype=np.uint8)
        self._box: Box | None = None
        self._drawn_points = 0

    def follow(self, points: Sequence[tuple[float, float]], size_px: float, hardness: float) -> None:
        """Draw those of a stroke's points that are new since the last time; points and size in pixels of the photo."""
        if self._drawn_points == len(points):
            return
        # From the last point drawn, so that the line is not broken.
        added = [self.viewport.to_canvas(x, y) for x, y in points[max(0, self._drawn_points - 1) :]]
        self._drawn_points = len(points)
        height, width = self._coverage.shape
        on_screen_px = max(size_px * self.viewport.scale, 1.0)
        drawn = rasterise(added, on_screen_px, hardness, 1.0, height=height, width=width)
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
