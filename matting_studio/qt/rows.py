"""Tables whose rows are things to choose: photos of a batch, runs, compared photos."""

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from matting_studio.qt.room import for_font

HEADER_HEIGHT_PX = 32


def choose_by_row(table: QTableView, row_height_px: int) -> None:
    """Make a table one of whole rows, without a grid, which Tab leaves and the sheet of styles knows."""
    table.setProperty("rows", True)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(row_height_px)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setFixedHeight(for_font(HEADER_HEIGHT_PX))
