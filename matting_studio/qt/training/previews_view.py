"""What the network makes of some validation photos, from its first steps to the newest."""

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from matting_studio.app.training.previews import Previews
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.next_step import NextStep
from matting_studio.qt.training.preview_pictures import PreviewPictures

_MARGIN_PX, _GAP_PX, _NAME_PX, _WIDEST_PX = 16, 8, 28, 384
_TITLES = ("Photo", "Trimap", "Alpha at step {step:,}", "True alpha")


class PreviewsView(QWidget):
    """Shows the newest step, unless somebody has gone back to an older one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._previews: Previews | None = None
        self.pictures = PreviewPictures(self)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(1)
        self.slider.setAccessibleName("Step of the previews")
        self.slider.setToolTip("Go back to what it made of the photos earlier")
        self.step_text = QLabel()
        self.step_text.setMinimumWidth(168)
        first = QLabel("Step")
        first.setProperty("quiet", True)
        self._bar = QWidget()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 4)
        bar.setSpacing(12)
        bar.addWidget(first)
        bar.addWidget(self.slider, 1)
        bar.addWidget(self.step_text)
        self.sheet = PreviewSheet(self.pictures, theme)
        scroll = QScrollArea()
        scroll.setProperty("plain", True)
        scroll.setAccessibleName("Previews")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.sheet)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(scroll, 1)
        self._nothing = NextStep(
            "No previews yet",
            "After each validation, what the network makes of some validation photos is seen here. "
            "Runs without a validation set have none.",
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(shown)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.slider.valueChanged.connect(self._show_step)

    @property
    def step(self) -> int | None:
        """The step that is shown."""
        if self._previews is None or not self._previews.steps:
            return None
        return self._previews.steps[self.slider.value()]

    def show_previews(self, previews: Previews) -> None:
        """Show these; those of the same run as before stay at their step if it is not the newest."""
        if previews == self._previews:
            self.sheet.look_again()
            return
        before, self._previews = self._previews, previews
        same_run = before is not None and before.folder == previews.folder
        old_step = before.steps[self.slider.value()] if same_run and before.steps else None
        follows = old_step is None or old_step == before.steps[-1]
        there = bool(previews.names and previews.steps)
        self._stack.setCurrentIndex(1 if there else 0)
        if not there:
            return
        last = len(previews.steps) - 1
        place = previews.steps.index(old_step) if not follows and old_step in previews.steps else last
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        self.slider.setEnabled(last > 0)
        self._show_step(place)

    def shutdown(self, timeout_seconds: float) -> bool:
        return self.pictures.shutdown(timeout_seconds)

    @Slot(int)
    def _show_step(self, place: int) -> None:
        previews = self._previews
        assert previews is not None
        newest = place == len(previews.steps) - 1
        self.step_text.setText(f"{previews.steps[place]:,}{'  ·  the newest' if newest else ''}")
        self.sheet.show_step(previews, previews.steps[place])


class PreviewSheet(QWidget):
    """A row per photo: the photo, the trimap and the alpha of a step, the true alpha."""

    def __init__(self, pictures: PreviewPictures, theme: Theme) -> None:
        super().__init__()
        self._pictures, self._theme = pictures, theme
        self._previews: Previews | None = None
        self._step = 0
        self._shown: dict[tuple[str, int], QImage] = {}
        """By photo and column: what was there last stays until the next has come."""
        self.setObjectName("training_sheet")
        self.setAccessibleName("Validation photos and their mattes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        pictures.changed.connect(self._take)
        theme.changed.connect(self.update)

    def show_step(self, previews: Previews, step: int) -> None:
        if self._previews is None or previews.folder != self._previews.folder:
            self._shown = {}
        self._previews, self._step = previews, step
        self._ask()

    def look_again(self) -> None:
        """Read what has come since: a step's pictures are written one after the other, and anew after a resume."""
        if not self._pictures.is_reading:
            self._pictures.want(list(self._files().values()))

    def picture(self, name: str, column: int) -> QImage | None:
        """What is shown of a photo; None where there is nothing yet."""
        return self._shown.get((name, column))

    def _files(self) -> dict[tuple[str, int], Path]:
        previews, step = self._previews, self._step
        if previews is None:
            return {}
        files = {}
        for name in previews.names:
            paths = (
                previews.photo(name), previews.trimap(name, step), previews.alpha(name, step), previews.true_alpha(name)
            )  # fmt: skip
            files.update({(name, column): path for column, path in enumerate(paths)})
        return files

    def _ask(self) -> None:
        self._pictures.set_side(round(_WIDEST_PX * self.devicePixelRatioF()))
        self._pictures.want(list(self._files().values()))
        self._take()

    @Slot()
    def _take(self) -> None:
        for place, path in self._files().items():
            picture = self._pictures.picture(path)
            if picture is not None:
                self._shown[place] = picture
        self._fit()
        self.update()

    # Drawing

    @property
    def _columns(self) -> tuple[int, ...]:
        """Those that have a picture: trimaps need not be there."""
        some = {column for (_, column), picture in self._shown.items() if not picture.isNull()}
        return tuple(column for column in range(len(_TITLES)) if column in some or column != 1)

    def _cell_width(self) -> int:
        count = len(self._columns)
        return max(1, min(_WIDEST_PX, (self.width() - 2 * _MARGIN_PX - (count - 1) * _GAP_PX) // count))

    def _row_height(self, name: str) -> int:
        """Of the pictures; a square until they have come."""
        width = self._cell_width()
        sizes = [self._shown[name, column].size() for column in self._columns if (name, column) in self._shown]
        heights = [round(width * size.height() / size.width()) for size in sizes if not size.isEmpty()]
        return min(max(heights, default=width), round(1.5 * width))

    def _fit(self) -> None:
        names = self._previews.names if self._previews else ()
        self.setMinimumHeight(
            _NAME_PX + sum(_NAME_PX + self._row_height(name) + _GAP_PX for name in names) + _MARGIN_PX
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), QColor(colours.panel))
        if self._previews is None:
            return
        width, columns = self._cell_width(), self._columns
        lefts = [_MARGIN_PX + place * (width + _GAP_PX) for place in range(len(columns))]
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(colours.quiet))
        for left, column in zip(lefts, columns, strict=True):
            painter.drawText(QRect(left, 0, width, _NAME_PX), flags, _TITLES[column].format(step=self._step))
        top = _NAME_PX
        for name in self._previews.names:
            height = self._row_height(name)
            if top + _NAME_PX + height >= event.rect().top() and top <= event.rect().bottom():
                room = QRect(_MARGIN_PX, top, self.width() - 2 * _MARGIN_PX, _NAME_PX)
                painter.setPen(QColor(colours.text))
                shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
                painter.drawText(room, flags, shown)
                for left, column in zip(lefts, columns, strict=True):
                    self._paint_picture(painter, QRect(left, top + _NAME_PX, width, height), name, column)
            top += _NAME_PX + height + _GAP_PX

    def _paint_picture(self, painter: QPainter, frame: QRect, name: str, column: int) -> None:
        colours = self._theme.colours
        picture = self._shown.get((name, column))
        if picture is None or picture.isNull():
            painter.fillRect(frame, QColor(colours.raised))
            painter.setPen(QColor(colours.quiet))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, "…" if picture is None else "Not there")
            return
        size: QSize = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRect(frame.topLeft(), size), picture)
