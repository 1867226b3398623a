"""The sections on the right: what can be set, for all photos and for the one that is shown."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from matting_studio.app.look import Look
from matting_studio.qt.inspector.background import BackgroundSection
from matting_studio.qt.inspector.brush import BrushSection
from matting_studio.qt.inspector.colours import ColoursSection
from matting_studio.qt.inspector.crop import CropSection
from matting_studio.qt.inspector.model import ModelSection
from matting_studio.qt.inspector.refine import RefineSection
from matting_studio.qt.room import for_font

WIDTH_PX = 320


class Inspector(QScrollArea):
    previewed = Signal(object)
    """A look to show while a control moves, or None to show the document's own again."""
    committed = Signal(object, str)
    """A look to keep, and the name of the step."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is inside takes it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(for_font(WIDTH_PX))
        self.brush, self.model = BrushSection(), ModelSection()
        self.refine, self.colours = RefineSection(), ColoursSection()
        self.background, self.crop = BackgroundSection(), CropSection()
        self._of_look = (self.refine, self.colours, self.background, self.crop)
        content = QWidget()
        content.setObjectName("inspector_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in (self.brush, self.model, *self._of_look):
            column.addWidget(section)
        column.addStretch()
        self.setWidget(content)
        for section in self._of_look:
            section.previewed.connect(self.previewed)
            section.committed.connect(self.committed)
        self.show_look(None)

    def show_look(self, look: Look | None) -> None:
        """Show the look of the current photo; without one, its sections are disabled."""
        for section in self._of_look:
            section.setEnabled(look is not None)
            section.set_look(look or Look())

    def settle(self) -> None:
        """Keep at once what a control would keep in a moment, and what was typed so far; before anything else happens
        to the photo or the brush."""
        for section in (self.brush, *self._of_look):
            section.settle()
