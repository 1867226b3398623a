"""Lines under a title that folds them away."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from matting_studio.qt.icons import dress, name_icon
from matting_studio.qt.theme import Theme


class FoldingGroup(QFrame):
    """Put what it holds into `body`."""

    def __init__(self, theme: Theme, title: str, sentence: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._base_title = title
        self.setProperty("section", True)
        self.title = QToolButton()
        self.title.setProperty("section_title", True)
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title.clicked.connect(self._toggle)
        self._content = QWidget()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(8, 0, 8, 8)
        self.body.setSpacing(8)
        if sentence:
            about = QLabel(sentence)
            about.setProperty("quiet", True)
            about.setWordWrap(True)
            self.body.addWidget(about)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self._content)
        self.note("")
        self.fold(False)

    @property
    def folded(self) -> bool:
        return self._content.isHidden()

    def fold(self, folded: bool) -> None:
        self._content.setHidden(folded)
        self.title.setToolTip(f"{'Unfold' if folded else 'Fold'} {self._base_title}")
        name_icon(self.title, "folded" if folded else "unfolded", "quiet")
        dress(self, self._theme.colours, self.devicePixelRatioF())

    def note(self, text: str) -> None:
        """Say something beside the title, such as how much in it is changed."""
        self.title.setText(f" {self._base_title}{f'   ·   {text}' if text else ''}")

    def _toggle(self) -> None:
        self.fold(not self.folded)
