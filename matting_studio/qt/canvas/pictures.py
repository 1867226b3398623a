"""The pictures that a canvas draws: asked for when something changed, drawn where they belong until better ones come.

Each mode has two: what was seen last, sharp, and the whole photo, coarse, which lies below it so that nothing is blank
while the photo is moved. Answers come late and in any order; each says which part of the photo it shows, so it is drawn
in the right place whatever has happened since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from matting_studio.app.document import Document
from matting_studio.app.view import Frame, View, ViewMode
from matting_studio.app.viewport import Viewport
from matting_studio.qt.pictures import to_image
from matting_studio.qt.studio import Studio
from matting_studio.qt.views import RenderedView

FRAME_MS = 12
"""Requests closer together than this become one."""
REST_MS = 150
"""How long nothing may change before the whole photo is asked for, to lie below."""
OVERVIEW_PX = 1600
"""Longest side of that picture."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A rendered part of a photo."""

    view: View
    image: QImage
    revision: int
    """Of the document that it shows."""
    frame: Frame | None
    """What of the photo is exported; None where all of it is."""

    @property
    def has_all_pixels(self) -> bool:
        """Whether it has all of the photo's own pixels, for the canvas to enlarge."""
        box = self.view.box
        return (self.image.height(), self.image.width()) == (box.bottom - box.top, box.right - box.left)


@dataclass(frozen=True)
class _Scene:
    """What is to be seen."""

    document: Document
    viewport: Viewport
    modes: tuple[ViewMode, ...]


class CanvasPictures(QObject):
    """Asks a studio for the pictures of one canvas, and keeps what came."""

    arrived = Signal()
    """There is something new to draw."""

    def __init__(self, studio: Studio, key: str, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._key = key
        self._scene: _Scene | None = None
        self._sharp: dict[ViewMode, Picture] = {}
        self._whole: dict[ViewMode, Picture] = {}
        self._last_drawn: dict[int, ViewMode] = {}
        self._asked: dict[str, View] = {}
        self._latest: Picture | None = None
        self._ground: tuple[Frame, QImage] | None = None
        self._soon = QTimer(self, interval=FRAME_MS, singleShot=True)
        self._soon.timeout.connect(self._ask)
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._ask_for_whole)
        studio.rendered.connect(self._take)

    def show(self, document: Document, viewport: Viewport, modes: Sequence[ViewMode]) -> None:
        """Say what is to be seen; asks for what is missing, soon."""
        if self._scene is not None and self._scene.document is not document:
            self.clear()
        self._scene = _Scene(document, viewport, tuple(modes))
        self._last_drawn = {pane: mode for pane, mode in self._last_drawn.items() if pane < len(modes)}
        if not self._soon.isActive():
            self._soon.start()

    def clear(self) -> None:
        """Nothing is to be seen any more."""
        self._scene = None
        self._soon.stop()
        self._rest.stop()
        self._asked.clear()
        self._sharp.clear()
        self._whole.clear()
        self._last_drawn.clear()
        self._latest = self._ground = None

    def refresh(self) -> None:
        """All pictures are out of date: ask for those that are seen anew, and forget the others."""
        self._asked.clear()
        seen = {*self._last_drawn.values(), *(self._scene.modes if self._scene else ())}
        for pictures in (self._sharp, self._whole):
            for mode in pictures.keys() - seen:
                del pictures[mode]
        if self._scene is not None and not self._soon.isActive():
            self._soon.start()

    @property
    def shown_revision(self) -> int:
        """The revision that all pictures now seen have reached; −1 while one is missing."""
        if self._scene is None:
            return -1
        return min(self._sharp[mode].revision if mode in self._sharp else -1 for mode in self._scene.modes)

    def layers(self, pane: int) -> Iterator[Picture]:
        """What to draw in a pane, top to bottom: of the mode that is to be seen, or of the last one until it comes."""
        assert self._scene is not None
        mode = self._scene.modes[pane]
        if mode not in self._sharp:
            mode = self._last_drawn.get(pane, mode)
        self._last_drawn[pane] = mode
        for pictures in (self._sharp, self._whole):
            if mode in pictures:
                yield pictures[mode]

    @property
    def latest_frame(self) -> Frame | None:
        """What of the photo is exported, by what came last."""
        return None if self._latest is None else self._latest.frame

    @property
    def frame(self) -> Frame | None:
        """What of the photo is exported, by what is drawn in the first pane."""
        mode = self._last_drawn.get(0)
        return self._sharp[mode].frame if mode in self._sharp else None

    @property
    def ground(self) -> QImage | None:
        """What lies in that frame beyond the photo, where the mode shows it."""
        frame = self.frame
        if frame is None or frame.ground is None:
            return None
        if self._ground is None or self._ground[0].ground is not frame.ground:
            self._ground = frame, to_image(frame.ground)
        return self._ground[1]

    @Slot()
    def _ask(self) -> None:
        if self._scene is None:
            return
        box = self._scene.viewport.visible_box()
        rectangle = self._scene.viewport.rectangle(box)
        for mode in self._scene.modes:
            self._request(f"{self._key}/{mode}", View(mode, box, rectangle.width, rectangle.height))
        self._rest.start()

    @Slot()
    def _ask_for_whole(self) -> None:
        if self._scene is None:
            return
        fitted = self._scene.viewport.refitted()
        whole = self._scene.viewport.photo
        if self._scene.viewport.visible_box() == whole:
            return
        rectangle = fitted.rectangle(whole)
        shrunk = min(1.0, OVERVIEW_PX / max(rectangle.width, rectangle.height))
        width, height = (max(1, round(side * shrunk)) for side in (rectangle.width, rectangle.height))
        for mode in self._scene.modes:
            self._request(f"{self._key}/{mode}/whole", View(mode, whole, width, height))

    def _request(self, key: str, view: View) -> None:
        """Ask, unless that very picture has been asked for already."""
        if self._asked.get(key) != view:
            self._asked[key] = view
            self._studio.request_view(key, view)

    @Slot(object)
    def _take(self, rendered: RenderedView) -> None:
        ours = rendered.key.startswith(f"{self._key}/")
        if not ours or self._scene is None or rendered.document is not self._scene.document:
            return
        view = rendered.view
        self._latest = picture = Picture(view, to_image(rendered.image), rendered.revision, rendered.frame)
        whole = rendered.key.endswith("/whole")
        _keep(self._whole if whole else self._sharp, picture)
        if not whole and view.box == self._scene.viewport.photo:
            _keep(self._whole, picture)
        self.arrived.emit()


def _keep(pictures: dict[ViewMode, Picture], picture: Picture) -> None:
    """Keep a picture unless a newer one is there."""
    held = pictures.get(picture.view.mode)
    if held is None or held.revision <= picture.revision:
        pictures[picture.view.mode] = picture
