"""The order in which the Tab key goes through controls that come later than their window: that in which they stand."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def follow(first: QWidget, others: Iterable[QWidget]) -> None:
    """Have the Tab key go on from one control to these, and to what lies in them, in the order of their making."""
    before = first
    for other in others:
        for control in (other, *other.findChildren(QWidget)):
            if control is not before and _is_stop(control) and control.window() is first.window():
                QWidget.setTabOrder(before, control)
                before = control


def _is_stop(control: QWidget) -> bool:
    return bool(control.focusPolicy() & Qt.FocusPolicy.TabFocus) and control.focusProxy() is None
