"""Small pictures for a table of any length: made off the window's thread, for rows that are looked at only."""

import warnings
from collections import OrderedDict
from pathlib import Path

from PIL import Image, ImageOps
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPixmap

from matting_studio.app.batch import Row
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.qt.worker import Worker

SIDE_PX = 56
_AT_ONCE = 8
_WANTED = 64
"""More rows than fit on a screen: what was scrolled past is not made."""
_KEPT = 1000


class BatchThumbnails(QObject):
    """Gives the picture of a row at once or later: `changed` says whose has come."""

    changed = Signal(object)
    """Names of rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = Worker("batch thumbnails", self)
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[str, Path] = OrderedDict()
        self._busy = False
        self._side_px = SIDE_PX

    def set_scale(self, scale: float) -> None:
        """Of the screen."""
        if round(SIDE_PX * scale) != self._side_px:
            self._side_px = round(SIDE_PX * scale)
            self._kept.clear()

    def picture(self, row: Row) -> QPixmap | None:
        """None where it is not there yet; a null picture where there is none."""
        made = self._kept.get(row.name)
        if made is not None:
            self._kept.move_to_end(row.name)
            return made
        self._wanted[row.name] = row.thumbnail or row.photo
        self._wanted.move_to_end(row.name)
        if len(self._wanted) > _WANTED:
            self._wanted.popitem(last=False)
        self._make_next()
        return None

    def forget(self, name: str) -> None:
        """The photo has another picture now."""
        self._kept.pop(name, None)

    def forget_all(self) -> None:
        self._kept.clear()
        self._wanted.clear()

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    def _make_next(self) -> None:
        if self._busy or not self._wanted:
            return
        self._busy = True
        # What was asked for last is what is seen now.
        chosen = [self._wanted.popitem() for _ in range(min(_AT_ONCE, len(self._wanted)))]
        side_px = self._side_px

        def work(context: JobContext) -> dict[str, QImage]:
            made = {}
            for name, path in chosen:
                context.token.raise_if_cancelled()
                made[name] = small_picture(path, side_px)
            return made

        self._worker.submit(
            Job(("thumbnails",), "Making small pictures", work, Priority.OTHERS, self._take, self._give_up)
        )

    def _take(self, made: dict[str, QImage]) -> None:
        self._busy = False
        for name, image in made.items():
            self._kept[name] = QPixmap.fromImage(image)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.changed.emit(tuple(made))
        self._make_next()

    def _give_up(self, _sentence: str) -> None:
        self._busy = False


def small_picture(path: Path, side_px: int) -> QImage:
    """A photo or a small cut-out with its transparency, `side_px` at most; null where it cannot be read.

    Why it cannot be read is said by the run: this is a look at it in passing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                opened.draft("RGB", (2 * side_px, 2 * side_px))
                opened.thumbnail((side_px, side_px))
                upright = ImageOps.exif_transpose(opened)
                transparent = upright.has_transparency_data
                upright = upright.convert("RGBA") if transparent else upright.convert("RGB").convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return QImage()
    size = QSize(*upright.size)
    return QImage(upright.tobytes(), size.width(), size.height(), QImage.Format.Format_RGBA8888).copy()
