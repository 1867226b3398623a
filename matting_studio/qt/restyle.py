"""Properties that the sheet of styles asks about; Qt looks at the sheet again only when it is told to."""

from PySide6.QtWidgets import QWidget


def restyle(widget: QWidget, **properties: bool | str) -> None:
    """Give a widget other properties, and the look that they stand for."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
