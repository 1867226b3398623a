"""The data sets of a training in a table: what they are, how many photos, how large."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from core.training.doctor import SetSummary

COLUMNS = ("Data set", "Used for", "Layout", "Photos", "Smallest", "Median", "Largest")
_LINE_PX = 30


class SetsTable(QTableWidget):
    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setProperty("plain", True)
        self.setAccessibleName("Data sets")
        self.setHorizontalHeaderLabels(COLUMNS)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_LINE_PX)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)

    def show_sets(self, sets: Sequence[SetSummary]) -> None:
        self.setRowCount(len(sets))
        for row, chosen in enumerate(sets):
            sizes = (chosen.smallest, chosen.median, chosen.largest)
            texts = (
                chosen.name,
                chosen.role,
                chosen.layout,
                f"{chosen.pairs:,}",
                *(f"{width} × {height}" if width else "–" for width, height in sizes),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.setItem(row, column, item)
        # All of it is seen: the page scrolls, not the table.
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + len(sets) * _LINE_PX + 8)
