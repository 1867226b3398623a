"""A colour to click on and change."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QToolButton

from matting_studio.app.look import Colour


class ColourButton(QToolButton):
    moved = Signal(tuple)
    """While the dialog is open: the colour under the pointer."""
    chosen = Signal(tuple)
    abandoned = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._colour: Colour = (1.0, 1.0, 1.0)
        self.setProperty("swatch", True)
        self.setFixedSize(48, 28)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: click to change")
        self.clicked.connect(self._ask)

    @property
    def colour(self) -> Colour:
        return self._colour

    def set_colour(self, colour: Colour) -> None:
        self._colour = colour
        self.setStyleSheet(f"background: {QColor.fromRgbF(*colour).name()};")
        self.setAccessibleDescription(QColor.fromRgbF(*colour).name())

    def _ask(self) -> None:
        dialog = QColorDialog(QColor.fromRgbF(*self._colour), self.window())
        dialog.setWindowTitle(self.accessibleName())
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.currentColorChanged.connect(self._hover)
        dialog.colorSelected.connect(self._choose)
        dialog.rejected.connect(self.abandoned)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _hover(self, colour: QColor) -> None:
        self.moved.emit(colour.getRgbF()[:3])

    def _choose(self, colour: QColor) -> None:
        self.set_colour(colour.getRgbF()[:3])
        self.chosen.emit(self._colour)
