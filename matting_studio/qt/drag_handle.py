"""Takes the cut-out by drag and drop into another program.

Other programs want a file, and a file takes a moment: it is written in the background from the press on, and the drag
begins as soon as it is there and the button is still down.
"""

import shutil
import tempfile
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl, Slot
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QToolButton

from matting_studio.app.export_request import ExportKind
from matting_studio.app.result_name import result_stem
from matting_studio.qt.icons import name_icon
from matting_studio.qt.studio import Studio

PREVIEW_PX = 160


class DragHandle(QToolButton):
    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._folder: Path | None = None
        self._awaited: Path | None = None
        self.setEnabled(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys drag nothing; they copy the cut-out
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag the cut-out into another program")
        self.setAccessibleName("Drag the cut-out")
        name_icon(self, "drag")
        studio.handed_out.connect(self._handed_out)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        document = self._studio.current
        if event.button() == Qt.MouseButton.LeftButton and document is not None and document.alpha is not None:
            if self._folder is None or not self._folder.is_dir():  # some systems tidy up meanwhile
                self._folder = Path(tempfile.mkdtemp(prefix="matting-studio-"))
            self._awaited = self._folder / f"{result_stem(document.name, ExportKind.CUTOUT, '.png')}.png"
            self._studio.hand_out_cutout(document, self._awaited)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._awaited = None
        super().mouseReleaseEvent(event)

    def remove_files(self) -> None:
        """Delete what was written for drags; other programs have read it by now.

        What one of them still holds open on Windows is left to whoever tidies temporary folders.
        """
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @Slot(object, QImage)
    def _handed_out(self, path: Path, image: QImage) -> None:
        if path == self._awaited:
            self._awaited = None
            self.setDown(False)
            drag = QDrag(self)
            drag.setMimeData(cutout_data(path, image))
            drag.setPixmap(_preview(image))
            drag.exec(Qt.DropAction.CopyAction)


def cutout_data(path: Path, image: QImage) -> QMimeData:
    """A file for programs that take files, and its picture for those that take pictures."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    data.setImageData(image)
    return data


def _preview(image: QImage) -> QPixmap:
    return QPixmap.fromImage(image.scaled(PREVIEW_PX, PREVIEW_PX, Qt.AspectRatioMode.KeepAspectRatio))
