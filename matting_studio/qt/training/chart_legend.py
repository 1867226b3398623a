"""Which colour is which run, and which dashes are which validation set."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.chart import DASHES, pen
from matting_studio.qt.training.chart_colours import curve_colour

_SAMPLE_PX = QSize(24, 12)
_LONGEST_PX = 240
_WENT_BACK = "went back to a checkpoint"


class ChartLegend(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[str, ...], tuple[str, ...], bool] = ((), (), False)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 4, 16, 8)
        self._row.setSpacing(6)
        self._step = QLabel()
        self._step.setProperty("quiet", True)
        theme.changed.connect(self._fill)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is explained, from left to right."""
        names, sets, went_back = self._shown
        return (*names, *sets, *([_WENT_BACK] if went_back else []))

    @property
    def step_text(self) -> str:
        return self._step.text()

    def show_runs(self, names: Sequence[str], sets: Sequence[str], *, went_back: bool) -> None:
        shown = tuple(names), tuple(sets), went_back
        if shown != self._shown:
            self._shown = shown
            self._fill()

    def show_step(self, step: float | None) -> None:
        self._step.setText("" if step is None else f"Step {max(0, round(step)):,}")

    @Slot()
    def _fill(self) -> None:
        while self._row.count():
            widget = self._row.takeAt(0).widget()
            if widget is not None and widget is not self._step:
                widget.hide()  # at once, not when it is deleted
                widget.deleteLater()
        colours = self._theme.colours
        names, sets, went_back = self._shown
        for place, name in enumerate(names):
            self._add(name, curve_colour(place, colours), Qt.PenStyle.SolidLine)
        for place, name in enumerate(sets):
            self._add(name, colours.text, DASHES[place % len(DASHES)])
        if went_back:
            self._add(_WENT_BACK, colours.warning, Qt.PenStyle.DashLine)
        self._row.addStretch(1)
        self._row.addWidget(self._step)

    def _add(self, text: str, colour: str, dash: Qt.PenStyle) -> None:
        sample, label = QLabel(), ElidedLabel(text, Qt.TextElideMode.ElideMiddle)
        sample.setPixmap(_sample(colour, dash, self.devicePixelRatioF()))
        label.setToolTip(text)
        label.setMaximumWidth(_LONGEST_PX)
        self._row.addWidget(sample)
        self._row.addWidget(label)
        self._row.addSpacing(10)


def _sample(colour: str, dash: Qt.PenStyle, scale: float) -> QPixmap:
    made = QPixmap(_SAMPLE_PX * scale)
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setPen(pen(colour, 1.5 * scale, dash))
    painter.drawLine(0, _SAMPLE_PX.height() // 2, _SAMPLE_PX.width(), _SAMPLE_PX.height() // 2)
    painter.end()
    return made
