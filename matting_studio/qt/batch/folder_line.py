"""A folder to type, to choose, or to drop."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from matting_studio.app.reach import as_typed, is_folder
from matting_studio.qt.drops import accept_as_copy, local_paths


class Dropped(NamedTuple):
    """Which folder is meant by what was dropped."""

    folder: Path
    remark: str | None
    """A sentence where it is more or less than what was dropped."""


class FolderLine(QWidget):
    changed = Signal()
    remarked = Signal(str)
    """A sentence: what was taken of what was dropped."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self._name = name
        self.line = _DropLine()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(hint)
        self.line.textChanged.connect(self.changed)
        self.line.dropped.connect(self._take)
        self.button = QPushButton("Choose…")
        self.button.setAccessibleName(f"Choose: {name}")
        self.button.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    @property
    def folder(self) -> Path | None:
        text = self.line.text().strip()
        return as_typed(text) if text else None

    def set_folder(self, folder: Path | None) -> None:
        self.line.setText("" if folder is None else str(folder))
        self.line.setCursorPosition(len(self.line.text()))  # the end of a path says more than its beginning

    def _take(self, dropped: Dropped) -> None:
        self.set_folder(dropped.folder)
        if dropped.remark is not None:
            self.remarked.emit(dropped.remark)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), self._name, str(self.folder or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.set_folder(Path(name)))
        dialog.open()


class _DropLine(QLineEdit):
    dropped = Signal(object)
    """A Dropped."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData().urls()):
            accept_as_copy(event)
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if local_paths(event.mimeData().urls()):
            accept_as_copy(event)
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_paths(event.mimeData().urls())
        if not paths:
            super().dropEvent(event)
            return
        accept_as_copy(event)
        self.dropped.emit(taken_of(paths))


def taken_of(paths: Sequence[Path]) -> Dropped:
    """The first of the folders; of files, the one that they lie in."""
    folders = list(dict.fromkeys(map(folder_of, paths)))
    folder, remark = folders[0], None
    if len(folders) > 1:
        remark = f"One folder is taken at a time: of the {len(folders)} that were dropped, {folder}."
    elif folder not in paths:
        remark = f"{paths[0].name} is a file: the whole folder that it lies in is taken, {folder}."
    return Dropped(folder, remark)


def folder_of(path: Path) -> Path:
    """A folder that was dropped, or the one in which the dropped file lies."""
    return path if is_folder(path) else path.parent
