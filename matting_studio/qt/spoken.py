"""What screen readers say where a control's own words are not enough."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QComboBox, QLabel, QWidget


def name_choice(choice: QComboBox, name: str) -> None:
    """Give a choice a name that nobody sees: but on Windows, Qt takes it from a label that belongs to it alone."""
    choice.setAccessibleName(name)
    label = QLabel(name, choice)
    label.setBuddy(choice)
    label.hide()


def announce(widget: QWidget, sentence: str) -> None:
    """Have a sentence read out that has just appeared in a widget."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))
