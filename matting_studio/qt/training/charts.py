"""The charts of a run, and of those that are laid over it.

This module imports pyqtgraph, which takes half a second: it is imported when curves are to be seen for the first time.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from matting_studio.qt.theme import Theme
from matting_studio.qt.training.chart import NARROWEST_PX, Chart, Line
from matting_studio.qt.training.chart_legend import ChartLegend
from matting_studio.qt.training.curves import RunCurves
from matting_studio.qt.training.subjects import Section, Subject, in_order, set_of, subject_of

_MOST_COLUMNS, _GAP_PX, _PICTURE_SCALE = 4, 12, 2
_ROOM_BEHIND = 1.02
"""So that the last point and its number on the axis are whole."""


class Charts(QWidget):
    """One chart for each figure, whatever figures the runs have. All show the same steps."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._charts: dict[Subject, Chart] = {}
        self._headings: list[QLabel] = []
        self._logarithmic = False
        self._last_step = 1.0
        self._steps: tuple[float, float] | None = None
        """What somebody has chosen to see; None for all."""
        self.legend = ChartLegend(theme)
        self._content = QWidget()
        self._content.setObjectName("training_sheet")
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(16, 0, 16, 16)
        self._grid.setSpacing(_GAP_PX)
        self._columns = 1
        self._scroll = QScrollArea()
        self._scroll.setProperty("plain", True)
        self._scroll.setAccessibleName("Charts")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.legend)
        column.addWidget(self._scroll, 1)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """In the order in which they are shown."""
        return tuple(self._charts[subject] for subject in in_order(set(self._charts)))

    def show_runs(self, runs: Sequence[RunCurves], names: Sequence[str]) -> None:
        """Show the curves of these runs, the first one's before the others'; `names` are what people call them."""
        sets = sorted({set_of(name) for run in runs for name in run.curves} - {""})
        lines: dict[Subject, list[Line]] = {}
        for colour, (run, run_name) in enumerate(zip(runs, names, strict=True)):
            for name, curve in run.curves.items():
                subject = subject_of(name)
                if subject is None:
                    continue
                measured = set_of(name)
                label = f"{run_name}, {measured}" if measured else run_name
                dash = sets.index(measured) if measured else 0
                lines.setdefault(subject, []).append(Line(label, colour, dash, curve, run.rollbacks))
        if set(lines) != set(self._charts):
            self._make_charts(set(lines))
        for subject, chart in self._charts.items():
            chart.show_lines(lines[subject])
        self._last_step = max((run.last_step for run in runs), default=1.0)
        self.legend.show_runs(names, sets, went_back=any(run.rollbacks for run in runs))
        self._show_steps()

    def set_logarithmic(self, logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        for chart in self._charts.values():
            chart.set_logarithmic(logarithmic)
        self._show_steps()

    @Slot()
    def show_all_steps(self) -> None:
        self._steps = None
        self._show_steps()

    def picture(self) -> QImage:
        """Legend and all charts, those that are scrolled away too, twice as fine as on a plain screen."""
        legend, content = self.legend.size(), self._content.size()
        image = QImage(
            content.width() * _PICTURE_SCALE, (legend.height() + content.height()) * _PICTURE_SCALE,
            QImage.Format.Format_RGB32,
        )  # fmt: skip
        image.setDevicePixelRatio(_PICTURE_SCALE)
        image.fill(QColor(self._theme.colours.panel))
        painter = QPainter(image)
        self.legend.render(painter, QPoint())
        painter.translate(0, legend.height())
        self._content.render(painter, QPoint())
        painter.end()
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting_columns() != self._columns:
            self._arrange()

    def _make_charts(self, subjects: set[Subject]) -> None:
        for subject in set(self._charts) - subjects:
            gone = self._charts.pop(subject)
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for subject in subjects - set(self._charts):
            chart = Chart(subject, self._theme)
            chart.set_logarithmic(self._logarithmic)
            chart.pointed.connect(self._point)
            chart.steps_chosen.connect(self._choose_steps)
            chart.all_wanted.connect(self.show_all_steps)
            self._charts[subject] = chart
        self._arrange()

    def _arrange(self) -> None:
        for heading in self._headings:
            self._grid.removeWidget(heading)
            heading.hide()  # at once, not when it is deleted
            heading.deleteLater()
        self._headings = []
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._columns = self._fitting_columns()
        row = 0
        for section in Section:
            charts = [chart for chart in self.charts if chart.subject.section is section]
            if not charts:
                continue
            heading = QLabel(section.value)
            heading.setProperty("quiet", True)
            self._headings.append(heading)
            self._grid.addWidget(heading, row, 0, 1, -1)
            for number, chart in enumerate(charts):
                self._grid.addWidget(chart, row + 1 + number // self._columns, number % self._columns)
            row += 1 + -(-len(charts) // self._columns)
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        self._grid.setRowStretch(row, 1)

    def _fitting_columns(self) -> int:
        room = self.width() - 32 + _GAP_PX
        return max(1, min(_MOST_COLUMNS, room // (NARROWEST_PX + _GAP_PX)))

    @Slot(object)
    def _point(self, step: float | None) -> None:
        for chart in self._charts.values():
            chart.point_at(step)
        self.legend.show_step(step)

    @Slot(float, float)
    def _choose_steps(self, first: float, last: float) -> None:
        self._steps = first, last
        self._show_steps()

    def _show_steps(self) -> None:
        for chart in self._charts.values():
            chart.show_steps(*(self._steps or (0.0, self._last_step * _ROOM_BEHIND)))
