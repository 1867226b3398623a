"""Find a command by a few of its letters, and run it with Return."""

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from matting_studio.qt.action_table import Spec
from matting_studio.qt.actions import Actions, key_text
from matting_studio.qt.fuzzy import score
from matting_studio.qt.theme import Theme

WIDTH_PX, HEAD_PX, ROW_PX, ROWS_SHOWN = 560, 72, 32, 10
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS_SHOWN, Qt.Key.Key_PageUp: -ROWS_SHOWN}
_CLOSING = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)

_Index = QModelIndex | QPersistentModelIndex


class CommandPalette(QFrame):
    """Lies over its parent, in the upper middle; hidden until `open`."""

    def __init__(self, parent: QWidget, actions: Actions, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("command_palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.found = _Found(self, actions)
        self.line = QLineEdit()
        self.line.setPlaceholderText("Type a command, such as “export” or “alpha”")
        self.line.setAccessibleName("Command")
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.list = QListView()
        self.list.setModel(self.found)
        self.list.setItemDelegate(_Row(self, theme))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Commands found")
        self._focus_before: QWidget | None = None
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._run)
        self.nothing = QLabel("Nothing found", alignment=Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("quiet", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self.nothing, 1)
        self.hide()

    def open(self) -> None:
        """Show all commands that can be run now, and take the keyboard."""
        focused = QApplication.focusWidget()
        if focused is not self.line:
            self._focus_before = focused
        self.line.clear()
        self._search("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def close_palette(self) -> None:
        if self.isVisible():
            self.hide()
            if self._focus_before is not None and isValid(self._focus_before):
                self._focus_before.setFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys that move in the list, run and close; as they are pressed, before they are shortcuts of the window."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            handled = key in (*_STEPS, *_CLOSING, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.type() == QEvent.Type.ShortcutOverride and handled:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and handled:
                self._press(key)
                return True
        return False

    def _press(self, key: Qt.Key) -> None:
        if key in _STEPS:
            row = min(max(self.list.currentIndex().row() + _STEPS[key], 0), self.found.rowCount() - 1)
            self.list.setCurrentIndex(self.found.index(row))
        elif key in _CLOSING:
            self.close_palette()
        else:
            self._run(self.list.currentIndex())

    def _search(self, typed: str) -> None:
        self.found.search(typed)
        self.list.setCurrentIndex(self.found.index(0))
        self.list.setVisible(self.found.rowCount() > 0)
        self.nothing.setVisible(self.found.rowCount() == 0)
        self._place()

    def _place(self) -> None:
        """As high as what was found, in the upper middle."""
        room = self.parentWidget().size()
        rows = min(max(self.found.rowCount(), 1), ROWS_SHOWN)
        width, height = min(WIDTH_PX, room.width() - 32), min(HEAD_PX + rows * ROW_PX, room.height() - 96)
        self.setGeometry((room.width() - width) // 2, 64, width, height)

    def _run(self, index: QModelIndex) -> None:
        if index.isValid():
            action = self.found.action(index)
            self.close_palette()
            action.trigger()


class _Found(QAbstractListModel):
    """The commands that fit what was typed, the best first."""

    def __init__(self, parent: QObject, actions: Actions) -> None:
        super().__init__(parent)
        self._actions = actions
        self._rows: list[tuple[Spec, QAction]] = []

    def search(self, typed: str) -> None:
        ranked = [
            (found, spec, action)
            for spec, action in self._actions
            if action.isEnabled() and (found := score(typed, f"{spec.text} {spec.menu}")) is not None
        ]
        if typed.strip():
            ranked.sort(key=lambda row: -row[0])
        self.beginResetModel()
        self._rows = [(spec, action) for _, spec, action in ranked]
        self.endResetModel()

    def action(self, index: _Index) -> QAction:
        return self._rows[index.row()][1]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        spec, action = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return spec.text.rstrip("…")
        if role == Qt.ItemDataRole.UserRole:
            return spec.menu, key_text(spec.keys[0]) if spec.keys else ""
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return ", ".join([spec.menu, *map(key_text, spec.keys[:1])])
        if role == Qt.ItemDataRole.DecorationRole:
            return action.icon()
        return None


class _Row(QStyledItemDelegate):
    def __init__(self, parent: QObject, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = self._theme.colours
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        menu, keys = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(option.rect, 6, 6)
        line = option.rect.adjusted(8, 0, -12, 0)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, QRect(line.left(), line.center().y() - 9, 20, 20))
        painter.setPen(QColor(colours.on_accent if selected else colours.text))
        painter.drawText(line.adjusted(32, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data())
        painter.setPen(QColor(colours.on_accent if selected else colours.quiet))
        beside = f"{menu}    {keys}" if keys else menu
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, beside)
        painter.restore()
