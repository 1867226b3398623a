"""The toolbar: open, ways to look, brushes, undo, and at the end the cut-out, to be dragged or exported."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from matting_studio.qt.actions import Actions
from matting_studio.qt.canvas_mode import CanvasMode
from matting_studio.qt.drag_handle import DragHandle
from matting_studio.qt.icons import SIZE_PX

ROOM_FOR_TEXTS_PX = 1280
"""From this width on the modes have their names beside their icons."""
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
        self.addWidget(_segments(self._modes))
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
        export = _button(actions, "export_as")
        export.setText("Export")
        export.setProperty("accent", True)
        export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(export)

    def resizeEvent(self, event: QResizeEvent) -> None:
        styles = Qt.ToolButtonStyle
        roomy = event.size().width() >= ROOM_FOR_TEXTS_PX
        for button in self._modes:
            button.setToolButtonStyle(styles.ToolButtonTextBesideIcon if roomy else styles.ToolButtonIconOnly)
        super().resizeEvent(event)


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
