"""The table of all runs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from matting_studio.app.training.runs import RunSummary
from matting_studio.qt.room import for_font
from matting_studio.qt.rows import choose_by_row
from matting_studio.qt.training.runs_model import Column, Index, RunsModel

ROW_HEIGHT_PX = 36
_WIDTHS_PX = {Column.STATE: 144, Column.BEST: 104, Column.STEPS: 88, Column.TIME: 96, Column.STARTED: 152}
_LEAST_PX = {Column.NOTES: 1000, Column.TIME: 800}
"""A narrower table leaves these columns out."""


class RunsTable(QTableView):
    chosen = Signal()
    """Other runs are selected than before."""
    opened = Signal(object)
    """The Path of a run's folder, by Enter or a double click."""
    delete_wanted = Signal()

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self._runs = model
        choose_by_row(self, ROW_HEIGHT_PX)
        self.setProperty("figures", True)
        self.setAccessibleName("Training runs")
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setWordWrap(False)
        self.setItemDelegateForColumn(Column.RUN, _Names(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(64)
        for column, width_px in _WIDTHS_PX.items():
            self.setColumnWidth(column, for_font(width_px))
        for column in (Column.RUN, Column.NOTES):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.STARTED, Qt.SortOrder.DescendingOrder)
        self.selectionModel().selectionChanged.connect(self.chosen)
        self.doubleClicked.connect(self._open)

    def selected(self) -> tuple[RunSummary, ...]:
        """The selected runs, from top to bottom."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._runs.run(place) for place in places)

    def select(self, folders: Sequence[Path]) -> None:
        """Select these runs and no others."""
        model, flags = self.selectionModel(), QItemSelectionModel.SelectionFlag
        model.clearSelection()
        for folder in folders:
            place = self._runs.place(folder)
            if place is not None:
                model.setCurrentIndex(self._runs.index(place, 0), flags.Select | flags.Rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Names come first: the details have the rest.
        for column, least_px in _LEAST_PX.items():
            self.setColumnHidden(column, self.width() < least_px)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _open(self, index: Index) -> None:
        self.opened.emit(self._runs.run(index.row()).folder)


class _Names(QStyledItemDelegate):
    """Long names of runs differ at both ends."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle
