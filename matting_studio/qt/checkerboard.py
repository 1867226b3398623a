"""The board that stands for transparency: drawn on the screen, so its cells are as large at every zoom."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

_DARK, _LIGHT = ("#3a3a3a", "#4e4e4e"), ("#ffffff", "#dcdcdc")


def draw_checkerboard(painter: QPainter, area: QRect, corner: QPoint, cell_px: int, dark: bool) -> None:
    """Fill an area with cells of the painter's pixels, counted from `corner`; `dark` fits it to a dark window."""
    first, second = (QColor(colour) for colour in (_DARK if dark else _LIGHT))
    tile = QImage(2 * cell_px, 2 * cell_px, QImage.Format.Format_RGB32)
    tile.fill(first)
    with QPainter(tile) as on_tile:
        on_tile.fillRect(cell_px, 0, cell_px, cell_px, second)
        on_tile.fillRect(0, cell_px, cell_px, cell_px, second)
    painter.save()
    painter.setBrushOrigin(corner)
    painter.fillRect(area, QBrush(tile))
    painter.restore()
