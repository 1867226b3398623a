"""The canvas of the studio's window: a view of the photo, and a brush that paints strokes on it."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QWidget

from matting_studio.app.edits import Brush
from matting_studio.qt.brush_settings import BrushSettings, inverse
from matting_studio.qt.canvas.brush_ring import draw_ring, ring_area
from matting_studio.qt.canvas.brush_stroke import Stroke
from matting_studio.qt.canvas.brush_traces import StrokeTraces
from matting_studio.qt.canvas.view import PLAIN, SHIFT, CanvasView, KeyCommands
from matting_studio.qt.studio import Studio


class Canvas(CanvasView):
    """A stroke belongs to the canvas from press to release; then it is handed to the studio, once, or to nobody."""

    brush_changed = Signal(object)
    """BrushSettings."""

    # Here and not in __init__: the view calls `_cursor_shape` and `event` while it is being made.
    _brush = BrushSettings()
    _stroke: Stroke | None = None
    _stroke_button = Qt.MouseButton.NoButton
    _pen_pressure = 1.0
    _erasing = False

    def __init__(self, studio: Studio, parent: QWidget | None = None, key: str = "canvas") -> None:
        """`key` tells the canvases of one studio apart."""
        super().__init__(studio, parent, key)
        self._studio = studio
        self._traces = StrokeTraces(studio, self._pictures, self)
        self._traces.changed.connect(self.update)
        studio.current_changing.connect(self.let_go)

    # Settings

    @property
    def brush(self) -> BrushSettings:
        return self._brush

    def set_brush(self, brush: BrushSettings) -> None:
        if brush != self._brush:
            self._update_ring()
            self._brush = brush
            self._update_ring()
            self._update_cursor()
            self.brush_changed.emit(brush)

    def set_tool(self, tool: Brush | None) -> None:
        """Take a brush, or None to move the photo."""
        self.set_brush(replace(self._brush, tool=tool))

    def resize_brush(self, steps: int) -> None:
        self.set_brush(self._brush.resized(steps))

    def harden_brush(self, steps: int) -> None:
        self.set_brush(self._brush.hardened(steps))

    def swap_brush(self) -> None:
        """Foreground for background and back; a stroke being painted turns as well."""
        if self._stroke is not None:
            self._stroke.brush = inverse(self._stroke.brush)
            self.update()
        self.set_brush(self._brush.inverted())

    # Strokes

    @property
    def _ready(self) -> bool:
        """Whether a press would paint: there is a matte, and a brush in a hand that does not move the photo."""
        has_matte = self._document is not None and self._document.alpha is not None
        free = not self._space_held and self._pan_from is None and not self._sliding
        return self._showing and has_matte and free and self._brush.tool is not None

    def _begin_stroke(self, tool: Brush, event: QMouseEvent) -> None:
        assert self._viewport is not None
        size_px = self._brush.size_px * self.devicePixelRatioF() / self._viewport.scale
        start = self._on_photo(event.position())
        self._stroke_button = event.button()
        self._stroke = Stroke(
            tool, size_px, self._brush.hardness, self._brush.opacity, [start], pressure=self._pen_pressure
        )
        self._update_ring()

    def _end_stroke(self) -> None:
        stroke, self._stroke = self._stroke, None
        assert stroke is not None
        assert self._viewport is not None
        self._put_pen_away()
        self._update_ring()
        if stroke.touches(self._viewport.photo_width_px, self._viewport.photo_height_px):
            self._traces.keep(stroke)
            opacity = stroke.opacity * stroke.pressure
            self._studio.stroke(stroke.brush, stroke.points, stroke.size_px, stroke.hardness, opacity)

    @Slot()
    def let_go(self) -> None:
        # Before another photo comes, too: what was painted is the photo's that it was painted on.
        if self._stroke is not None:
            self._end_stroke()
        super().let_go()

    def _cancel_stroke(self) -> None:
        if self._stroke is not None:
            self._stroke = None
            self._put_pen_away()
            self.update()

    def _put_pen_away(self) -> None:
        """The release of a pen may go elsewhere; what comes next may be the mouse."""
        self._pen_pressure, self._erasing = 1.0, False

    # Drawing

    def _draw_over_photo(self, painter: QPainter, area: QRect) -> None:
        painter.save()
        self._draw_strokes(painter, self._use_device_pixels(painter, area))
        painter.restore()
        super()._draw_over_photo(painter, area)
        if self._pointer is not None and self._ready and (self._stroke or not self._on_split(self._pointer)):
            brush = self._stroke.brush if self._stroke else self._brush.tool
            assert brush is not None
            draw_ring(painter, self._pointer, self._brush, brush)

    def _draw_strokes(self, painter: QPainter, area: QRect) -> None:
        viewport = self._viewport
        assert viewport is not None
        photo = viewport.rectangle(viewport.visible_box())
        seen = QRect(photo.left, photo.top, photo.width, photo.height).intersected(area)
        painter.setClipRect(seen)
        self._traces.draw(painter, viewport, seen)
        if self._stroke is not None:
            self._stroke.draw(painter, viewport, seen)

    def _update_ring(self) -> None:
        if self._pointer is not None:
            self.update(ring_area(self._pointer, self._brush))

    # Pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left, right = event.button() == Qt.MouseButton.LeftButton, event.button() == Qt.MouseButton.RightButton
        tool = self._brush.tool
        if self._stroke is not None:
            return
        if tool is not None and self._ready and (left or right) and not self._on_split(event.position()):
            self._move_pointer(event.position())
            turned = right or self._erasing
            if not turned or inverse(tool) is not tool:
                self._begin_stroke(inverse(tool) if turned else tool, event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is None:
            super().mouseMoveEvent(event)
        else:
            self._move_pointer(event.position())
            self._stroke.add(*self._on_photo(event.position()))
            if self._pen_pressure > self._stroke.pressure:
                self._stroke.pressure = self._pen_pressure
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroke is None:
            super().mouseReleaseEvent(event)
        elif event.button() == self._stroke_button:
            self._end_stroke()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._stroke is None:
            super().wheelEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        self._put_pen_away()
        if event.buttons() != Qt.MouseButton.NoButton:
            feels = event.device().capabilities() & QInputDevice.Capability.Pressure
            self._pen_pressure = event.pressure() if feels else 1.0
            self._erasing = event.pointerType() is QPointingDevice.PointerType.Eraser
        event.ignore()  # so that Qt sends the mouse event that paints

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # The right button paints; the menu key still opens a menu, if the window has one.
        event.setAccepted(self._brush.tool is not None and event.reason() == QContextMenuEvent.Reason.Mouse)

    def leaveEvent(self, event: QEvent) -> None:
        self._update_ring()
        super().leaveEvent(event)

    def _pinch(self, event: QGestureEvent) -> bool:
        self._cancel_stroke()  # the first finger seemed to paint
        return super()._pinch(event)

    def _move_pointer(self, point: QPointF) -> None:
        self._update_ring()
        super()._move_pointer(point)
        self._update_ring()

    def _cursor_shape(self) -> Qt.CursorShape:
        on_split = self._pointer is not None and self._stroke is None and self._on_split(self._pointer)
        return Qt.CursorShape.BlankCursor if self._ready and not on_split else super()._cursor_shape()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._stroke is not None and event.key() == Qt.Key.Key_Escape:
            self._cancel_stroke()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        overridden = self._stroke is not None and event.type() == QEvent.Type.ShortcutOverride
        if overridden and event.key() == Qt.Key.Key_Escape:
            event.accept()  # Escape may be another action's key; while painting it is ours
            return True
        return super().event(event)

    def _key_commands(self) -> KeyCommands:
        keys = Qt.Key
        return super()._key_commands() | {
            (PLAIN, keys.Key_BracketRight): partial(self.resize_brush, 1),
            (PLAIN, keys.Key_BracketLeft): partial(self.resize_brush, -1),
            # Shift makes braces of brackets on many keyboards.
            (SHIFT, keys.Key_BracketRight): partial(self.harden_brush, 1),
            (SHIFT, keys.Key_BracketLeft): partial(self.harden_brush, -1),
            (SHIFT, keys.Key_BraceRight): partial(self.harden_brush, 1),
            (SHIFT, keys.Key_BraceLeft): partial(self.harden_brush, -1),
            (PLAIN, keys.Key_X): partial(self.swap_brush),
        }
