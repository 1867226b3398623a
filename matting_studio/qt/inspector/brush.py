"""The brush in the hand; shown while one is."""

from dataclasses import replace

from PySide6.QtCore import Signal

from matting_studio.app.edits import Brush
from matting_studio.qt.brush_settings import LARGEST_PX, SMALLEST_PX, BrushSettings
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.inspector.slider import InspectorSlider

TITLES = {
    Brush.FOREGROUND: "Paint foreground",
    Brush.BACKGROUND: "Paint background",
    Brush.UNKNOWN: "Paint unknown",
    Brush.RESTORE: "Restore",
}


class BrushSection(InspectorSection):
    changed = Signal(object)
    """BrushSettings."""
    icon_changed = Signal()
    """To be dressed anew, by whoever knows the theme."""

    def __init__(self) -> None:
        super().__init__("Brush", "brush_foreground")
        self._brush = BrushSettings()
        self.size_px = InspectorSlider("Size", SMALLEST_PX, LARGEST_PX, suffix=" px", tip="On the screen; keys [ and ]")
        self.hardness = InspectorSlider("Hardness", 0, 100, suffix=" %", tip="0 % is soft, 100 % sharp")
        self.opacity = InspectorSlider("Opacity", 1, 100, suffix=" %", tip="How strongly it paints")
        self._sliders = (self.size_px, self.hardness, self.opacity)
        for slider in self._sliders:
            slider.moved.connect(self._change)
            self.body.addWidget(slider)
        self.reset.connect(self._reset)

    def show_brush(self, brush: BrushSettings) -> None:
        before, self._brush = self._brush, brush
        self.setVisible(brush.tool is not None)
        if brush.tool is not None and brush.tool is not before.tool:
            self.set_title(TITLES[brush.tool])
            self.set_icon(f"brush_{brush.tool}")
            self.icon_changed.emit()
        self.size_px.set_value(brush.size_px)
        self.hardness.set_value(brush.hardness * 100)
        self.opacity.set_value(brush.opacity * 100)
        self.reset_button.setEnabled(brush != BrushSettings(tool=brush.tool))

    def settle(self) -> None:
        """Take what was typed so far."""
        for slider in self._sliders:
            slider.settle()

    def _change(self) -> None:
        hardness, opacity = self.hardness.value / 100, self.opacity.value / 100
        self._brush = replace(self._brush, size_px=self.size_px.value, hardness=hardness, opacity=opacity)
        self.changed.emit(self._brush)

    def _reset(self) -> None:
        self.settle()  # else a slider would not show the default
        self.changed.emit(BrushSettings(tool=self._brush.tool))
