"""The toolbar: open, ways to look, brushes, undo, and at the end the cut-out, to be dragged or exported."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from matting_studio.qt.actions import Actions
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.drag_handle import DragHandle
from matting_studio.qt.icons import SIZE_PX, name_icon

TOOLS = ("tool.pan", "tool.foreground", "tool.background", "tool.unknown", "tool.restore")


class Toolbar(QToolBar):
    def __init__(self, actions: Actions, handle: DragHandle) -> None:
        super().__init__("Toolbar")
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(SIZE_PX, SIZE_PX))
        self._modes = [_button(actions, f"mode.{mode}") for mode in CanvasMode]
        self.addAction(actions["open"])
        self.addSeparator()
        self._mode_segments = _segments(self._modes)
        self.addWidget(self._mode_segments)
        self.addSeparator()
        self.addWidget(_segments([_button(actions, tool) for tool in TOOLS]))
        self.addSeparator()
        for name in ("undo", "redo"):
            self.addAction(actions[name])
        self.addSeparator()
        for name in ("fit", "actual_size"):
            self.addAction(actions[name])
        stretch = QWidget()
        stretch.setObjectName("stretch")
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        stretch.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.addWidget(stretch)
        handle.setIconSize(QSize(SIZE_PX, SIZE_PX))
        self.addWidget(handle)
        self._export_action = actions["export_as"]
        self._export_action.changed.connect(self._follow_export)
        self.export_button = self._made_export_button()
        self.addWidget(self.export_button)

    def _made_export_button(self) -> QToolButton:
        """A button of its own: one that carries the action would take the menu's icon, too dark for the accent."""
        button = QToolButton()
        button.setText(" Export")
        button.setProperty("accent", True)
        button.setToolTip(self._export_action.toolTip())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(self._export_action.trigger)
        name_icon(button, "export", "on_accent")
        return button

    @Slot()
    def _follow_export(self) -> None:
        self.export_button.setEnabled(self._export_action.isEnabled())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The modes have their names beside their icons where there is room for them, whatever the font."""
        self._show_mode_names(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if self.sizeHint().width() > event.size().width():
            self._show_mode_names(Qt.ToolButtonStyle.ToolButtonIconOnly)
        super().resizeEvent(event)

    def _show_mode_names(self, style: Qt.ToolButtonStyle) -> None:
        for button in self._modes:
            button.setToolButtonStyle(style)
        self._mode_segments.layout().invalidate()
        self.layout().invalidate()


def _button(actions: Actions, name: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions[name])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(SIZE_PX, SIZE_PX))
    return button


def _segments(buttons: list[QToolButton]) -> QFrame:
    """Buttons that look like one control."""
    frame = QFrame()
    frame.setObjectName("segments")
    row = QHBoxLayout(frame)
    row.setContentsMargins(2, 2, 2, 2)
    row.setSpacing(0)
    for button in buttons:
        row.addWidget(button)
    return frame
