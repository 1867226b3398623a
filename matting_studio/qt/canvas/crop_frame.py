"""The frame of what is exported, and a veil over the rest of the photo."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from matting_studio.qt.canvas.brush_ring import DARK, LIGHT

VEIL_OPACITY = 0.75


def draw_crop_frame(painter: QPainter, photo: QRect, frame: QRect, line_px: int, surround: QColor) -> None:
    """Draw it in device pixels: the frame may leave the photo.

    Args:
        painter: draws in device pixels.
        photo: where the photo lies.
        frame: where what is exported lies.
        line_px: how thick each of the frame's two lines is.
        surround: what lies around the photo.
    """
    veil = QColor(surround)
    veil.setAlphaF(VEIL_OPACITY)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setClipRegion(QRegion(photo).subtracted(QRegion(frame)))
    painter.fillRect(photo, veil)
    painter.setClipping(False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # Light inside, dark outside: one of them is seen on any picture.
    for colour, out in ((DARK, line_px), (LIGHT, 0)):
        pen = QPen(colour, line_px)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(frame.adjusted(-out, -out, out - 1, out - 1))
    painter.restore()
