"""Pictures of documents for the canvases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from matting_studio.app.document import Document, Snapshot
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.look import Background, Look
from matting_studio.app.view import Frame, View
from matting_studio.qt.desk import Desk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matting_studio.app.render import Renderer

KEPT_RENDERINGS = 2
"""Of so many documents what rendering needs is kept: going to and fro is quick, and a long strip does not fill memory,
of which it is several times what photo and matte take."""


@dataclass(frozen=True, eq=False)
class RenderedView:
    """A picture that `request_view` asked for."""

    key: str
    document: Document
    view: View
    """What was asked for: the very object."""
    image: NDArray[np.uint8]
    """Of `view.size`: (h, w, 3) RGB, or (h, w, 4) RGBA with premultiplied colours."""
    revision: int
    frame: Frame | None = None
    """What of the photo is exported; None where all of it is."""


@dataclass(frozen=True, eq=False)
class _Rendered:
    image: NDArray[np.uint8]
    frame: Frame | None
    complaint: str | None
    held_bytes: int
    """What its renderer keeps now."""


class _Rendering:
    """A document's renderer, made on the worker that uses it: the window is up without what rendering needs."""

    def __init__(self) -> None:
        self._renderer: Renderer | None = None

    def picture(self, snapshot: Snapshot, view: View) -> _Rendered:
        from matting_studio.app.render import Renderer  # noqa: PLC0415

        if self._renderer is None:
            self._renderer = Renderer()
        image, frame, complaint = self._renderer.show(snapshot, view)
        return _Rendered(image, frame, complaint, self._renderer.held_bytes)


class Views(QObject):
    rendered = Signal(object)
    """A RenderedView."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._renderings: dict[Document, _Rendering] = {}
        """Those shown last, the latest at the end; what they hold is used on the hand worker only."""
        self._preview: tuple[Document, Look] | None = None
        self._scene: tuple[Document, Background] | None = None
        """What was asked for last. What is wrong with it is said once, however often it is rendered."""
        self._complaint: str | None = None

    def preview(self, document: Document, look: Look) -> None:
        """Show a document with another look until `end_preview`."""
        if self._preview != (document, look):
            self._preview = (document, look)
            self._desk.document_changed.emit(document)

    def end_preview(self) -> None:
        if self._preview is not None:
            document, _look = self._preview
            self._preview = None
            self._desk.document_changed.emit(document)

    def look(self, document: Document) -> Look:
        """The look that the document is shown with."""
        return self._preview[1] if self._preview and self._preview[0] is document else document.look

    def forget(self, document: Document) -> None:
        """Let go of what was kept to render a document faster."""
        self._renderings.pop(document, None)
        if document in self._desk.session:
            self._desk.session.place(document).rendering_bytes = 0

    def request(self, document: Document, key: str, view: View) -> None:
        """Have a view of a document rendered; a request of the same key that is still waiting gives way to it."""
        snapshot = document.snapshot(self.look(document))
        if snapshot is None:
            return
        rendering = self._renderings[document] = self._renderings.pop(document, None) or _Rendering()
        if len(self._renderings) > KEPT_RENDERINGS:
            self.forget(next(iter(self._renderings)))
        scene = document, snapshot.look.background
        if scene != self._scene:
            self._scene, self._complaint = scene, None

        def work(_context: JobContext) -> _Rendered:
            return rendering.picture(snapshot, view)

        def deliver(made: _Rendered) -> None:
            if document in self._desk.session:
                if self._renderings.get(document) is rendering:
                    self._desk.session.place(document).rendering_bytes = made.held_bytes
                self.rendered.emit(RenderedView(key, document, view, made.image, snapshot.revision, made.frame))
                if scene == self._scene and made.complaint not in (None, self._complaint):
                    self._complaint = made.complaint
                    self._desk.say("error", made.complaint)

        self._desk.hand.submit(Job(("view", key), "Showing the photo", work, Priority.VIEW, deliver))
