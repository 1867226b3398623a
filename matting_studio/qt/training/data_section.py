"""Which folders a training learns from, and which it is measured on."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.icons import dress, name_icon
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.restyle import restyle
from matting_studio.qt.tab_order import follow
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.examiner import Folders


class DataSection(InspectorSection):
    changed = Signal()
    own_photos_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("Data", "original")
        self.reset_button.hide()
        self.training = FolderList(theme, "To learn from", "Add a folder of photos with alphas, or drop it.")
        self.validation = FolderList(
            theme, "To measure on", "A folder called validation inside a data set is found by itself."
        )
        self.own_button = QPushButton()
        self.own_button.setProperty("link", True)
        self.own_button.clicked.connect(self.own_photos_wanted)
        self.own_button.hide()
        self.layout_text = QLabel()
        self.layout_text.setWordWrap(True)
        self.layout_text.setTextFormat(Qt.TextFormat.PlainText)
        self.layout_text.hide()
        self.body.addWidget(self.training)
        self.body.addWidget(self.layout_text)
        self.body.addWidget(self.own_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.validation)
        for part in (self.training, self.validation):
            part.changed.connect(self.changed)

    def folders(self) -> Folders:
        return Folders(self.training.folders, self.validation.folders)

    def show_folders(self, folders: Folders) -> None:
        """Announces nothing."""
        self.training.show_folders(folders.training)
        self.validation.show_folders(folders.validation)

    def offer_own_photos(self, count: int) -> None:
        """Offer the photos that were corrected in the studio."""
        self.own_button.setText(f"Add my corrected photos ({count})")
        self.own_button.setVisible(count > 0)

    def tell(self, sentence: str, wrong: bool = False) -> None:
        """Say what the folders were taken for, or why they could not be."""
        self.layout_text.setText(sentence)
        self.layout_text.setVisible(bool(sentence))
        restyle(self.layout_text, quiet=not wrong, wrong=wrong)


class FolderList(QWidget):
    changed = Signal()

    def __init__(self, theme: Theme, title: str, hint: str) -> None:
        super().__init__()
        self._theme = theme
        self._title = title
        self._folders: tuple[Path, ...] = ()
        head = QLabel(title)
        self.add_button = QPushButton("Add a folder…")
        self.add_button.setProperty("link", True)
        self.add_button.setAccessibleName(f"{title}: add a folder")
        self.add_button.clicked.connect(self.browse)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(head, 1)
        row.addWidget(self.add_button)
        self._hint = QLabel(hint)
        self._hint.setProperty("quiet", True)
        self._hint.setWordWrap(True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addLayout(self._lines)
        column.addWidget(self._hint)

    @property
    def folders(self) -> tuple[Path, ...]:
        return self._folders

    def add(self, folder: Path) -> None:
        if folder not in self._folders:
            self.show_folders((*self._folders, folder))
            self.changed.emit()

    def remove(self, folder: Path) -> None:
        self.show_folders([other for other in self._folders if other != folder])
        self.changed.emit()

    def show_folders(self, folders: Sequence[Path]) -> None:
        """Announces nothing."""
        self._folders = tuple(folders)
        while self._lines.count():
            self._lines.takeAt(0).widget().deleteLater()
        lines = [self._line(folder) for folder in self._folders]
        for line in lines:
            self._lines.addWidget(line)
        follow(self.add_button, lines)
        self._hint.setHidden(bool(self._folders))
        dress(self, self._theme.colours, self.devicePixelRatioF())

    def _line(self, folder: Path) -> QWidget:
        line = QFrame()
        line.setProperty("card", True)
        icon = QLabel()
        name_icon(icon, "folder", "quiet")
        icon.setProperty("icon_size_px", 16)
        name = ElidedLabel(str(folder), Qt.TextElideMode.ElideLeft)  # the end of a path says more than its beginning
        name.setToolTip(str(folder))
        button = QToolButton()
        button.setProperty("small", True)
        button.setToolTip("Leave it out")
        button.setAccessibleName(f"Leave out {folder.name}")
        button.clicked.connect(lambda: self.remove(folder))
        name_icon(button, "close")
        row = QHBoxLayout(line)
        row.setContentsMargins(8, 2, 2, 2)
        row.setSpacing(8)
        row.addWidget(icon)
        row.addWidget(name, 1)
        row.addWidget(button)
        return line

    def browse(self) -> None:
        """Ask for a folder, and add it."""
        start = self._folders[-1].parent if self._folders else Path.home()
        dialog = QFileDialog(self.window(), self._title, str(start))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.add(Path(name)))
        dialog.open()
