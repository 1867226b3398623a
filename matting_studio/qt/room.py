"""How large things are made: windows as the screen allows, columns as the font asks for."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

FRAME_PX = QSize(16, 48)
"""What a window's frame and title take at most."""
USUAL_FONT_PX = 12


def fit_on_screen(window: QWidget, wanted_px: tuple[int, int], least_px: tuple[int, int]) -> None:
    """Give a window a size and a smallest one, neither of them more than its screen has room for."""
    room = window.screen().availableGeometry().size() - FRAME_PX
    window.setMinimumSize(QSize(*least_px).boundedTo(room))
    window.resize(QSize(*wanted_px).boundedTo(room))


def fit_for_font(window: QWidget, wanted_px: tuple[int, int], least_px: tuple[int, int]) -> None:
    """The same with sizes that are right for text of the usual size."""
    fit_on_screen(window, size_for_font(wanted_px), size_for_font(least_px))


def for_font(length_px: int) -> int:
    """A length that is right for text of the usual size, for that of the program's font; never a smaller one."""
    return round(length_px * max(1.0, QFontInfo(QApplication.font()).pixelSize() / USUAL_FONT_PX))


def size_for_font(size_px: tuple[int, int]) -> tuple[int, int]:
    """The same for a width and a height."""
    width_px, height_px = size_px
    return for_font(width_px), for_font(height_px)
