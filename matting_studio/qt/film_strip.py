"""The photos that are open, side by side, and how far each one is."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QImage,
    QPainter,
    QPen,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from matting_studio.app.document import Document
from matting_studio.app.session import Status
from matting_studio.qt.icons import pixmap
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme

CELL_PX = QSize(120, 104)
PICTURE_PX = QSize(104, 68)
LEAST_PX = QSize(6, 6)
"""A panorama of a thousand to one is drawn as a bar."""
DOCUMENT, THUMBNAIL, STATUS, MODIFIED = (Qt.ItemDataRole.UserRole + offset for offset in range(1, 5))
STATUS_ICONS = {
    Status.WAITING: ("waiting", "quiet", "Waiting for its turn"),
    Status.READING: ("reading", "accent_text", "Being read"),
    Status.MATTING: ("matting", "accent_text", "Being matted"),
    Status.READY: ("ready", "good", "Ready"),
    Status.STOPPED: ("cancel", "quiet", "Cancelled"),
    Status.FAILED: ("failed", "danger", "Failed"),
}


class FilmStrip(QListView):
    chosen = Signal(object)
    """A Document."""

    def __init__(self, studio: Studio, theme: Theme) -> None:
        super().__init__()
        self._studio = studio
        self.setObjectName("film_strip")
        self.setAccessibleName("Open photos")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setFixedHeight(CELL_PX.height() + 24)
        self.setUniformItemSizes(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setModel(QStandardItemModel(self))
        self.setItemDelegate(_Cell(self, theme))
        self.selectionModel().currentChanged.connect(self._announce)
        studio.documents_changed.connect(self.refill)
        studio.document_changed.connect(self.refresh)
        studio.current_changed.connect(self.show_current)
        theme.changed.connect(self.viewport().update)

    def refill(self) -> None:
        """Show the documents that are open now; those that stay keep their cells."""
        model = self._items
        documents = self._studio.documents
        with QSignalBlocker(self):
            for row in reversed(range(model.rowCount())):
                if not any(model.item(row).data(DOCUMENT) is document for document in documents):
                    model.removeRow(row)
            for row, document in enumerate(documents):
                if self._row(document) is None:
                    item = QStandardItem()
                    item.setData(document, DOCUMENT)
                    item.setEditable(False)
                    model.insertRow(row, item)
                    self.refresh(document)
        self.show_current(self._studio.current)

    def refresh(self, document: Document) -> None:
        row = self._row(document)
        if row is None:
            return
        item = self._items.item(row)
        status = self._studio.status(document)
        item.setText(document.name)
        item.setData(status, STATUS)
        item.setData(document.modified, MODIFIED)
        failure = self._studio.failure(document)
        item.setToolTip(f"{document.path or document.name}\n{failure or STATUS_ICONS[status][2]}")
        thumbnail = self._studio.thumbnail(document)
        if thumbnail is not None:
            height, width, _ = thumbnail.shape
            image = QImage(thumbnail.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
            item.setData(QPixmap.fromImage(image), THUMBNAIL)

    def show_current(self, document: Document | None) -> None:
        row = self._row(document)
        if row is not None:
            index = self._items.index(row, 0)
            # What the studio says is no choice of a person's: it is not announced.
            with QSignalBlocker(self):
                self.setCurrentIndex(index)
            self.scrollTo(index)

    @property
    def _items(self) -> QStandardItemModel:
        return self.model()

    def _row(self, document: Document | None) -> int | None:
        rows = range(self._items.rowCount())
        return next((row for row in rows if self._items.item(row).data(DOCUMENT) is document), None)

    def _announce(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(DOCUMENT))


class _Cell(QStyledItemDelegate):
    def __init__(self, parent: FilmStrip, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return CELL_PX

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = self._theme.colours
        cell = option.rect.adjusted(2, 2, -2, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if selected or hovered:
            painter.setPen(QPen(QColor(colours.accent_text), 2) if selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover if hovered else colours.raised))
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 8, 8)
        frame = QRect(QPoint(cell.left() + (cell.width() - PICTURE_PX.width()) // 2, cell.top() + 7), PICTURE_PX)
        thumbnail: QPixmap | None = index.data(THUMBNAIL)
        if thumbnail:
            size = thumbnail.size().scaled(PICTURE_PX, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(LEAST_PX)
            frame = QRect(frame.center() - QPoint(size.width() // 2, size.height() // 2), size)
            painter.drawPixmap(frame, thumbnail)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(frame, 4, 4)
        self._paint_name(painter, cell, index)
        painter.restore()

    def _paint_name(self, painter: QPainter, cell: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        colours = self._theme.colours
        line = QRect(cell.left() + 6, cell.bottom() - 23, cell.width() - 12, 18)
        name, role, _ = STATUS_ICONS[index.data(STATUS) or Status.WAITING]
        scale = painter.device().devicePixelRatioF()
        QIcon(pixmap(name, getattr(colours, role), 14, scale)).paint(
            painter, QRect(line.left(), line.top() + 2, 14, 14)
        )
        line.setLeft(line.left() + 18)
        if index.data(MODIFIED):
            dot = pixmap("modified", colours.warning, 12, scale)
            painter.drawPixmap(line.right() - 11, line.top() + 3, dot)
            line.setRight(line.right() - 13)
        painter.setPen(QColor(colours.text))
        text = QFontMetrics(painter.font()).elidedText(index.data(), Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
