"""The brush under the pointer: its size and its hardness, seen on any colour."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from matting_studio.app.edits import Brush
from matting_studio.qt.brush_settings import BrushSettings
from matting_studio.qt.canvas.brush_stroke import COLOURS

DARK, LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255)
MARGIN_PX = 4
CROSS_PX = 5.0
"""Half the length of the cross that marks a brush too small for its ring to be seen."""
SMALL_PX = 8.0


def ring_area(middle: QPointF, settings: BrushSettings) -> QRect:
    """What a ring covers, in logical pixels."""
    reach = max(settings.size_px / 2, CROSS_PX) + MARGIN_PX
    return QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach).toAlignedRect()


def draw_ring(painter: QPainter, middle: QPointF, settings: BrushSettings, brush: Brush) -> None:
    """Draw the rim, dashed where the brush is opaque up to, and a dot in the brush's colour."""
    radius = settings.size_px / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A light line on a wider dark one stands out on white, black and grey.
    for colour, width in ((DARK, 3.5), (LIGHT, 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(middle, radius, radius)
        if settings.size_px < SMALL_PX:
            _draw_cross(painter, middle, radius + 2)
    if settings.size_px >= SMALL_PX and 0.05 < settings.hardness < 0.95:
        for colour, width in ((DARK, 2.0), (LIGHT, 1.0)):
            pen = QPen(colour, width)
            pen.setDashPattern([3.0 / width, 3.0 / width])
            painter.setPen(pen)
            painter.drawEllipse(middle, radius * settings.hardness, radius * settings.hardness)
    if settings.size_px >= SMALL_PX:
        painter.setPen(QPen(DARK, 1.0))
        painter.setBrush(COLOURS[brush])
        painter.drawEllipse(middle, 2.5, 2.5)


def _draw_cross(painter: QPainter, middle: QPointF, gap: float) -> None:
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        direction = QPointF(x, y)
        painter.drawLine(middle + direction * gap, middle + direction * (gap + CROSS_PX - 2))
