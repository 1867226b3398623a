"""A stroke while it is painted, and until the result shows it: a translucent trace over the photo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from matting_studio.app.edits import Brush
from matting_studio.app.viewport import Viewport

if TYPE_CHECKING:
    from matting_studio.qt.canvas.trace import Trace

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
    _trace: Trace | None = field(default=None, init=False, repr=False)

    def add(self, x: float, y: float) -> None:
        if self.points[-1] != (x, y):
            self.points.append((x, y))

    def touches(self, width_px: int, height_px: int) -> bool:
        """Whether the brush comes upon a photo of that size at all."""
        reach = self.size_px / 2
        columns, rows = zip(*self.points, strict=True)
        across = max(columns) + reach > 0 and min(columns) - reach < width_px
        return across and max(rows) + reach > 0 and min(rows) - reach < height_px

    def draw(self, painter: QPainter, viewport: Viewport, area: QRect) -> None:
        """Draw the trace; the painter and `area`, where anything is to be drawn, are in device pixels."""
        from matting_studio.qt.canvas.trace import Trace  # noqa: PLC0415 - the window is up without it

        if self._trace is None or self._trace.viewport != viewport:
            self._trace = Trace(viewport)
        self._trace.follow(self.points, self.size_px, self.hardness)
        strength = TRACE_OPACITY * (1.0 if self.brush is Brush.UNKNOWN else self.opacity * self.pressure)
        self._trace.draw(painter, area, COLOURS[self.brush], strength)
