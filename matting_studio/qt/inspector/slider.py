"""A number with a name: a slider to drag and a box to type in.

`moved` says what to preview while it changes, `settled` what to keep: on release, or a moment after the last key. What
is still being typed is a number once the box loses the keys, or is told to settle.
"""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider, QWidget

from matting_studio.qt.room import for_font
from matting_studio.qt.wheel import leave_wheel_to_area

SETTLING_MILLISECONDS = 400
SPIN_WIDTH_PX = 88


class InspectorSlider(QWidget):
    moved = Signal(float)
    settled = Signal(float)

    def __init__(self, text: str, low: float, high: float, step: float = 1, *, suffix: str = "", tip: str = "") -> None:
        super().__init__()
        self._step = step
        self._value = low
        self._label = QLabel(text)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(low / step), round(high / step))
        self._slider.setPageStep(max(1, round((high - low) / step / 10)))
        self._slider.setAccessibleName(text)
        self._box = QDoubleSpinBox()
        self._box.setRange(low, high)
        self._box.setSingleStep(step)
        self._box.setDecimals(0 if step >= 1 else len(f"{step:g}".partition(".")[2]))
        self._box.setSuffix(suffix)
        self._box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._box.setKeyboardTracking(False)
        self._box.setFixedWidth(for_font(SPIN_WIDTH_PX))
        self._box.setAccessibleName(text)
        self.setToolTip(tip)

        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._label, 0, 0)
        grid.addWidget(self._box, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._slider, 1, 0)

        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MILLISECONDS)
        self._settling.timeout.connect(self._settle)
        self._slider.valueChanged.connect(self._slide)
        self._slider.sliderReleased.connect(self._settle)
        self._box.valueChanged.connect(self._type)
        self._box.editingFinished.connect(self.settle)
        leave_wheel_to_area(self._slider, self._box)
        self._box.installEventFilter(self)

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show a value without announcing it; not while a hand is on the slider or types in the box."""
        if self._slider.isSliderDown() or self._settling.isActive() or self._is_half_typed:
            return
        self._show(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The box claims the keys of the menus only where it has something to do with them; Escape drops what was
        typed."""
        if event.type() == QEvent.Type.ShortcutOverride:
            if not self._box_needs(event):
                event.ignore()
                return True
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape and self._is_half_typed:
            self._box.lineEdit().setText(self._kept_text)
            return True
        return super().eventFilter(watched, event)

    @property
    def _kept_text(self) -> str:
        """What the box shows of its value."""
        return self._box.textFromValue(self._box.value()) + self._box.suffix()

    @property
    def _is_half_typed(self) -> bool:
        return self._box.lineEdit().text() != self._kept_text

    def _box_needs(self, event: QKeyEvent) -> bool:
        line = self._box.lineEdit()
        if event.matches(QKeySequence.StandardKey.Undo):
            # What was typed and is a value by now is undone with the photo.
            return line.isUndoAvailable() and self._is_half_typed
        if event.matches(QKeySequence.StandardKey.Redo):
            return line.isRedoAvailable()
        if event.matches(QKeySequence.StandardKey.Copy):
            return line.hasSelectedText()
        if event.key() == Qt.Key.Key_Escape:
            return self._is_half_typed
        return True

    def _show(self, value: float) -> None:
        self._value = value
        for control, shown in ((self._slider, round(value / self._step)), (self._box, value)):
            control.blockSignals(True)
            control.setValue(shown)
            control.blockSignals(False)
        self._slider.setAccessibleDescription(self._kept_text)  # its own number counts steps

    def _slide(self, position: int) -> None:
        self._show(position * self._step)
        if not self._slider.isSliderDown():
            self._settling.start()
        self.moved.emit(self._value)

    def _type(self, value: float) -> None:
        self._show(value)
        self._settling.start()
        self.moved.emit(value)

    def settle(self) -> None:
        """Keep at once what would be kept in a moment, and what was typed so far."""
        self._box.interpretText()
        if self._settling.isActive():
            self._settle()

    def _settle(self) -> None:
        self._settling.stop()
        self.settled.emit(self._value)
