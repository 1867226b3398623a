"""One chart: a figure over the steps, of one run or several."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsItem, QHBoxLayout, QLabel, QVBoxLayout

from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.chart_colours import curve_colour
from matting_studio.qt.training.curves import Curve
from matting_studio.qt.training.run_words import number
from matting_studio.qt.training.subjects import Subject

NARROWEST_PX = 320
_PLOT_HEIGHT_PX, _AXIS_WIDTH_PX, _AXIS_HEIGHT_PX = 180, 52, 36
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_FINE = 1.5
"""A screen of this scale has pixels too small to be seen."""
_VALUES_SHOWN = 4
_MANTISSAS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9), (1, 1.5, 2, 3, 4, 5, 7), (1, 2, 5), (1, 3), (1,)
"""Numbers of a decade that a logarithmic axis writes, from many to few."""
_TICK_ROOM_PX = 24
_FAINT = 0.35
"""How much of its colour has what was measured, behind what is smoothed."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve and what tells it from others: colours tell runs, dashes tell validation sets."""

    label: str
    colour: int
    dash: int
    curve: Curve
    rollbacks: tuple[int, ...] = ()


class Chart(QFrame):
    pointed = Signal(object)
    """The step under the pointer; None when it leaves."""
    steps_chosen = Signal(float, float)
    """The first and the last step that somebody wants to see."""
    all_wanted = Signal()

    def __init__(self, subject: Subject, theme: Theme) -> None:
        super().__init__()
        self.subject = subject
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._drawn: list[tuple[pg.PlotDataItem, pg.PlotDataItem]] = []
        """Of each line: as it was measured, and smoothed."""
        self._rollbacks: list[pg.InfiniteLine] = []
        self._step: float | None = None
        self.setObjectName("chart")
        self._title = QLabel(subject.title)
        self._title.setProperty("title", True)
        self._title.setToolTip(subject.tip)
        unit = ElidedLabel(subject.unit)
        unit.setProperty("quiet", True)
        self.values = QLabel()
        self.values.setTextFormat(Qt.TextFormat.RichText)
        self.plot = _Plot()
        self.plot.setAccessibleName(f"{subject.title} over the steps")
        self._pointer = pg.InfiniteLine()
        self._pointer.hide()
        self.plot.addItem(self._pointer, ignoreBounds=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(unit, 1)
        head.addWidget(self.values)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.plot)
        self.plot.pointed.connect(self.pointed)
        self.plot.steps_chosen.connect(self.steps_chosen)
        self.plot.all_wanted.connect(self.all_wanted)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these lines in place of those before."""
        self._lines = tuple(lines)
        while len(self._drawn) > len(lines):
            for item in self._drawn.pop():
                self.plot.removeItem(item)
        while len(self._drawn) < len(lines):
            self._drawn.append((self.plot.add_curve(), self.plot.add_curve()))
        for place, (line, (measured, smooth)) in enumerate(zip(lines, self._drawn, strict=True)):
            measured.setZValue(-1)  # behind all that is smoothed
            smooth.setZValue(len(lines) - place)  # the first run is the one that is looked at
            curve, scale = line.curve, self.subject.scale
            measured.setVisible(curve.is_smoothed)
            # Broad lines that go up and down at every pixel take a hundred times as long to draw as thin ones. On fine
            # screens, where they are broad, they are drawn without smooth edges, which nobody sees there.
            smooth_edges = curve.is_short or self.devicePixelRatioF() < _FINE
            marks = "o" if curve.is_short else None
            measured.setData(curve.steps, curve.values * scale, symbol=None, antialias=smooth_edges)
            smooth.setData(curve.steps, curve.smooth * scale, symbol=marks, antialias=smooth_edges)
        self._mark_rollbacks()
        self._fit_values()
        self._dress()

    def show_steps(self, first: float, last: float) -> None:
        """Show what lies between two steps, and no more."""
        self.plot.setXRange(first, max(last, first + 1), padding=0)

    def set_logarithmic(self, logarithmic: bool) -> None:
        self.plot.setLogMode(x=False, y=logarithmic)
        self.plot.enableAutoRange(x=False)  # which it has switched on
        self._fit_values()

    def _fit_values(self) -> None:
        """Where all values are one, as at the first validation, pyqtgraph would show as much around it as of any other
        number: a MAD of 0.01 in the midst of negative ones."""
        values = [line.curve.values[np.isfinite(line.curve.values)] for line in self._lines]
        lowest = min((float(each.min()) for each in values if each.size), default=0.0)
        highest = max((float(each.max()) for each in values if each.size), default=0.0)
        if 0 < lowest == highest:
            value = lowest * self.subject.scale
            logarithmic = self.plot.getPlotItem().ctrl.logYCheck.isChecked()
            low, high = (math.log10(value / 2), math.log10(value * 2)) if logarithmic else (0.0, 2 * value)
            self.plot.setYRange(low, high, padding=0)
        else:
            self.plot.enableAutoRange(y=True)

    def point_at(self, step: float | None) -> None:
        """Mark a step and say what was measured there; None: what was measured last."""
        self._step = step
        self._pointer.setVisible(step is not None)
        if step is not None:
            self._pointer.setPos(step)
        self._write_values()

    def _mark_rollbacks(self) -> None:
        steps = sorted({step for line in self._lines for step in line.rollbacks})
        while len(self._rollbacks) > len(steps):
            self.plot.removeItem(self._rollbacks.pop())
        while len(self._rollbacks) < len(steps):
            self._rollbacks.append(pg.InfiniteLine())
            self.plot.addItem(self._rollbacks[-1], ignoreBounds=True)
        for mark, step in zip(self._rollbacks, steps, strict=True):
            mark.setPos(step)

    def _write_values(self) -> None:
        texts = []
        for line in self._lines[:_VALUES_SHOWN]:
            value = line.curve.value_at(float("inf") if self._step is None else self._step)
            text = "–" if value is None else number(value * self.subject.scale)
            texts.append(f'<span style="color: {curve_colour(line.colour, self._theme.colours)}">{text}</span>')
        self.values.setText("&nbsp;&nbsp;".join(texts))

    @Slot()
    def _dress(self) -> None:
        colours, scale = self._theme.colours, self.devicePixelRatioF()
        self.plot.dress(colours.raised, colours.line, colours.quiet)
        self._pointer.setPen(pen(colours.quiet, scale))
        for mark in self._rollbacks:
            mark.setPen(pen(colours.warning, scale, Qt.PenStyle.DashLine))
        for line, (measured, smooth) in zip(self._lines, self._drawn, strict=True):
            colour = QColor(curve_colour(line.colour, colours))
            dash = DASHES[line.dash % len(DASHES)]
            smooth.setPen(pen(colour, (1.5 if line.curve.is_calm else 1.0) * scale, dash))
            smooth.setSymbolPen(None)
            smooth.setSymbolBrush(colour)
            measured.setPen(pen(_mixed(colour, QColor(colours.raised), _FAINT), scale))
            for item in (measured, smooth):
                item.curve.setSegmentedLineMode("off" if line.curve.is_short else "on")
        self._write_values()


class _Plot(pg.PlotWidget):
    """Moves along the steps only, and leaves the wheel to the page unless Ctrl is held."""

    pointed = Signal(object)
    steps_chosen = Signal(float, float)
    all_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(axisItems={"left": _ValueAxis("left")})
        self.setFixedHeight(_PLOT_HEIGHT_PX)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything in it
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=True, y=False)
        self.enableAutoRange(x=False, y=True)
        self.setAutoVisible(y=True)
        # A pixel gets the lowest and the highest of its values: long lines are slow to draw.
        self.setDownsampling(auto=True, mode="peak")
        self.setClipToView(True)
        self.setLabel("bottom", "Step")
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0)
        self.getAxis("left").setWidth(_AXIS_WIDTH_PX)
        self.getAxis("bottom").setHeight(_AXIS_HEIGHT_PX)
        self.showGrid(y=True, alpha=1.0)
        self.scene().sigMouseMoved.connect(self._point)
        self.getViewBox().sigRangeChangedManually.connect(self._choose)

    def add_curve(self) -> pg.PlotDataItem:
        """An empty curve that stays quick with tens of thousands of points."""
        item = pg.PlotDataItem(connect="finite", symbol=None, symbolSize=5, autoDownsampleFactor=0.5)
        # What moves over a curve, such as the pointer's line, must not have it drawn again.
        item.curve.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.addItem(item)
        return item

    def dress(self, ground: str, line: str, text: str) -> None:
        self.setBackground(ground)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pen(line, 1))
            axis.setTextPen(text)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.all_wanted.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    @Slot(object)
    def _point(self, place: QPointF) -> None:
        box = self.getViewBox()
        inside = box.sceneBoundingRect().contains(place)
        self.pointed.emit(box.mapSceneToView(place).x() if inside else None)

    @Slot(object)
    def _choose(self, _axes: object) -> None:
        (first, last), _ = self.viewRange()
        self.steps_chosen.emit(first, last)


class _ValueAxis(pg.AxisItem):
    """On a logarithmic scale: as many round numbers as there is room for, written as on a plain one."""

    def logTickValues(self, low: float, high: float, size_px: float, _plain: object) -> list[tuple[None, list[float]]]:
        """Logarithms of the numbers to write."""
        decades = range(math.floor(low), math.ceil(high) + 1)
        for mantissas in _MANTISSAS:
            ticks = [decade + math.log10(mantissa) for decade in decades for mantissa in mantissas]
            shown = [tick for tick in ticks if low <= tick <= high]
            if len(shown) * _TICK_ROOM_PX <= size_px:
                return [(None, shown)]
        return [(None, [float(decade) for decade in decades if low <= decade <= high])]

    def logTickStrings(self, values: list[float], _scale: float, _spacing: object) -> list[str]:
        return [f"{10**value:.3g}" for value in values]


def pen(colour: QColor | str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """`width` in device pixels, however the curve is stretched."""
    made = pg.mkPen(colour, width=width, style=style)
    made.setCosmetic(True)
    return made


def _mixed(colour: QColor, ground: QColor, part: float) -> QColor:
    """A colour thinned by its ground: a transparent one would be slower to draw."""
    channels = zip(colour.getRgbF()[:3], ground.getRgbF()[:3], strict=True)
    return QColor.fromRgbF(*(part * of_colour + (1 - part) * of_ground for of_colour, of_ground in channels))
