"""What two models make of each photo, in figures."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from core.training.datasets import Pair
from matting_studio.qt.room import for_font
from matting_studio.qt.rows import choose_by_row
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.comparing import Compared
from matting_studio.qt.training.run_words import mad

_TITLES = ("Photo", "MAD before", "MAD after", "Change")
_WIDTH_PX, _ROW_HEIGHT_PX = 128, 32
_VALUE = Qt.ItemDataRole.UserRole
_SAME = 0.005
"""A change that is not worth a colour."""


class ComparisonTable(QTableWidget):
    """A row per photo; at first what has changed most stands above."""

    chosen = Signal(object)
    """The Pair of a photo that somebody looks at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, len(_TITLES))
        self._theme = theme
        self._pairs: tuple[Pair, ...] = ()
        choose_by_row(self, _ROW_HEIGHT_PX)
        self.setProperty("figures", True)
        self.setAccessibleName("Both models, photo by photo")
        self.setHorizontalHeaderLabels(_TITLES)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(3, Qt.SortOrder.AscendingOrder)
        for column in range(1, len(_TITLES)):
            self.setColumnWidth(column, for_font(_WIDTH_PX))
            self.horizontalHeaderItem(column).setTextAlignment(_RIGHT)
        self.horizontalHeaderItem(0).setTextAlignment(_LEFT)
        self.currentItemChanged.connect(self._announce)
        theme.changed.connect(self._colour)

    def show_compared(self, compared: Compared | None) -> None:
        """Show these figures; None: nothing."""
        self.setSortingEnabled(False)
        self._pairs = compared.pairs if compared else ()
        rows = compared.comparison.rows if compared else ()
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            before, after = row.mads
            change = after / before - 1 if before else 0.0
            name = QTableWidgetItem(row.photo.name)
            name.setData(_VALUE, place)
            name.setToolTip(str(row.photo))
            self.setItem(place, 0, name)
            for column, (value, text) in enumerate(
                ((before, mad(before)), (after, mad(after)), (change, f"{change:+.0%}")), 1
            ):
                self.setItem(place, column, _Number(value, text))
        self._colour()
        self.setSortingEnabled(True)
        if rows:
            self.setCurrentCell(0, 0)

    @Slot()
    def _colour(self) -> None:
        colours = self._theme.colours
        for place in range(self.rowCount()):
            for column in (1, 2):
                self.item(place, column).setForeground(QColor(colours.quiet))
            change = self.item(place, 3)
            value = change.data(_VALUE)
            name = colours.text if abs(value) < _SAME else colours.good if value < 0 else colours.danger
            change.setForeground(QColor(name))

    def _announce(self) -> None:
        if self.currentRow() >= 0 and self._pairs:
            self.chosen.emit(self._pairs[self.item(self.currentRow(), 0).data(_VALUE)])


class _Number(QTableWidgetItem):
    """Sorted by its value, not its text."""

    def __init__(self, value: float, text: str) -> None:
        super().__init__(text)
        self.setData(_VALUE, value)
        self.setTextAlignment(_RIGHT)

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return float(self.data(_VALUE)) < float(other.data(_VALUE))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
