"""What is said where there is nothing to see yet: why, and what to do next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from matting_studio.qt.icons import name_icon

WIDTH_PX = 480


class NextStep(QWidget):
    """A headline, a sentence, and, where there is something to do, a button for it."""

    wanted = Signal()

    def __init__(self, headline: str, text: str, button: str = "", icon: str = "") -> None:
        super().__init__()
        self.headline = QLabel(headline, alignment=Qt.AlignmentFlag.AlignCenter)
        self.headline.setObjectName("headline")
        self.text = QLabel(text, alignment=Qt.AlignmentFlag.AlignCenter)
        self.text.setProperty("quiet", True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addStretch()
        column.addWidget(self.headline)
        column.addWidget(self.text, 0, Qt.AlignmentFlag.AlignHCenter)
        if button:
            self.button = QPushButton(f" {button}")
            self.button.setProperty("accent", True)
            name_icon(self.button, icon, "on_accent")
            self.button.clicked.connect(self.wanted)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A layout that centres a label does not ask it how high its lines are.
        self.text.setFixedHeight(self.text.heightForWidth(WIDTH_PX))
