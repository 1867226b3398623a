"""The photo on the screen, to look at: modes, zoom, pan, the split slider. `canvas.py` adds the brush.

It computes nothing itself. What is where is `app/viewport.py`'s to say, and what a part of the photo looks like is
asked of the studio.
"""

import sys
from dataclasses import astuple
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QWidget

from matting_studio.app.document import Document
from matting_studio.app.look import Crop
from matting_studio.app.viewport import Viewport
from matting_studio.qt.canvas.crop_frame import draw_crop_frame
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.canvas.pictures import CanvasPictures
from matting_studio.qt.canvas.pixel import pixel_at
from matting_studio.qt.canvas.split import SplitSlider
from matting_studio.qt.checkerboard import draw_checkerboard
from matting_studio.qt.studio import Studio

SHARP_FROM_SCALE = 2.0
"""From here on photo pixels are drawn as squares."""
CELL_PX = 12
"""Of the checkerboard."""
ARROW_STEP_PX = 40
NOTCH = 120
"""Of a mouse wheel, in Qt's eighths of a degree."""
ZOOM_PER_NOTCH = 1.2
PIXELS_PER_NOTCH = 60
"""How far fingers slide on a touchpad to zoom as much as by one notch."""

KeyCommands = dict[tuple[Qt.KeyboardModifier, Qt.Key], partial[None]]
PLAIN, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class CanvasView(QWidget):
    """Distances are in logical pixels where Qt speaks, and in device pixels where the viewport does."""

    hovered = Signal(object)
    """A PixelInfo, or None when the pointer is not on the photo."""
    zoom_changed = Signal(float)
    """Device pixels per photo pixel: 1.0 is 100 %."""
    viewport_changed = Signal(object)
    """The Viewport, for canvases that move together."""
    mode_changed = Signal(object)
    """A CanvasMode."""

    def __init__(self, studio: Studio, parent: QWidget | None = None, key: str = "canvas") -> None:
        """`key` tells the canvases of one studio apart."""
        super().__init__(parent)
        self._pictures = CanvasPictures(studio, key, self)
        self._document: Document | None = None
        self._viewport: Viewport | None = None
        self._viewport_of: Document | None = None
        self._room_for: tuple[Document, Crop | None] | None = None
        self._mode = CanvasMode.ORIGINAL
        self._peeking = False
        self._split = SplitSlider()
        self._pointer: QPointF | None = None
        self._sliding = False
        self._space_held = False
        self._reached_by_key = False
        self._pan_from: QPointF | None = None
        self._pan_button = Qt.MouseButton.NoButton

        self.setAccessibleName("Photo")
        self.setAccessibleDescription(
            "The photo and its matte. Arrow keys move it, plus and minus zoom, holding Tab shows the original; "
            "with Control or Shift, Tab leaves it."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        if sys.platform != "darwin":  # there, touchpads send native gestures, which would count twice
            self.grabGesture(Qt.GestureType.PinchGesture)

        self._pictures.arrived.connect(self._show_pictures)
        studio.current_changed.connect(self._show_document)
        studio.document_changed.connect(self._document_changed)
        self._show_document(studio.current)

    # What is shown

    @property
    def mode(self) -> CanvasMode:
        return self._mode

    def set_mode(self, mode: CanvasMode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self._scene_changed()
            self.mode_changed.emit(mode)

    def set_peeking(self, peeking: bool) -> None:
        """Show the original for as long as it is on, whatever the mode."""
        if peeking is not self._peeking:
            self._peeking = peeking
            self._scene_changed()

    @property
    def split(self) -> float:
        """Where the split slider is: 0 at the left edge … 1 at the right."""
        return self._split.position

    def set_split(self, position: float) -> None:
        before = self._split.area(self.width(), self.height())
        self._split.move(position)
        self.update(before.united(self._split.area(self.width(), self.height())))

    @property
    def _seen_mode(self) -> CanvasMode:
        return CanvasMode.ORIGINAL if self._peeking else self._mode

    # Zoom and pan

    @property
    def viewport(self) -> Viewport | None:
        """None until there has been a photo."""
        return self._viewport

    def set_viewport(self, viewport: Viewport) -> None:
        """Take the scale and place of another canvas, as far as this one's size and photo allow."""
        if self._viewport is not None:
            photo = self._viewport.photo_width_px, self._viewport.photo_height_px
            self._move_to(viewport.resized(*self._device_size()).with_photo(*photo))

    def zoom_in(self) -> None:
        self._step_zoom(1)

    def zoom_out(self) -> None:
        self._step_zoom(-1)

    def zoom_to_fit(self) -> None:
        """All of the photo, and of what is exported."""
        if self._viewport is not None:
            self._move_to(self._with_room(self._viewport).refitted())

    def zoom_to_actual_size(self) -> None:
        """One photo pixel on one pixel of the screen."""
        if self._viewport is not None:
            self._move_to(self._viewport.zoomed_to(1.0))

    def pan(self, x_px: float, y_px: float) -> None:
        """Move the photo to the right and down, in logical pixels."""
        if self._viewport is not None:
            ratio = self.devicePixelRatioF()
            self._move_to(self._viewport.panned(x_px * ratio, y_px * ratio))

    def _step_zoom(self, steps: int) -> None:
        if self._viewport is not None:
            self._move_to(self._viewport.stepped(steps))

    def _zoom_at(self, point: QPointF, factor: float) -> None:
        if self._viewport is not None:
            at = point * self.devicePixelRatioF()
            self._move_to(self._viewport.zoomed(self._viewport.scale * factor, at.x(), at.y()))

    def _move_to(self, viewport: Viewport) -> None:
        before = self._viewport
        if viewport == before:
            return
        self._viewport = viewport
        self._scene_changed()
        self._tell_pixel()
        if before is None or viewport.scale != before.scale:
            self.zoom_changed.emit(viewport.scale)
        self.viewport_changed.emit(viewport)

    # The studio's news

    @Slot(object)
    def _show_document(self, document: Document | None) -> None:
        if document is not self._document:
            self._pictures.clear()
            self._document = document
        self._place_photo()
        self._scene_changed()
        self._tell_pixel()

    @Slot(object)
    def _document_changed(self, document: Document) -> None:
        if document is self._document:
            self._place_photo()
            self._pictures.refresh()
            self._scene_changed()
            self._tell_pixel()

    def _place_photo(self) -> None:
        """Give a photo that came into view, or has just been read, its viewport."""
        document = self._document
        if document is None or document.photo is None or document is self._viewport_of:
            return
        self._viewport_of = document
        height, width, _channels = document.photo.image.shape
        if self._viewport is None:
            self._move_to(Viewport.fitted(width, height, *self._device_size()))
        else:
            self._move_to(self._viewport.with_photo(width, height))

    @Slot()
    def _show_pictures(self) -> None:
        """Draw what has come; once, if what is to be exported was chosen anew, with room for it.

        Its frame also follows the brush, but a photo that moved with every stroke would be hard to paint on.
        """
        viewport, frame, document = self._viewport, self._pictures.latest_frame, self._document
        assert viewport is not None
        assert document is not None
        wanted = document, None if frame is None else frame.crop
        if wanted != self._room_for:
            self._room_for = wanted
            self._move_to(self._with_room(viewport))
        self.update()

    def _with_room(self, viewport: Viewport) -> Viewport:
        frame = self._pictures.latest_frame
        return viewport.with_room(None if frame is None else frame.box)

    def _scene_changed(self) -> None:
        """Ask for the pictures of what is to be seen now, and draw what there is."""
        if self._showing:
            assert self._document is not None
            assert self._viewport is not None
            self._pictures.show(self._document, self._viewport, self._seen_mode.views)
        self._update_cursor()
        self.update()

    @property
    def _showing(self) -> bool:
        """Whether there is a photo to draw."""
        document = self._document
        return document is not None and document.photo is not None and document is self._viewport_of

    @property
    def _is_dark(self) -> bool:
        return self.palette().color(QPalette.ColorRole.Window).lightness() < 128

    @property
    def _accent(self) -> QColor:
        """Not of the widget's own palette, in which style sheets leave the colours of another theme."""
        return QApplication.palette().color(QPalette.ColorRole.Link)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), self._surround())
            if self._showing:
                painter.save()
                area = self._use_device_pixels(painter, event.rect())
                self._draw_photo(painter, area)
                self._draw_frame(painter, area)
                painter.restore()
                self._draw_over_photo(painter, event.rect())
            if self._reached_by_key:
                painter.setPen(self._accent)
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_over_photo(self, painter: QPainter, _area: QRect) -> None:
        """In logical pixels."""
        if self._seen_mode is CanvasMode.SPLIT:
            held = self._sliding or (self._pointer is not None and self._on_split(self._pointer))
            self._split.draw(painter, self.width(), self.height(), self._accent if held else None)

    def _use_device_pixels(self, painter: QPainter, rectangle: QRect) -> QRect:
        """Have a painter draw in device pixels; returns what a rectangle is in them."""
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        return QRectF(QPointF(rectangle.topLeft()) * ratio, rectangle.size().toSizeF() * ratio).toAlignedRect()

    def _draw_photo(self, painter: QPainter, area: QRect) -> None:
        viewport = self._viewport
        assert viewport is not None
        middle = round(self._split.position * viewport.width_px)
        panes = [(0, viewport.width_px)]
        if self._seen_mode is CanvasMode.SPLIT:
            panes = [(0, middle), (middle, viewport.width_px)]
        for pane, (left, right) in enumerate(panes):
            bare = QRegion(QRect(left, 0, right - left, viewport.height_px).intersected(area))
            for picture in self._pictures.layers(pane):
                painter.setClipRegion(bare)
                squares = picture.has_all_pixels and viewport.scale >= SHARP_FROM_SCALE
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not squares)
                place = QRect(*astuple(viewport.rectangle(picture.view.box)))
                if picture.image.hasAlphaChannel():
                    self._draw_board(painter, place & bare.boundingRect())
                painter.drawImage(place, picture.image)
                bare = bare.subtracted(QRegion(place))  # enlarging what is covered anyway would cost the most

    def _draw_frame(self, painter: QPainter, area: QRect) -> None:
        """In device pixels, where the whole canvas shows the result."""
        viewport, frame = self._viewport, self._pictures.frame
        assert viewport is not None
        if frame is None or self._seen_mode not in (CanvasMode.CUTOUT, CanvasMode.COMPOSITE):
            return
        photo, framed = (QRect(*astuple(viewport.rectangle(box))) for box in (viewport.photo, frame.box))
        ground = self._pictures.ground
        if ground is not None:
            painter.setClipRegion(QRegion(framed & area).subtracted(QRegion(photo)))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if ground.hasAlphaChannel():
                self._draw_board(painter, framed & area)
            painter.drawImage(framed, ground)
            painter.setClipping(False)
        draw_crop_frame(painter, photo, framed, max(1, round(self.devicePixelRatioF())), self._surround())

    def _draw_board(self, painter: QPainter, area: QRect) -> None:
        assert self._viewport is not None
        cell_px = round(CELL_PX * self.devicePixelRatioF())
        draw_checkerboard(painter, area, QPoint(*self._viewport.origin), cell_px, self._is_dark)

    def _surround(self) -> QColor:
        """A step darker than the window, so that the photo stands out and nothing glares."""
        return self.palette().color(QPalette.ColorRole.Window).darker(125 if self._is_dark else 113)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._move_pointer(event.position())
        left = event.button() == Qt.MouseButton.LeftButton
        if self._pan_from is not None or self._sliding:
            return
        if left and not self._space_held and self._on_split(event.position()):
            self._sliding = True
            self.update(self._split.area(self.width(), self.height()))
        elif left or event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from, self._pan_button = event.position(), event.button()
        else:
            event.ignore()
        self._update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_pointer(event.position())
        if self._pan_from is not None:
            moved = event.position() - self._pan_from
            self._pan_from = event.position()
            self.pan(moved.x(), moved.y())
        elif self._sliding:
            self.set_split(event.position().x() / self.width())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        button = Qt.MouseButton.LeftButton if self._pan_from is None else self._pan_button
        if event.button() == button:
            self.let_go()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._move_pointer(event.position())

    def leaveEvent(self, _event: QEvent) -> None:
        self._pointer = None
        self.update(self._split.area(self.width(), self.height()))
        self.hovered.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        fine, coarse = event.pixelDelta().y(), event.angleDelta().y()
        notches = fine / PIXELS_PER_NOTCH if fine else coarse / NOTCH
        self._zoom_at(event.position(), ZOOM_PER_NOTCH**notches)

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        match event.gestureType():
            case Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_at(event.position(), max(0.1, 1 + event.value()))
            case Qt.NativeGestureType.SmartZoomNativeGesture:
                if self._viewport is not None and self._viewport.is_fitted:
                    self._zoom_at(event.position(), 1 / self._viewport.scale)
                else:
                    self.zoom_to_fit()
            case _:
                return False
        return True

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        self.let_go()  # the first finger seemed to drag
        self._zoom_at(self.mapFromGlobal(pinch.centerPoint()), max(0.1, pinch.scaleFactor()))
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        self.pan(moved.x(), moved.y())
        event.accept(pinch)
        return True

    def _move_pointer(self, point: QPointF) -> None:
        was_on_split = self._pointer is not None and self._on_split(self._pointer)
        self._pointer = point
        if self._on_split(point) != was_on_split:
            self.update(self._split.area(self.width(), self.height()))
        self._update_cursor()
        self._tell_pixel()

    def _on_photo(self, point: QPointF) -> tuple[float, float]:
        """A point of the canvas, in the photo's pixels."""
        assert self._viewport is not None
        at = point * self.devicePixelRatioF()
        return self._viewport.to_photo(at.x(), at.y())

    def _on_split(self, point: QPointF) -> bool:
        split = self._showing and self._seen_mode is CanvasMode.SPLIT
        return split and self._split.hit(point, self.width(), self.height())

    def _tell_pixel(self) -> None:
        if self._pointer is None:
            return
        if self._document is not None and self._showing:
            self.hovered.emit(pixel_at(self._document, *self._on_photo(self._pointer)))
        else:
            self.hovered.emit(None)

    def _update_cursor(self) -> None:
        shape = self._cursor_shape()
        if shape != self.cursor().shape():
            self.setCursor(shape)

    def _cursor_shape(self) -> Qt.CursorShape:
        if not self._showing:
            return Qt.CursorShape.ArrowCursor
        if self._pan_from is not None:
            return Qt.CursorShape.ClosedHandCursor
        if self._sliding or (self._pointer is not None and not self._space_held and self._on_split(self._pointer)):
            return Qt.CursorShape.SplitHCursor
        return Qt.CursorShape.OpenHandCursor

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() == Qt.Key.Key_Space and modifiers == PLAIN:
            self._hold_space(True)
        elif (command := self._key_commands().get((modifiers, Qt.Key(event.key())))) is not None:
            command()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            event.ignore()
        elif not event.isAutoRepeat():
            self._hold_space(False)

    def _hold_space(self, held: bool) -> None:
        """While space is held, the left button moves the photo whatever the tool."""
        self._space_held = held
        self._update_cursor()
        self.update()

    def _key_commands(self) -> KeyCommands:
        """What keys do on a canvas that stands alone; in the window its actions take most of them first."""
        keys = Qt.Key
        modes: KeyCommands = {
            (PLAIN, keys(keys.Key_1 + place)): partial(self.set_mode, mode) for place, mode in enumerate(CanvasMode)
        }
        return modes | {
            (PLAIN, keys.Key_Left): partial(self.pan, ARROW_STEP_PX, 0),
            (PLAIN, keys.Key_Right): partial(self.pan, -ARROW_STEP_PX, 0),
            (PLAIN, keys.Key_Up): partial(self.pan, 0, ARROW_STEP_PX),
            (PLAIN, keys.Key_Down): partial(self.pan, 0, -ARROW_STEP_PX),
            (SHIFT, keys.Key_Left): partial(self._nudge_split, -1),
            (SHIFT, keys.Key_Right): partial(self._nudge_split, 1),
            (CTRL, keys.Key_0): partial(self.zoom_to_actual_size),
            (CTRL, keys.Key_F): partial(self.zoom_to_fit),
            (PLAIN, keys.Key_Plus): partial(self.zoom_in),
            (SHIFT, keys.Key_Plus): partial(self.zoom_in),
            (PLAIN, keys.Key_Equal): partial(self.zoom_in),
            (PLAIN, keys.Key_Minus): partial(self.zoom_out),
        }

    def _nudge_split(self, steps: int) -> None:
        if self._seen_mode is CanvasMode.SPLIT:
            self.set_split(self._split.position + steps / 50)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Who goes by keys sees where they are; whoever clicks knows.
        self._reached_by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._reached_by_key = False
        self.update()
        # The release of a held key or button goes to whoever has the focus then, such as a dialog.
        self._hold_space(False)
        self.set_peeking(False)
        self.let_go()
        super().focusOutEvent(event)

    def let_go(self) -> None:
        """End whatever the mouse is in the middle of, as its release would."""
        self._pan_from = None
        if self._sliding:
            self._sliding = False
            self.update(self._split.area(self.width(), self.height()))
        self._update_cursor()

    # Everything else

    def event(self, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.KeyPress if event.key() == Qt.Key.Key_Tab:
                # On a Mac Qt's Ctrl is the Command key, whose Tab never comes here, and the Control key is its Meta.
                if event.modifiers() in (CTRL, Qt.KeyboardModifier.MetaModifier):
                    self.focusNextChild()
                elif event.modifiers() == PLAIN and not event.isAutoRepeat():
                    self.set_peeking(True)
                return True  # else Qt would move the focus
            case QEvent.Type.KeyRelease if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                # Whatever was pressed meanwhile: with Shift, the held Tab comes up as Backtab.
                if not event.isAutoRepeat():
                    self.set_peeking(False)
                return True
            case QEvent.Type.NativeGesture:
                return self._native_gesture(event)
            case QEvent.Type.Gesture:
                return self._pinch(event)
            case QEvent.Type.DevicePixelRatioChange:
                self._fill_widget()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._scene_changed()
        super().changeEvent(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._fill_widget()

    def showEvent(self, _event: QShowEvent) -> None:
        self._fill_widget()

    def _fill_widget(self) -> None:
        if self._viewport is not None:
            self._move_to(self._viewport.resized(*self._device_size()))

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
