"""The small pictures of a run's previews: read off the window's thread, and kept while they may be wanted again."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from matting_studio.app.jobs import Job, JobContext
from matting_studio.qt.worker import Worker

_KEPT = 400


class PreviewPictures(QObject):
    """Gives a picture at once or later: `changed` says that some have come."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = Worker("training previews", self)
        self._kept: OrderedDict[Path, QImage] = OrderedDict()
        self._side_px = 384

    def set_side(self, side_px: int) -> None:
        """The largest width or height in device pixels that is wanted; what was read for another one is read again."""
        if side_px != self._side_px:
            self._side_px = side_px
            self._kept.clear()

    def picture(self, path: Path) -> QImage | None:
        """None where it was not read; a null picture where there is none."""
        made = self._kept.get(path)
        if made is not None:
            self._kept.move_to_end(path)
        return made

    def want(self, paths: Sequence[Path]) -> None:
        """Read what is not there yet, and what was not there the last time; a new wish takes an older one's place."""
        missing = [path for path in paths if path not in self._kept or self._kept[path].isNull()]
        self._worker.cancel(("pictures",))
        if not missing:
            return
        side_px = self._side_px

        def work(context: JobContext) -> dict[Path, QImage]:
            made = {}
            for path in missing:
                context.token.raise_if_cancelled()
                made[path] = _read(path, side_px)
            return made

        self._worker.submit(Job(("pictures",), "Reading previews", work, deliver=self._take))

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    def _take(self, made: dict[Path, QImage]) -> None:
        self._kept.update(made)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.changed.emit()


def _read(path: Path, side_px: int) -> QImage:
    """No larger than wanted; null where there is none or none yet."""
    image = QImage(str(path))
    if image.isNull() or max(image.width(), image.height()) <= side_px:
        return image
    mode = Qt.TransformationMode.SmoothTransformation
    return image.scaled(side_px, side_px, Qt.AspectRatioMode.KeepAspectRatio, mode)
