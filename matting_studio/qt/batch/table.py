"""The table of a batch: a row per photo, drawn as it is looked at."""

from PySide6.QtCore import QItemSelectionModel, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from matting_studio.app.batch import Row, RowState
from matting_studio.qt.batch.model import PICTURE, ROW, BatchModel, Column, Index
from matting_studio.qt.batch.thumbnails import SIDE_PX
from matting_studio.qt.checkerboard import draw_checkerboard
from matting_studio.qt.icons import pixmap
from matting_studio.qt.room import for_font
from matting_studio.qt.rows import choose_by_row
from matting_studio.qt.theme import Colours, Theme

ROW_HEIGHT_PX = SIDE_PX + 8
WIDTHS_PX = {Column.STATE: 128, Column.TIME: 72, Column.DOUBT: 88}
STATE_ICONS = {
    RowState.WAITING: ("waiting", "quiet"),
    RowState.READING: ("reading", "accent_text"),
    RowState.MATTING: ("matting", "accent_text"),
    RowState.WRITING: ("save", "accent_text"),
    RowState.DONE: ("ready", "good"),
    RowState.SKIPPED: ("skipped", "quiet"),
    RowState.FAILED: ("failed", "danger"),
}
_CELL_PX = 7
"""Of the checkerboard."""


class BatchTable(QTableView):
    chosen = Signal(object)
    """The Row that somebody looks at."""
    opened = Signal(object)
    """A Row by Enter or a double click."""

    def __init__(self, model: BatchModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        choose_by_row(self, ROW_HEIGHT_PX)
        self.setAccessibleName("Photos of the batch")
        self.setModel(model)
        self.setItemDelegate(_Cell(self, theme))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setWordWrap(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(56)
        for column, width_px in WIDTHS_PX.items():
            self.setColumnWidth(column, for_font(width_px))
        for column in (Column.PHOTO, Column.NOTES):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.PHOTO, Qt.SortOrder.AscendingOrder)
        self.selectionModel().currentRowChanged.connect(self._announce)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def select(self, name: str | None) -> bool:
        """Select the row of a photo; False if there is none."""
        place = self._rows.place(name) if name is not None else None
        if place is None:
            return False
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self._rows.index(place, 0), flags)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _announce(self, index: Index) -> None:
        if index.isValid():
            self.chosen.emit(self._rows.row(index.row()))

    def _open(self, index: Index) -> None:
        self.opened.emit(self._rows.row(index.row()))


class _Cell(QStyledItemDelegate):
    def __init__(self, parent: BatchTable, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons: dict[tuple[str, str, float], QPixmap] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(SIDE_PX, ROW_HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self._paint_ground(painter, option, index)
        colours, room = self._theme.colours, option.rect.adjusted(8, 4, -8, -4)
        row: Row = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(colours.text))
        match Column(index.column()):
            case Column.PHOTO:
                self._paint_picture(painter, QRect(room.left(), room.top(), SIDE_PX, SIDE_PX), index.data(PICTURE))
                painter.setPen(QColor(colours.text))
                self._write(painter, room.adjusted(SIDE_PX + 10, 0, 0, 0), row.name, middle=True)
            case Column.STATE:
                self._paint_state(painter, room, row, index.data())
            case Column.DOUBT:
                self._paint_doubt(painter, room, row, index.data())
            case Column.NOTES:
                colour = colours.quiet
                if row.state is RowState.FAILED:
                    # Red on the ground of what is chosen would be hard to read; the state beside it is red as well.
                    colour = colours.text if option.state & QStyle.StateFlag.State_Selected else colours.danger
                painter.setPen(QColor(colour))
                self._write_lines(painter, room, index.data())
            case Column.TIME:
                painter.setPen(QColor(colours.quiet))
                self._write(painter, room, index.data())
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self._theme.colours
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.hover))
            if index.column() == 0:
                focused = QApplication.focusWidget() is self.parent()
                bar = option.rect.adjusted(0, 0, 3 - option.rect.width(), 0)
                painter.fillRect(bar, QColor(colours.accent_text if focused else colours.disabled))
        line = QColor(colours.line)
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), line)

    def _paint_picture(self, painter: QPainter, frame: QRect, picture: QPixmap | None) -> None:
        colours = self._theme.colours
        if picture is None or picture.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(frame, 4, 4)
            if picture is not None:
                self._paint_icon(painter, frame.center().x() - 9, frame.center().y() - 9, "original", "disabled")
            return
        size = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        size = size.boundedTo(picture.size()) if picture.width() < frame.width() > picture.height() else size
        place = QRect(frame.left() + (frame.width() - size.width()) // 2,
                      frame.top() + (frame.height() - size.height()) // 2, size.width(), size.height())  # fmt: skip
        if picture.hasAlphaChannel():
            draw_checkerboard(painter, place, place.topLeft(), _CELL_PX, colours.dark)
        painter.drawPixmap(place, picture)

    def _paint_state(self, painter: QPainter, room: QRect, row: Row, text: str) -> None:
        name, role = STATE_ICONS[row.state]
        self._paint_icon(painter, room.left(), room.center().y() - 8, name, role)
        self._write(painter, room.adjusted(26, 0, 0, 0), text)

    def _paint_doubt(self, painter: QPainter, room: QRect, row: Row, text: str) -> None:
        if row.doubt is None:
            return
        colours = self._theme.colours
        self._write(painter, room.adjusted(0, 0, 0, -10), text)
        bar = QRectF(room.left(), room.center().y() + 9, min(64, room.width()), 4)
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(bar, 2, 2)
        bar.setWidth(max(4.0, bar.width() * row.doubt))
        painter.setBrush(QColor(_doubt_colour(row.doubt, colours)))
        painter.drawRoundedRect(bar, 2, 2)

    def _paint_icon(self, painter: QPainter, x: int, y: int, name: str, role: str) -> None:
        scale = painter.device().devicePixelRatioF()
        colour = getattr(self._theme.colours, role)
        key = name, colour, scale
        if key not in self._icons:
            self._icons[key] = pixmap(name, colour, 18, scale)
        QIcon(self._icons[key]).paint(painter, QRect(x, y, 18, 18))

    def _write(self, painter: QPainter, room: QRect, text: str, *, middle: bool = False) -> None:
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(text, mode, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _write_lines(self, painter: QPainter, room: QRect, text: str) -> None:
        """As many lines as fit; the tooltip has the rest."""
        lines = _broken(text, room.width(), max(1, room.height() // painter.fontMetrics().lineSpacing()), painter)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "\n".join(lines))


def _doubt_colour(doubt: float, colours: Colours) -> str:
    return colours.good if doubt < 0.25 else colours.warning if doubt < 0.6 else colours.danger


def _broken(text: str, width_px: int, most: int, painter: QPainter) -> list[str]:
    """A text in lines of a width; what does not fit into the last of them ends with dots."""
    metrics = painter.fontMetrics()
    lines: list[str] = []
    words = text.split()
    while words:
        line = words.pop(0)
        if len(lines) + 1 == most:
            lines.append(metrics.elidedText(" ".join((line, *words)), Qt.TextElideMode.ElideRight, width_px))
            break
        while words and metrics.horizontalAdvance(f"{line} {words[0]}") <= width_px:
            line = f"{line} {words.pop(0)}"
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, width_px))
    return lines
