"""The photos that are open, side by side, and how far each one is."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from matting_studio.app.document import Document
from matting_studio.app.session import Status
from matting_studio.qt.icons import pixmap
from matting_studio.qt.room import for_font
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme

CELL_PX = QSize(120, 86)
"""Without the name."""
NAME_HEIGHT_PX = 18
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

_Index = QModelIndex | QPersistentModelIndex


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
        self.setFixedHeight(cell_size().height() + 24)
        self.setUniformItemSizes(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        # A click chooses a photo and leaves the keys with the picture; who comes by Tab goes on with the arrows.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._photos = _Photos(self, self._describe)
        self.setModel(self._photos)
        self.setItemDelegate(_Cell(self, theme))
        self.selectionModel().currentChanged.connect(self._announce)
        studio.documents_changed.connect(self.refill)
        studio.document_changed.connect(self.refresh)
        studio.current_changed.connect(self.show_current)
        theme.changed.connect(self.viewport().update)

    def refill(self) -> None:
        """Show the documents that are open now; those that stay keep their cells."""
        with QSignalBlocker(self):
            self._photos.hold(self._studio.documents)
        self.show_current(self._studio.current)

    def refresh(self, document: Document) -> None:
        self._photos.refresh(document)

    def show_current(self, document: Document | None) -> None:
        index = self._photos.index_of(document)
        if index.isValid():
            # What the studio says is no choice of a person's: it is not announced.
            with QSignalBlocker(self):
                self.setCurrentIndex(index)
            self.scrollTo(index)

    def _describe(self, document: Document) -> dict[int, object]:
        """What the cell of a document shows now, by role."""
        status = self._studio.status(document)
        failure = self._studio.failure(document)
        thumbnail = self._studio.thumbnail(document)
        picture: QPixmap | None = None
        if thumbnail is not None:
            height, width, _ = thumbnail.shape
            image = QImage(thumbnail.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
            picture = QPixmap.fromImage(image)
        said = [document.name, STATUS_ICONS[status][2], *(["with changes"] if document.modified else [])]
        return {
            Qt.ItemDataRole.DisplayRole: document.name,
            Qt.ItemDataRole.ToolTipRole: f"{document.path or document.name}\n{failure or STATUS_ICONS[status][2]}",
            Qt.ItemDataRole.AccessibleTextRole: ", ".join(said),
            DOCUMENT: document,
            THUMBNAIL: picture,
            STATUS: status,
            MODIFIED: document.modified,
        }

    def _announce(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(DOCUMENT))


class _Photos(QAbstractListModel):
    """The documents and what their cells show. Photos are opened by the thousand: all of them come in at once, with
    what they show, and whatever is done with one of them looks at no other."""

    def __init__(self, parent: QObject, describe: Callable[[Document], dict[int, object]]) -> None:
        super().__init__(parent)
        self._describe = describe
        self._documents: list[Document] = []
        self._rows: dict[Document, int] = {}
        self._cells: dict[Document, dict[int, object]] = {}

    def hold(self, documents: Sequence[Document]) -> None:
        """Hold these from now on; new ones come after all others, as they do in the session."""
        staying = set(documents)
        for row in reversed(range(len(self._documents))):
            if self._documents[row] not in staying:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._cells[self._documents.pop(row)]
                self.endRemoveRows()
        new = [document for document in documents if document not in self._cells]
        if new:
            self._cells.update((document, self._describe(document)) for document in new)
            self.beginInsertRows(QModelIndex(), len(self._documents), len(self._documents) + len(new) - 1)
            self._documents += new
            self.endInsertRows()
        self._rows = {document: row for row, document in enumerate(self._documents)}

    def refresh(self, document: Document) -> None:
        index = self.index_of(document)
        if index.isValid():
            self._cells[document] = self._describe(document)
            self.dataChanged.emit(index, index)

    def index_of(self, document: Document | None) -> QModelIndex:
        """An invalid one where the document is not held."""
        row = None if document is None else self._rows.get(document)
        return QModelIndex() if row is None else self.index(row)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._documents)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._cells[self._documents[index.row()]].get(role)


def cell_size() -> QSize:
    return QSize(for_font(CELL_PX.width()), CELL_PX.height() + for_font(NAME_HEIGHT_PX))


class _Cell(QStyledItemDelegate):
    def __init__(self, parent: FilmStrip, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return cell_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
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
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.text), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(3.5, 3.5, -3.5, -3.5), 6, 6)
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

    def _paint_name(self, painter: QPainter, cell: QRect, index: _Index) -> None:
        colours = self._theme.colours
        height = for_font(NAME_HEIGHT_PX)
        line = QRect(cell.left() + 6, cell.bottom() - 5 - height, cell.width() - 12, height)
        name, role, _ = STATUS_ICONS[index.data(STATUS) or Status.WAITING]
        scale = painter.device().devicePixelRatioF()
        QIcon(pixmap(name, getattr(colours, role), 14, scale)).paint(
            painter, QRect(line.left(), line.center().y() - 6, 14, 14)
        )
        line.setLeft(line.left() + 18)
        if index.data(MODIFIED):
            dot = pixmap("modified", colours.warning, 12, scale)
            painter.drawPixmap(line.right() - 11, line.center().y() - 5, dot)
            line.setRight(line.right() - 13)
        painter.setPen(QColor(colours.text))
        text = QFontMetrics(painter.font()).elidedText(index.data(), Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
