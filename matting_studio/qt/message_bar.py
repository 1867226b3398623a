"""One sentence inside the window, above the photo: what went wrong, or what was done. It never stops anybody."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from matting_studio.qt.icons import name_icon, pixmap
from matting_studio.qt.restyle import restyle
from matting_studio.qt.sentence_label import SentenceLabel
from matting_studio.qt.spoken import announce
from matting_studio.qt.theme import Theme

ICONS = {"error": ("failed", "danger"), "warning": ("warning", "warning"), "info": ("about", "accent_text")}
INFO_MILLISECONDS = 6000


class MessageBar(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._waiting: list[tuple[str, str]] = []
        self.severity: str | None = None
        self.setObjectName("message_bar")
        self._icon = QLabel()
        self._icon.setFixedSize(QSize(20, 20))
        self.text = SentenceLabel()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._count = QLabel()
        self._count.setProperty("quiet", True)
        self.close_all_button = QToolButton()
        self.close_all_button.setText("Dismiss all")
        self.close_all_button.setProperty("small", True)
        self.close_all_button.clicked.connect(self.dismiss_all)
        self.close_button = QToolButton()
        self.close_button.setProperty("small", True)
        self.close_button.setToolTip("Dismiss")
        self.close_button.setAccessibleName("Dismiss the message")
        self.close_button.clicked.connect(self.dismiss)
        name_icon(self.close_button, "close")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        row.addWidget(self._count)
        row.addWidget(self.close_all_button)
        row.addWidget(self.close_button)
        self._fading = QTimer(self, singleShot=True, interval=INFO_MILLISECONDS)
        self._fading.timeout.connect(self.dismiss)
        theme.changed.connect(self._dress)
        self.hide()

    def tell(self, severity: str, sentence: str) -> None:
        """Show a sentence. Warnings and errors wait for each other; what merely informs is seen at once, goes by
        itself, and what it took the place of comes back."""
        standing = [] if self.severity in (None, "info") else [(self.severity, self.text.text())]
        if severity == "info":
            self._waiting = standing + self._waiting
            self._show(severity, sentence)
            return
        if (severity, sentence) not in standing + self._waiting:
            self._waiting.append((severity, sentence))
        if standing:
            self._show_count()
        else:
            self._show(*self._waiting.pop(0))

    def dismiss(self) -> None:
        """Take the sentence away; the next one comes."""
        self.severity = None
        if self._waiting:
            self._show(*self._waiting.pop(0))
        else:
            self._fading.stop()
            self.hide()

    def take_back(self, sentence: str) -> None:
        """Take away a warning or an error that has been made good, wherever it waits."""
        self._waiting = [waiting for waiting in self._waiting if waiting[1] != sentence]
        if self.severity not in (None, "info") and self.text.text() == sentence:
            self.dismiss()
        else:
            self._show_count()

    def dismiss_all(self) -> None:
        """Take away the sentence and all that wait."""
        self._waiting.clear()
        self.dismiss()

    def _show(self, severity: str, sentence: str) -> None:
        self.severity = severity
        restyle(self, severity=severity)
        self._icon.setAccessibleName(severity)
        announce(self, sentence)
        self.text.setText(sentence)
        self._dress()
        self._show_count()
        self._fading.stop()
        if severity == "info":
            self._fading.start()
        self.show()

    def _show_count(self) -> None:
        self._count.setText(f"{len(self._waiting)} more" if self._waiting else "")
        self.close_all_button.setVisible(bool(self._waiting))

    def _dress(self) -> None:
        if self.severity:
            name, role = ICONS[self.severity]
            self._icon.setPixmap(pixmap(name, getattr(self._theme.colours, role), 20, self.devicePixelRatioF()))
