"""The slider between two pictures."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from matting_studio.qt.canvas.brush_ring import DARK, LIGHT

GRAB_PX = 7
"""How far from the line the pointer takes hold of it."""
KNOB_PX = 14.0
"""Radius of the knob."""


class SplitSlider:
    """A vertical line with a knob. Its place is a part of the canvas's width, and stays there when the photo moves."""

    def __init__(self) -> None:
        self.position = 0.5

    def x(self, width_px: int) -> float:
        """Where the line is on a canvas, in the unit of its width."""
        return self.position * width_px

    def move(self, position: float) -> None:
        self.position = min(max(position, 0.0), 1.0)

    def hit(self, point: QPointF, width_px: int, height_px: int) -> bool:
        away = QPointF(self.x(width_px), height_px / 2) - point
        return abs(away.x()) <= GRAB_PX or QPointF.dotProduct(away, away) <= KNOB_PX**2

    def area(self, width_px: int, height_px: int) -> QRect:
        reach = KNOB_PX + 3
        return QRectF(self.x(width_px) - reach, 0, 2 * reach, height_px).toAlignedRect()

    def draw(self, painter: QPainter, width_px: int, height_px: int, accent: QColor | None) -> None:
        """Draw it in logical pixels; with an accent where it has the pointer."""
        x, middle = self.x(width_px), height_px / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((DARK, 4.0), (LIGHT, 2.0)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x, 0), QPointF(x, height_px))
        painter.setPen(QPen(LIGHT, 2.0))
        painter.setBrush(accent or QColor(40, 42, 46, 230))
        painter.drawEllipse(QPointF(x, middle), KNOB_PX - 1, KNOB_PX - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LIGHT)
        for side in (-1, 1):
            tip, base = x + side * 9, x + side * 4
            painter.drawPolygon(QPolygonF([QPointF(tip, middle), QPointF(base, middle - 4), QPointF(base, middle + 4)]))
