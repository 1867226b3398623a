"""The left side of a new run: what to train, on which data, from which model, on which devices."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from matting_studio.qt.room import for_font
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.base_section import BaseSection
from matting_studio.qt.training.data_section import DataSection
from matting_studio.qt.training.device_section import DeviceSection
from matting_studio.qt.training.preset_section import PresetSection

WIDTH_PX = 376


class SetupColumn(QScrollArea):
    def __init__(self, theme: Theme, presets: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setProperty("side", "left")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is inside takes it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(for_font(WIDTH_PX))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.preset = PresetSection(presets)
        self.data = DataSection(theme)
        self.base = BaseSection()
        self.device = DeviceSection()
        content = QWidget()
        content.setObjectName("inspector_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.preset, self.data, self.base, self.device):
            column.addWidget(part)
        column.addStretch()
        self.setWidget(content)
