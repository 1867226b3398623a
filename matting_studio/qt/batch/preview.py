"""One photo of a batch, as it will come out; what is chosen is seen in it at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.green_screen import network_picture
from core.image_io import read_photo
from core.memory_plan import Limit
from matting_studio.app.batch import Item, Recipe
from matting_studio.app.crop import crop_box
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Base, Box, fold
from matting_studio.app.export_request import ExportKind
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import Job, JobContext, Progress
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.render import Renderer
from matting_studio.app.view import View, ViewMode
from matting_studio.qt.batch.network import BatchNetwork
from matting_studio.qt.checkerboard import draw_checkerboard
from matting_studio.qt.pictures import to_image
from matting_studio.qt.theme import Theme
from matting_studio.qt.worker import Worker

HEIGHT_PX = 264
CELL_PX = 8
"""Of the checkerboard."""
_MODES = {
    ExportKind.COMPOSITE: ViewMode.COMPOSITE,
    ExportKind.CUTOUT: ViewMode.CUTOUT,
    ExportKind.FOREGROUND: ViewMode.CUTOUT,
    ExportKind.ALPHA: ViewMode.ALPHA,
    ExportKind.TRIMAP: ViewMode.TRIMAP,
}
"""What is seen where several are made: the first of these."""


@dataclass(frozen=True, eq=False)
class _Wanted:
    item: Item
    recipe: Recipe
    network: NetworkChoice
    limit: Limit | None
    size: QSize
    """In device pixels."""


class BatchPreview(QWidget):
    def __init__(self, network: BatchNetwork, theme: Theme) -> None:
        super().__init__()
        self._network = network
        self._theme = theme
        self._worker = Worker("batch preview", self)
        self._worker.progressed.connect(self._tell_stage)
        self._kept = _Kept()
        self._asked: tuple[Item, Recipe, NetworkChoice, Limit | None] | None = None
        self._image: QImage | None = None
        self._item: Item | None = None
        self._text = ""
        self.setAccessibleName("Preview")
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    @property
    def text(self) -> str:
        """What is said instead of a picture, or about it."""
        return self._text

    def show_photo(self, item: Item, recipe: Recipe, network: NetworkChoice, limit: Limit | None = None) -> None:
        """Show what a recipe makes of a photo; the newest wish wins."""
        self._asked = item, recipe, network, limit
        self._ask()

    def show_nothing(self, text: str) -> None:
        self._worker.cancel(("preview",))
        self._asked = self._image = self._item = None
        self._tell(text)

    def rest(self) -> None:
        """Begin nothing more; what is shown stays."""
        self._worker.cancel(("preview",))
        self._asked = None
        self._tell("")

    def forget(self) -> None:
        """Let go of the photo, as nobody looks at it."""
        self.show_nothing("")
        self._worker.submit(Job(("forget",), "Tidying up", self._kept.forget))

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    def _ask(self) -> None:
        assert self._asked is not None
        item, recipe, network, limit = self._asked
        scale = self.devicePixelRatioF()
        wanted = _Wanted(item, recipe, network, limit, self.size() * scale)
        if item is not self._item:
            self._tell(f"Preview of {item.path.name} …")

        def work(context: JobContext) -> NDArray[np.uint8]:
            return self._kept.picture(wanted, self._network, context)

        def deliver(picture: NDArray[np.uint8]) -> None:
            self._image = to_image(picture)
            self._item = item
            self._tell("")

        def fail(sentence: str) -> None:
            self._image = self._item = None
            self._tell(sentence)

        self._worker.submit(Job(("preview",), "Preview", work, deliver=deliver, fail=fail))

    @Slot(object, object)
    def _tell_stage(self, _job: Job, progress: Progress) -> None:
        self._tell(f"{progress.stage} …")

    def _tell(self, text: str) -> None:
        self._text = text
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._asked is not None:
            self._ask()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            room = self.rect().adjusted(8, 8, -8, -8)
            size = self._image.size() / self.devicePixelRatioF()
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(room.center().x() - size.width() // 2, room.center().y() - size.height() // 2,
                          size.width(), size.height())  # fmt: skip
            if self._image.hasAlphaChannel():
                draw_checkerboard(painter, place, place.topLeft(), CELL_PX, colours.dark)
            painter.drawImage(place, self._image)
        if not self._text:
            return
        room = self.rect().adjusted(24, 8, -24, -8)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        if self._image is not None:
            painter.setOpacity(0.85)
            painter.fillRect(self.rect(), QColor(colours.window))
            painter.setOpacity(1)
        painter.setPen(QColor(colours.quiet))
        painter.drawText(room, int(flags), self._text)


class _Kept:
    """The photo that was matted last. Used on the worker only."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._snapshot: Snapshot | None = None
        self._renderer = Renderer()

    def picture(self, wanted: _Wanted, network: BatchNetwork, context: JobContext) -> NDArray[np.uint8]:
        """Raises ImageReadError, CheckpointError, DeviceError, JobCancelled."""
        snapshot = self._matted(wanted, network, context)
        recipe = wanted.recipe
        # The revision stands for the matte here: the look is compared by its values.
        look = recipe.look_of(snapshot.photo, wanted.item.look)
        snapshot = Snapshot(snapshot.photo, snapshot.alpha, snapshot.trimap, look, snapshot.revision)
        height, width = snapshot.photo.image.shape[:2]
        assert snapshot.alpha is not None
        box = crop_box(look.crop, snapshot.alpha).overlap(Box(0, 0, height, width))
        kinds = [kind for kind in _MODES if kind in recipe.what] or [ExportKind.CUTOUT]
        scale = min(wanted.size.width() / (box.right - box.left), wanted.size.height() / (box.bottom - box.top), 1.0)
        view = View(
            _MODES[kinds[0]],
            box,
            max(1, round(scale * (box.right - box.left))),
            max(1, round(scale * (box.bottom - box.top))),
        )
        return self._renderer.render(snapshot, view)

    def forget(self, _context: JobContext) -> None:
        self._of, self._snapshot, self._renderer = (), None, Renderer()

    def _matted(self, wanted: _Wanted, network: BatchNetwork, context: JobContext) -> Snapshot:
        item = wanted.item
        of = item.path, Fingerprint.of(item.path), item.edits, wanted.network
        if self._snapshot is None or of != self._of:
            self.forget(context)
            context.report(Progress(f"Reading {item.path.name}"))
            photo = read_photo(item.path)
            context.token.raise_if_cancelled()
            context.report(Progress("Loading the model"))
            predictor = network.load(wanted.network)
            context.token.raise_if_cancelled()
            context.report(Progress("Running the network"))
            matte = predictor.predict(network_picture(photo), limit=wanted.limit)
            base = Base(matte.alpha, matte.trimap)
            patch = fold(base, item.edits, base.box)
            self._snapshot = Snapshot(photo, patch.alpha, patch.trimap, wanted.recipe.look, revision=0)
            self._of = of
        return self._snapshot
