"""What is said in the middle of the window about a photo that cannot be shown, or not yet."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from matting_studio.qt.icons import name_icon

WIDTH_PX = 480


class Notice(QWidget):
    close_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("empty_state")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setFixedWidth(WIDTH_PX)
        self.close_button = QPushButton("Close this photo")
        name_icon(self.close_button, "close")
        self.close_button.clicked.connect(self.close_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addStretch()
        column.addWidget(self.text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def tell(self, name: str, failure: str | None) -> None:
        """Say that a photo is being read, or why it cannot be."""
        self.text.setText(failure or f"Reading {name} …")
        # A layout that centres a label does not ask it how high its lines are.
        self.text.setFixedHeight(self.text.heightForWidth(WIDTH_PX))
        self.close_button.setVisible(failure is not None)
