"""One photo as two models see it, beside what is true."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from matting_studio.qt.theme import Theme
from matting_studio.qt.training.comparing import Seen

HEIGHT_PX = 264
_MARGIN_PX, _GAP_PX, _TITLE_PX = 16, 12, 24
_TITLES = ("Photo", "Before", "After", "True alpha")


class ComparedPictures(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._seen: Seen | None = None
        self._text = ""
        self.setAccessibleName("The photo and its alphas")
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def seen(self) -> Seen | None:
        """What is shown."""
        return self._seen

    @property
    def text(self) -> str:
        """What is said instead."""
        return self._text

    def show_seen(self, seen: Seen) -> None:
        self._seen, self._text = seen, ""
        self.update()

    def tell(self, text: str) -> None:
        """Say why there is nothing to see."""
        self._seen, self._text = None, text
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(colours.window))
        painter.setPen(QColor(colours.quiet))
        if self._seen is None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
            return
        seen = self._seen
        width = (self.width() - 2 * _MARGIN_PX - (len(_TITLES) - 1) * _GAP_PX) // len(_TITLES)
        pictures = seen.photo, seen.before, seen.after, seen.true_alpha
        for place, (title, picture) in enumerate(zip(_TITLES, pictures, strict=True)):
            left = _MARGIN_PX + place * (width + _GAP_PX)
            painter.drawText(QRect(left, 4, width, _TITLE_PX), Qt.AlignmentFlag.AlignVCenter, title)
            room = QRect(left, 4 + _TITLE_PX, width, self.height() - _TITLE_PX - 16)
            size = picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRect(room.topLeft(), size), picture)
