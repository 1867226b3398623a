"""The runs as the rows of a table."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QIcon

from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.icons import pixmap, steady_icon
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.run_words import STATE_ICONS, STATE_TEXTS, day_and_time, duration, mad

Index = QModelIndex | QPersistentModelIndex

_ICON_PX = 18


class Column(IntEnum):
    RUN = 0
    STATE = 1
    BEST = 2
    STEPS = 3
    TIME = 4
    STARTED = 5
    NOTES = 6


TITLES = ("Run", "State", "Best MAD", "Steps", "Trained", "Started", "Notes")
TIPS = {
    Column.BEST: "Mean absolute difference from the true alphas of all validation sets; the best model's",
    Column.TIME: "Time spent on training, pauses left out",
}  # fmt: skip


class RunsModel(QAbstractTableModel):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: list[RunSummary] = []
        self._sorting = Column.STARTED, Qt.SortOrder.DescendingOrder
        self._in_use: Path | None = None
        self.scale = 1.0
        """Of the screen."""
        theme.changed.connect(self._refresh)

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """As they are sorted."""
        return tuple(self._runs)

    def run(self, place: int) -> RunSummary:
        return self._runs[place]

    def place(self, folder: Path) -> int | None:
        """Where the row of a run is; None where there is none."""
        return next((place for place, run in enumerate(self._runs) if run.folder == folder), None)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these; what is the same run as before keeps its row, and what is selected stays so."""
        if [run.folder for run in self._sorted(runs)] == [run.folder for run in self._runs]:
            self._runs = self._sorted(runs)
            self._refresh()
            return
        self.layoutAboutToBeChanged.emit()
        before = {index: self._runs[index.row()].folder for index in self.persistentIndexList()}
        self._runs = self._sorted(runs)
        places = {run.folder: place for place, run in enumerate(self._runs)}
        for old, folder in before.items():
            place = places.get(folder)
            self.changePersistentIndex(old, QModelIndex() if place is None else self.index(place, old.column()))
        self.layoutChanged.emit()

    def show_in_use(self, folder: Path | None) -> None:
        """The run whose model the studio uses."""
        self._in_use = folder
        self._refresh()

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return TITLES[section]
            case Qt.ItemDataRole.ToolTipRole:
                return TIPS.get(Column(section))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(Column(section))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self._runs[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _TEXTS[column](run)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(run, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(run, column)
            case Qt.ItemDataRole.ForegroundRole if column not in (Column.RUN, Column.STATE, Column.BEST):
                return QColor(self._theme.colours.quiet)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorting = Column(column), order
        self.set_runs(tuple(self._runs))

    def _sorted(self, runs: Sequence[RunSummary]) -> list[RunSummary]:
        column, order = self._sorting
        return sorted(runs, key=_KEYS[column], reverse=order is Qt.SortOrder.DescendingOrder)

    def _tip(self, run: RunSummary, column: Column) -> str | None:
        match column:
            case Column.RUN:
                return f"{run.folder}\nThe studio uses its model." if run.folder == self._in_use else str(run.folder)
            case Column.STEPS:
                return f"Step {run.step:,} of {run.total_steps:,}"
            case Column.NOTES:
                return "\n\n".join(filter(None, (run.reason, run.notes))) or None
        return None

    def _icon(self, run: RunSummary, column: Column) -> QIcon | None:
        if column is Column.STATE:
            name, role = STATE_ICONS[run.state]
        elif column is Column.RUN and run.folder == self._in_use:
            name, role = "model", "accent_text"
        else:
            return None
        return steady_icon(pixmap(name, getattr(self._theme.colours, role), _ICON_PX, self.scale))

    @Slot()
    def _refresh(self) -> None:
        if self._runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._runs) - 1, len(Column) - 1))


def _state(run: RunSummary) -> str:
    if run.state is RunState.RUNNING and run.total_steps:
        return f"{STATE_TEXTS[run.state]}, {min(1, run.step / run.total_steps):.0%}"
    return STATE_TEXTS[run.state]


_TEXTS: dict[Column, Callable[[RunSummary], str]] = {
    Column.RUN: lambda run: run.name,
    Column.STATE: _state,
    Column.BEST: lambda run: mad(run.best_mad),
    Column.STEPS: lambda run: f"{run.step:,}",
    Column.TIME: lambda run: duration(run.seconds) if run.seconds else "",
    Column.STARTED: lambda run: day_and_time(run.started),
    Column.NOTES: lambda run: " ".join((run.reason or run.notes or "").split()),
}
_ORDER = {state: place for place, state in enumerate(RunState)}
_KEYS: dict[Column, Callable[[RunSummary], Any]] = {
    Column.RUN: lambda run: run.name.casefold(),
    Column.STATE: lambda run: _ORDER[run.state],
    Column.BEST: lambda run: float("inf") if run.best_mad is None else run.best_mad,
    Column.STEPS: lambda run: run.step,
    Column.TIME: lambda run: run.seconds,
    Column.STARTED: lambda run: float("inf") if run.started is None else run.started,
    Column.NOTES: lambda run: (run.notes or "").casefold(),
}


def _alignment(column: Column) -> Qt.AlignmentFlag:
    is_number = column in (Column.BEST, Column.STEPS, Column.TIME)
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
