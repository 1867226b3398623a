"""The rows of a batch as a model: ten thousand are as quick as ten, as nothing is made for those that are not seen."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from matting_studio.app.batch import Row, RowState
from matting_studio.qt.batch.thumbnails import BatchThumbnails

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    PHOTO = 0
    STATE = 1
    TIME = 2
    DOUBT = 3
    NOTES = 4


TITLES = {
    Column.PHOTO: "Photo",
    Column.STATE: "State",
    Column.TIME: "Time",
    Column.DOUBT: "Doubt",
    Column.NOTES: "Notes",
}
TIPS = {
    Column.TIME: "From reading to the last result",
    Column.DOUBT: "How much a result should be looked at by a person: 0 is fine, 1 is not",
    Column.NOTES: "Why a photo failed, and what is doubtful about a result",
}
STATE_TEXTS = {
    RowState.WAITING: "Waiting",
    RowState.READING: "Reading",
    RowState.MATTING: "Matting",
    RowState.WRITING: "Writing",
    RowState.DONE: "Done",
    RowState.SKIPPED: "Done earlier",
    RowState.FAILED: "Failed",
}
ROW, PICTURE = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2

_ORDER = {state: place for place, state in enumerate(RowState)}


def _doubt(row: Row) -> float:
    """Failures stand before everything, what is not known behind."""
    if row.state is RowState.FAILED:
        return 2.0
    return -1.0 if row.doubt is None else row.doubt


_KEYS: dict[Column, Callable[[Row], Any]] = {
    Column.PHOTO: lambda row: row.name.casefold(),
    Column.STATE: lambda row: _ORDER[row.state],
    Column.TIME: lambda row: -1.0 if row.seconds is None else row.seconds,
    Column.DOUBT: _doubt,
    Column.NOTES: lambda row: notes(row).casefold(),
}


def notes(row: Row) -> str:
    """Why it failed, or what a person should know about the result."""
    if row.reason is not None:
        return row.reason
    doubts = ", ".join(row.doubts)
    return " ".join((f"{doubts[:1].upper()}{doubts[1:]}." if doubts else "", *row.warnings)).strip()


class BatchModel(QAbstractTableModel):
    def __init__(self, thumbnails: BatchThumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._rows: list[Row] = []
        self._places: dict[str, int] = {}
        self._sorting: tuple[Column, Qt.SortOrder] = Column.PHOTO, Qt.SortOrder.AscendingOrder
        thumbnails.changed.connect(self._refresh_pictures)

    @property
    def rows(self) -> tuple[Row, ...]:
        """As they are sorted."""
        return tuple(self._rows)

    def row(self, place: int) -> Row:
        return self._rows[place]

    def place(self, name: str) -> int | None:
        """Where the row of a photo is; None where there is none."""
        return self._places.get(name)

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._thumbnails.forget_all()
        self._rows = list(rows)
        self._arrange()
        self.endResetModel()

    def update(self, rows: Sequence[Row]) -> None:
        """Show what has become of some rows. They stay where they are: a table that jumps cannot be read."""
        places = []
        for row in rows:
            place = self._places[row.name]
            if row.thumbnail is not None and row.state.is_final:
                self._thumbnails.forget(row.name)
            self._rows[place] = row
            places.append(place)
        self._say_changed(places)

    def sort_again(self) -> None:
        """Put the rows into the chosen order as they are now."""
        self.sort(*self._sorting)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own way
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own way
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[Column(section)]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS.get(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(row.photo) if column is Column.PHOTO else notes(row) or None
        if role == ROW:
            return row
        if role == PICTURE:
            return self._thumbnails.picture(row)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorting = Column(column), order
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        names = [self._rows[index.row()].name for index in held]
        self._arrange()
        moved = [self.index(self._places[name], index.column()) for name, index in zip(names, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        column, order = self._sorting
        # By name within equals, whichever way round.
        self._rows.sort(key=_KEYS[Column.PHOTO])
        self._rows.sort(key=_KEYS[column], reverse=order is Qt.SortOrder.DescendingOrder)
        self._places = {row.name: place for place, row in enumerate(self._rows)}

    @Slot(object)
    def _refresh_pictures(self, names: Sequence[str]) -> None:
        self._say_changed([self._places[name] for name in names if name in self._places])

    def _say_changed(self, places: Sequence[int]) -> None:
        if places:
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(Column) - 1))


def _text(row: Row, column: Column) -> str:
    match column:
        case Column.PHOTO:
            return row.name
        case Column.STATE:
            # Where nothing was made, the files of somebody else were in the way.
            return "Kept" if row.state is RowState.SKIPPED and not row.results else STATE_TEXTS[row.state]
        case Column.TIME:
            return "" if row.seconds is None else f"{row.seconds:.1f} s"
        case Column.DOUBT:
            return "" if row.doubt is None else f"{row.doubt:.2f}"
        case Column.NOTES:
            return notes(row)
