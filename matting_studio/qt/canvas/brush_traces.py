"""Traces of strokes that were handed over, kept until pictures show what became of them."""

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QPainter

from matting_studio.app.document import Document
from matting_studio.app.viewport import Viewport
from matting_studio.qt.canvas.brush_stroke import Stroke
from matting_studio.qt.canvas.pictures import CanvasPictures
from matting_studio.qt.studio import Studio

PATIENCE_MS = 10_000
"""After which the traces go of strokes whose result was never seen, such as one that failed."""


class StrokeTraces(QObject):
    """A stroke is first awaited; it has landed when the document's matte holds it; it goes when a picture shows that.

    Strokes land in the order they were painted, so counting the document's edits is enough to know which has.
    """

    changed = Signal()

    def __init__(self, studio: Studio, pictures: CanvasPictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._document: Document | None = studio.current
        self._edit_count = len(self._document.edits) if self._document else 0
        self._awaited: list[Stroke] = []
        self._landed: list[tuple[Stroke, int]] = []
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._clear)
        pictures.arrived.connect(self._pictures_arrived)
        studio.current_changed.connect(self._current_changed)
        studio.document_changed.connect(self._document_changed)

    def keep(self, stroke: Stroke) -> None:
        """Show a stroke that is being handed over now."""
        self._awaited.append(stroke)
        self._patience.start()

    def draw(self, painter: QPainter, viewport: Viewport, area: QRect) -> None:
        """In device pixels."""
        for stroke in [*(stroke for stroke, _revision in self._landed), *self._awaited]:
            stroke.draw(painter, viewport, area)

    @Slot(object)
    def _current_changed(self, document: Document | None) -> None:
        if document is not self._document:
            self._document = document
            self._edit_count = len(document.edits) if document else 0
            self._clear()

    @Slot(object)
    def _document_changed(self, document: Document) -> None:
        if document is not self._document or document.dirty is not None:
            return
        landed = max(0, len(document.edits) - self._edit_count)
        self._edit_count = len(document.edits)
        self._landed += [(stroke, document.revision) for stroke in self._awaited[:landed]]
        del self._awaited[:landed]

    @Slot()
    def _pictures_arrived(self) -> None:
        shown = self._pictures.shown_revision
        self._landed = [(stroke, revision) for stroke, revision in self._landed if revision > shown]
        self.changed.emit()

    @Slot()
    def _clear(self) -> None:
        self._awaited.clear()
        self._landed.clear()
        self.changed.emit()
