"""Ends what a hand is in the middle of, where what it acts on is about to change under it."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QSlider, QWidget


def let_go(panel: QWidget) -> None:
    """Have the sliders within a widget let go of the mouse; each keeps where it was dragged to, and stays there."""
    for slider in panel.findChildren(QSlider):
        if slider.isSliderDown():
            # After a mere `setSliderDown` the slider would go on following the mouse.
            QApplication.sendEvent(slider, _release_over(slider))


def _release_over(widget: QWidget) -> QMouseEvent:
    inside = QPointF(widget.rect().center())
    button, none_left, keys = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    kind = QEvent.Type.MouseButtonRelease
    return QMouseEvent(kind, inside, QPointF(widget.mapToGlobal(inside)), button, none_left, keys)
