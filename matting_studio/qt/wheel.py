"""The wheel over a control in an area that scrolls: it scrolls the area, and never changes a setting by accident."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


def leave_wheel_to_area(*controls: QWidget) -> None:
    """For sliders, combo boxes and boxes of numbers; the list that a combo box opens scrolls as ever."""
    for control in controls:
        control.installEventFilter(_WheelFilter(control))


class _WheelFilter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()  # so that Qt offers it to what the control lies in
            return True
        return super().eventFilter(watched, event)
