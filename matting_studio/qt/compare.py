"""Two pictures of one photo side by side, moving together: before and after, or two models."""

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from matting_studio.app.document import Document
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.paths_to_open import absolute
from matting_studio.app.session import Status
from matting_studio.app.viewport import Viewport
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.canvas.view import CanvasView
from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.room import fit_for_font
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme

SIZE_PX, MINIMUM_PX = (1200, 720), (640, 400)
LOOK_MS = 100
KEPT = 6
"""Photos that stay open with the other model, for whoever goes back and forth."""
STATUS_TEXTS = {
    Status.WAITING: ": getting ready …",
    Status.READING: ": reading the photo …",
    Status.MATTING: ": at work …",
    Status.FAILED: ": no matte",
}
"""What is said behind a model's name, as long as its matte is not there."""
HINT = "Keys 1…7 choose what is seen, the wheel zooms both sides, Esc closes."
EMPTY = "No photo is open. Open one in the studio to compare it here; Esc closes."


class CompareWindow(QWidget):
    """Shows the studio's current photo on both sides."""

    def __init__(self, parent: QWidget, studio: Studio, theme: Theme, model: Path | None = None) -> None:
        """Without a model, the photo is on the left and its result on the right; with one, the studio's matte of it is
        on the left, and what this model makes of it on the right."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare")
        fit_for_font(self, SIZE_PX, MINIMUM_PX)
        self._studio = studio
        self._other: _OtherModel | None = None if model is None else _OtherModel(studio, model)
        self.message_bar = MessageBar(theme)
        self.left = CanvasView(studio, key="compare left")
        if self._other is None:
            self.right = CanvasView(studio, key="compare right")
            self.left.set_mode(CanvasMode.ORIGINAL)
            self.right.set_mode(CanvasMode.CUTOUT)
        else:
            self.right = CanvasView(self._other.studio, key="compare right")
            self._other.studio.message.connect(self.message_bar.tell)
            self._other.studio.made_good.connect(self.message_bar.take_back)
            for view, follower in ((self.left, self.right), (self.right, self.left)):
                view.mode_changed.connect(follower.set_mode)
            self.left.set_mode(CanvasMode.ALPHA)
        self.left.viewport_changed.connect(self._lead_right)
        self.right.viewport_changed.connect(self._lead_left)
        self._moving = False
        panes = QHBoxLayout()
        panes.setSpacing(2)
        self.titles = _title(), _title()
        for title, view in zip(self.titles, (self.left, self.right), strict=True):
            panes.addLayout(_pane(title, view))
        self.left.setAccessibleName("Photo on the left")
        self.right.setAccessibleName("Photo on the right")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message_bar)
        column.addLayout(panes, 1)
        self.hint = QLabel()
        self.hint.setProperty("quiet", True)
        self.hint.setContentsMargins(16, 8, 16, 8)
        column.addWidget(self.hint)
        QShortcut(QKeySequence("Esc"), self, self.close)
        self.left.setFocus()
        studio.current_changed.connect(self._tell_titles)
        if self._other is not None:
            # It may be matted anew, with another model.
            studio.document_changed.connect(self._tell_titles)
            studio.settings_changed.connect(self._tell_titles)
            studio.current_changed.connect(self._follow)
            self._other.studio.document_changed.connect(self._tell_titles)
            self._other.studio.current_changed.connect(self._other_turned)
            self._other.begin(studio.current)
        self._tell_titles()

    @Slot(object)
    def _follow(self, document: Document | None) -> None:
        """The studio shows another photo."""
        assert self._other is not None
        if self.isVisible():  # a window that was closed may be told for a while yet
            self._other.show(document)
            self._tell_titles()

    @Slot(object)
    def _other_turned(self, document: Document | None) -> None:
        assert self._other is not None
        if document is not None:
            self._other.opened(document)
        self._tell_titles()

    @Slot()
    def _tell_titles(self) -> None:
        """Say what is seen on either side; nothing over panes without a photo."""
        document = self._studio.current
        self.hint.setText(EMPTY if document is None else HINT)
        if document is None:
            names = ("", "")
        elif self._other is None:
            names = ("Original", "Result")
        else:
            names = (self._name_of_matte(document), f"{self._other.name}{_told(self._other.status)}")
        for title, name in zip(self.titles, names, strict=True):
            title.setText(name)

    def _name_of_matte(self, document: Document) -> str:
        """Which model made what is seen on the left: of a project, it need not be the one that is chosen."""
        told = _told(self._studio.status(document))
        return f"{self._studio.model_text}{told}" if told else document.matted_by or self._studio.model_text

    @Slot(object)
    def _lead_right(self, viewport: Viewport) -> None:
        self._lead(self.right, viewport)

    @Slot(object)
    def _lead_left(self, viewport: Viewport) -> None:
        self._lead(self.left, viewport)

    def _lead(self, follower: CanvasView, viewport: Viewport) -> None:
        """Move the other side; it must not lead in its turn."""
        if not self._moving:
            self._moving = True
            follower.set_viewport(viewport)
            self._moving = False

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()
        if self._other is not None and not self._other.end(0.0):
            _Ending(self._other, self.parentWidget())
        event.accept()


class _OtherModel:
    """A studio of its own for the same photos, with another model; leaves nothing behind.

    Photos are opened in it as they are shown in the first one, and the longest not shown are closed.
    """

    def __init__(self, studio: Studio, model: Path) -> None:
        self.name = model.name
        self._wanted: Document | None = None
        """The first studio's document that is to be seen here as well."""
        self._pasted: dict[Document, Document] = {}
        """The first studio's pictures without a file that still holds them, and what they are here."""
        self._shown: list[Document] = []
        """The one shown last is at the end."""
        self._model = model
        self._memory_limit_bytes = studio.settings.memory_limit_bytes
        self._folder = tempfile.TemporaryDirectory(prefix="matting-studio-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self.studio = Studio(folder / "config", folder / "data")

    def begin(self, document: Document | None) -> None:
        self.studio.set_model(self._model)
        self.studio.set_memory_limit(self._memory_limit_bytes)
        self.show(document)

    @property
    def status(self) -> Status | None:
        """How far the photo is that is to be seen; None where there is none."""
        if self._wanted is None:
            return None
        twin = self._twin(self._wanted)
        return Status.WAITING if twin is None else self.studio.status(twin)

    def show(self, document: Document | None) -> None:
        """Show a photo of the first studio; `opened` is to be told when one has come."""
        self._wanted = document
        twin = None if document is None else self._twin(document)
        if document is None:
            while self._shown:
                self._close(self._shown[0])
        elif twin is not None:
            self.studio.select(twin)
        elif document.path is not None and _has_same_photo(document):
            self.studio.open([document.path])
        elif document.photo is not None:
            self.studio.paste(document.photo.image)
            pasted = self.studio.current
            assert pasted is not None
            self._pasted[document] = pasted

    def opened(self, document: Document) -> None:
        """This studio shows a photo now: another one than is wanted by now, where somebody went on meanwhile."""
        self._shown = [*(other for other in self._shown if other is not document), document]
        twin = None if self._wanted is None else self._twin(self._wanted)
        if self._wanted is None:
            self._close(document)
        elif twin is not None:
            self.studio.select(twin)
        while len(self._shown) > KEPT:
            self._close(self._shown[0])

    def _twin(self, document: Document) -> Document | None:
        """What a document of the first studio is here, if it is open."""
        if document.path is None or document in self._pasted:
            return self._pasted.get(document)
        path = absolute(document.path)
        return next((other for other in self.studio.documents if other.path == path), None)

    def _close(self, document: Document) -> None:
        self._shown = [other for other in self._shown if other is not document]
        self._pasted = {theirs: ours for theirs, ours in self._pasted.items() if ours is not document}
        self.studio.close(document)

    def end(self, timeout_seconds: float) -> bool:
        """Call off all that is done here; False if something is still busy after that time."""
        ended = self.studio.shutdown(timeout_seconds)
        if ended:
            self._folder.cleanup()
        return ended


def _has_same_photo(document: Document) -> bool:
    """Whether a document's file still holds the photo that is open; it does until it has been read."""
    assert document.path is not None
    return document.photo_file is None or Fingerprint.of(document.path) == document.photo_file


class _Ending(QObject):
    """Keeps what a comparison has left busy until that has ended: a model that is being loaded stops for nobody, and a
    thread must not lose its owner. Nobody waits for it, but for the program's end."""

    def __init__(self, other: _OtherModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._other = other
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        self.wait(0.0)

    def wait(self, timeout_seconds: float) -> bool:
        """False if it is still busy after that time."""
        ended = self._other.end(timeout_seconds)
        if ended:
            self._timer.stop()
            self.deleteLater()
        return ended


def comparisons_ended(parent: QWidget, timeout_seconds: float) -> bool:
    """Close all comparisons below a window and wait for what they do; False if one is still busy after that time."""
    for window in parent.findChildren(CompareWindow):
        window.close()
    ended = [ending.wait(timeout_seconds) for ending in parent.findChildren(_Ending)]
    return all(ended)


def _told(status: Status | None) -> str:
    """Whether a model's matte is there: until it is, the photo is seen in its place."""
    return "" if status is None else STATUS_TEXTS.get(status, "")


def _title() -> ElidedLabel:
    label = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
    label.setProperty("title", True)
    label.setContentsMargins(16, 8, 16, 8)
    return label


def _pane(title: ElidedLabel, view: CanvasView) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(title)
    column.addWidget(view, 1)
    return column
