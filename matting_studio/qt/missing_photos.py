"""Asks where the photos of projects have gone, about one after the other."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from matting_studio.qt.files import PICTURE_FILTER
from matting_studio.qt.studio import Studio

if TYPE_CHECKING:
    from matting_studio.app.project_file import PhotoMissingError


class MissingPhotos(QObject):
    answered = Signal(str)
    """The sentence about a photo that has just been named."""
    ended = Signal()
    """Nobody is asked any more: each photo was named, or its project left alone."""

    def __init__(self, window: QWidget, studio: Studio) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._waiting: list[PhotoMissingError] = []
        """The first one is being asked about."""

    @property
    def is_asking(self) -> bool:
        return bool(self._waiting)

    @Slot(object)
    def ask(self, missing: "PhotoMissingError") -> None:
        if all(missing.project != other.project for other in self._waiting):
            self._waiting.append(missing)
            if len(self._waiting) == 1:
                self._ask_about_first()

    def _ask_about_first(self) -> None:
        missing = self._waiting[0]
        title = f"Where is {missing.expected.name}?"
        dialog = QFileDialog(self._window, title, str(missing.near), PICTURE_FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._take(missing, Path(name)))
        dialog.finished.connect(self._go_on)
        dialog.open()

    def _take(self, missing: "PhotoMissingError", photo: Path) -> None:
        self.answered.emit(str(missing))
        self._studio.locate_photo(missing.project, photo)

    @Slot()
    def _go_on(self) -> None:
        self._waiting.pop(0)
        if self._waiting:
            self._ask_about_first()
        else:
            self.ended.emit()
