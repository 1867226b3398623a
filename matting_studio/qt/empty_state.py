"""What the window shows while no photo is open: what to do next."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from matting_studio.qt.icons import name_icon
from matting_studio.qt.restyle import restyle
from matting_studio.qt.room import for_font

RECENT_SHOWN = 5


class EmptyState(QWidget):
    open_wanted = Signal()
    paste_wanted = Signal()
    sample_wanted = Signal()
    recent_wanted = Signal(object)
    """A Path."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("empty_state")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._zone = QFrame()
        self._zone.setObjectName("drop_zone")
        self._zone.setMinimumSize(for_font(560), for_font(320))
        self._zone.setMaximumSize(for_font(720), for_font(400))

        picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        picture.setProperty("icon_size_px", 72)
        name_icon(picture, "logo", "accent_text")
        headline = QLabel("Drop portraits here", alignment=Qt.AlignmentFlag.AlignCenter)
        headline.setObjectName("headline")
        hint = QLabel(
            "Photos or whole folders. The person is cut out by itself, hair included;\nnothing leaves this computer.",
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        hint.setProperty("quiet", True)
        self.open_button = QPushButton("Open photos…")
        self.open_button.setProperty("accent", True)
        name_icon(self.open_button, "open", "on_accent")
        self.paste_button = QPushButton("Paste a picture")
        name_icon(self.paste_button, "paste")
        self.sample_button = QPushButton("Try the sample portrait")
        name_icon(self.sample_button, "person")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        for button, signal in (
            (self.open_button, self.open_wanted),
            (self.paste_button, self.paste_wanted),
            (self.sample_button, self.sample_wanted),
        ):
            button.setAutoDefault(True)  # the return key presses it, as it does in dialogs
            button.clicked.connect(signal)
            buttons.addWidget(button)
        buttons.addStretch()

        zone = QVBoxLayout(self._zone)
        zone.setContentsMargins(32, 32, 32, 32)
        zone.setSpacing(16)
        zone.addStretch()
        for widget in (picture, headline, hint):
            zone.addWidget(widget)
        zone.addLayout(buttons)
        zone.addStretch()

        self._recent = QWidget()
        self._recent.setObjectName("recent_files")
        self._recent.setMaximumWidth(for_font(720))
        self._recent_column = QVBoxLayout(self._recent)
        self._recent_column.setContentsMargins(0, 0, 0, 0)
        self._recent_column.setSpacing(0)

        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addStretch()
        column.addWidget(self._zone, 8, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._recent, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Offer files that were open before."""
        while self._recent_column.count():
            self._recent_column.takeAt(0).widget().deleteLater()
        if not paths:
            return
        title = QLabel("Recent")
        title.setProperty("quiet", True)
        title.setContentsMargins(2, 0, 0, 4)
        self._recent_column.addWidget(title)
        for path in list(paths)[:RECENT_SHOWN]:
            button = QPushButton(_shortened(path))
            button.setProperty("link", True)
            button.setToolTip(str(path))
            button.setAutoDefault(True)
            button.clicked.connect(lambda _, path=path: self.recent_wanted.emit(path))
            self._recent_column.addWidget(button)

    def set_dropping(self, dropping: bool) -> None:
        """Show that what is being dragged may be dropped here."""
        restyle(self._zone, dropping=dropping)


def _shortened(path: Path, longest: int = 64) -> str:
    home = Path.home()
    folder = str("~" / path.parent.relative_to(home) if path.parent.is_relative_to(home) else path.parent)
    room = max(8, longest - len(path.name))
    return f"{path.name}   –   {folder if len(folder) <= room else '…' + folder[-room:]}".replace("&", "&&")
