"""The small pictures of a run's previews: read off the window's thread, and kept while they may be wanted again."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import Job, JobContext
from matting_studio.qt.worker import Worker

_KEPT = 400


class PreviewPictures(QObject):
    """Gives a picture at once or later: `changed` says that some have come."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = Worker("training previews", self)
        self._kept: OrderedDict[Path, tuple[Fingerprint | None, QImage]] = OrderedDict()
        self._most = _KEPT
        self._side_px = 384

    def set_side(self, side_px: int) -> None:
        """The largest width or height in device pixels that is wanted; what was read for another one is read again."""
        if side_px != self._side_px:
            self._side_px = side_px
            self._kept.clear()

    def picture(self, path: Path) -> QImage | None:
        """None where it was not read; a null picture where there is none."""
        if path not in self._kept:
            return None
        self._kept.move_to_end(path)
        return self._kept[path][1]

    @property
    def is_reading(self) -> bool:
        return bool(self._worker.jobs)

    def want(self, paths: Sequence[Path]) -> None:
        """Read what is not there yet, and what was written anew since; a new wish takes an older one's place."""
        self._worker.cancel(("pictures",))
        self._most = max(_KEPT, len(paths))
        side_px = self._side_px
        known = {path: self._kept[path][0] for path in paths if path in self._kept}

        def work(context: JobContext) -> dict[Path, tuple[Fingerprint | None, QImage]]:
            made = {}
            for path in paths:
                context.token.raise_if_cancelled()
                found = Fingerprint.of(path)  # before it is read: it may be written meanwhile
                if path not in known or known[path] != found:
                    made[path] = found, _read(path, side_px)
            return made

        self._worker.submit(Job(("pictures",), "Reading previews", work, deliver=self._take))

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    def _take(self, made: dict[Path, tuple[Fingerprint | None, QImage]]) -> None:
        if not made:
            return
        self._kept.update(made)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        self.changed.emit()


def _read(path: Path, side_px: int) -> QImage:
    """No larger than wanted; null where there is none or none yet."""
    image = QImage(str(path))
    if image.isNull() or max(image.width(), image.height()) <= side_px:
        return image
    mode = Qt.TransformationMode.SmoothTransformation
    return image.scaled(side_px, side_px, Qt.AspectRatioMode.KeepAspectRatio, mode)
