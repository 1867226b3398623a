"""The canvas under real events: what it asks for, what it draws, what it hands over."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QInputDevice,
    QMouseEvent,
    QNativeGestureEvent,
    QPalette,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.image_io import Format, Photo
from core.trimap import BACKGROUND, FOREGROUND
from matting_studio.app.document import Document
from matting_studio.app.edits import Base, Box, Brush, fold
from matting_studio.app.finish import finish
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Crop, Look, Plain
from matting_studio.app.render import Renderer
from matting_studio.app.strokes import make_edit
from matting_studio.app.view import View, ViewMode
from matting_studio.qt.brush_settings import BrushSettings
from matting_studio.qt.canvas.brush_stroke import COLOURS
from matting_studio.qt.canvas.canvas import Canvas
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.canvas.pixel import PixelInfo
from matting_studio.qt.views import RenderedView

WIDTH, HEIGHT = 400, 300
"""Of the canvas, in logical pixels."""
SOON_MS = 2000


class DeskStudio(QObject):
    """A studio without threads, as far as canvases use it: renders and folds when it is told to."""

    current_changing = Signal()
    current_changed = Signal(object)
    document_changed = Signal(object)
    rendered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.shown: Document | None = None
        self.asked: dict[str, View] = {}
        self.views: list[View] = []
        self.answers_at_once = True
        self.strokes: list[tuple[Brush, list[tuple[float, float]], float, float, float]] = []
        self.painted: list[Document | None] = []
        """What each stroke was painted on."""
        self._renderer = Renderer()

    @property
    def current(self) -> Document | None:
        return self.shown

    def select(self, document: Document | None) -> None:
        if document is not self.shown:
            self.current_changing.emit()
        self.shown = document
        self.current_changed.emit(document)

    def request_view(self, key: str, view: View) -> None:
        self.views.append(view)
        self.asked[key] = view
        if self.answers_at_once:
            self.answer()

    def answer(self) -> None:
        """Render what was asked for."""
        asked, self.asked = self.asked, {}
        for key, view in asked.items():
            self.rendered.emit(self.picture(key, view))

    def picture(self, key: str, view: View) -> RenderedView:
        assert self.shown is not None
        snapshot = self.shown.snapshot()
        assert snapshot is not None
        image, frame, _complaint = self._renderer.show(snapshot, view)
        return RenderedView(key, self.shown, view, image, snapshot.revision, frame)

    def stroke(
        self, brush: Brush, points: list[tuple[float, float]], size_px: float, hardness: float, opacity: float
    ) -> None:
        self.strokes.append((brush, list(points), size_px, hardness, opacity))
        self.painted.append(self.shown)

    def fold_last_stroke(self) -> None:
        document = self.shown
        assert document is not None
        assert document.alpha is not None
        height, width = document.alpha.shape
        edit = make_edit(*self.strokes[-1], height=height, width=width)
        assert edit is not None
        document.add_edit(edit, "Paint")
        self.document_changed.emit(document)
        assert document.dirty is not None
        assert document.base is not None
        document.paste(fold(document.base, document.edits, document.dirty), document.revision)
        self.document_changed.emit(document)


def made_photo(image: NDArray[np.uint8]) -> Photo:
    return Photo(image, image, None, None, None, Format.PNG, None)


def made_document(image: NDArray[np.uint8], alpha: NDArray[np.float32] | None = None) -> Document:
    """A document whose matte is there: by default its left half is foreground."""
    document = Document(Path("made.png"))
    document.set_photo(made_photo(image))
    if alpha is None:
        alpha = np.zeros(image.shape[:2], dtype=np.float32)
        alpha[:, : image.shape[1] // 2] = 1
    document.set_base(Base(alpha, np.where(alpha > 0.5, FOREGROUND, BACKGROUND).astype(np.uint8)))
    return document


def noise(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


def plain(width: int, height: int, colour: tuple[int, int, int] = (120, 130, 140)) -> NDArray[np.uint8]:
    return np.full((height, width, 3), colour, dtype=np.uint8)


@pytest.fixture
def studio(qtbot: QtBot) -> DeskStudio:
    return DeskStudio()


@pytest.fixture
def canvas(qtbot: QtBot, studio: DeskStudio) -> Iterator[Canvas]:
    """In a window with a field before and after it, as the focus might go there."""
    window = QWidget()
    layout = QVBoxLayout(window)
    canvas = Canvas(studio)
    canvas.setFixedSize(WIDTH, HEIGHT)
    for widget in (QLineEdit(), canvas, QLineEdit()):
        layout.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    canvas.setFocus()
    yield canvas
    window.close()


def shot(canvas: Canvas) -> NDArray[np.uint8]:
    """What the canvas looks like, (h, w, 3) RGB in device pixels."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def pixel(canvas: Canvas, x: float, y: float) -> NDArray[np.uint8]:
    """The colour at a point in logical pixels, whatever the screen's scaling."""
    ratio = canvas.devicePixelRatioF()
    return shot(canvas)[int(y * ratio), int(x * ratio)]


def open_document(qtbot: QtBot, studio: DeskStudio, canvas: Canvas, document: Document) -> None:
    studio.select(document)
    settle(qtbot, studio, canvas)


def settle(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    """Wait until the canvas has the pictures it wants, then draw it."""
    qtbot.waitUntil(lambda: not canvas._pictures._soon.isActive(), timeout=SOON_MS)
    shot(canvas)


def wheel(
    canvas: Canvas,
    point: tuple[float, float],
    angle: int = 0,
    pixels: int = 0,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    at = QPointF(*point)
    event = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(0, pixels), QPoint(0, angle), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def mouse(
    canvas: Canvas,
    kind: QEvent.Type,
    point: tuple[float, float],
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    at = QPointF(*point)
    move, release = kind == QEvent.Type.MouseMove, kind == QEvent.Type.MouseButtonRelease
    held = Qt.MouseButton.NoButton if release else button
    changed = Qt.MouseButton.NoButton if move else button
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas, QMouseEvent(kind, at, canvas.mapToGlobal(at), changed, held, keys))


def drag(canvas: Canvas, *points: tuple[float, float], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    mouse(canvas, QEvent.Type.MouseButtonPress, points[0], button)
    for point in points[1:]:
        mouse(canvas, QEvent.Type.MouseMove, point, button)
    mouse(canvas, QEvent.Type.MouseButtonRelease, points[-1], button)


def hover(canvas: Canvas, point: tuple[float, float]) -> None:
    mouse(canvas, QEvent.Type.MouseMove, point, Qt.MouseButton.NoButton)


def close_to(pixel: NDArray[np.uint8], colour: tuple[int, int, int], by: int = 3) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= by)


# What is shown


def test_without_a_document_there_is_nothing_but_the_surround(canvas: Canvas) -> None:
    assert len(np.unique(shot(canvas).reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize("window", ["#232428", "#ffffff"])
def test_the_surround_follows_the_palette_and_never_glares(canvas: Canvas, window: str) -> None:
    palette = canvas.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    canvas.setPalette(palette)
    grey = pixel(canvas, 0, 0).mean()
    assert grey < 40 if window == "#232428" else 200 < grey < 240


def test_a_photo_is_fitted_and_asked_for_at_the_screens_resolution(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas
) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 800)))
    width = round(WIDTH * canvas.devicePixelRatioF())
    assert studio.views == [View(ViewMode.ORIGINAL, Box(0, 0, 800, 1600), width, width // 2)]
    assert close_to(pixel(canvas, 200, 150), (120, 130, 140))
    assert close_to(pixel(canvas, 1, 51), (120, 130, 140))
    assert not close_to(pixel(canvas, 1, 48), (120, 130, 140))


def test_a_photo_that_is_read_later_appears(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    document = Document(Path("late.png"))
    open_document(qtbot, studio, canvas, document)
    assert studio.views == []
    document.set_photo(made_photo(plain(400, 300)))
    studio.document_changed.emit(document)
    settle(qtbot, studio, canvas)
    assert close_to(pixel(canvas, 200, 150), (120, 130, 140))


def test_number_keys_choose_the_mode(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    seen = []
    canvas.mode_changed.connect(seen.append)
    for key in "2345671":
        qtbot.keyClick(canvas, key)
    assert seen == [*list(CanvasMode)[1:], CanvasMode.ORIGINAL]
    qtbot.keyClick(canvas, "3")
    settle(qtbot, studio, canvas)
    assert close_to(pixel(canvas, 100, 150), (255, 255, 255))
    assert close_to(pixel(canvas, 300, 150), (0, 0, 0))


def test_until_the_new_modes_picture_comes_the_old_one_stays(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    studio.answers_at_once = False
    canvas.set_mode(CanvasMode.ALPHA)
    settle(qtbot, studio, canvas)
    assert close_to(pixel(canvas, 100, 150), (120, 130, 140))
    studio.answer()
    assert close_to(pixel(canvas, 100, 150), (255, 255, 255))


def test_tab_held_shows_the_original_and_keeps_the_focus(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_mode(CanvasMode.ALPHA)
    settle(qtbot, studio, canvas)
    qtbot.keyPress(canvas, Qt.Key.Key_Tab)
    settle(qtbot, studio, canvas)
    assert close_to(pixel(canvas, 100, 150), (120, 130, 140))
    assert canvas.mode is CanvasMode.ALPHA
    assert canvas.hasFocus()
    asked = len(studio.views)
    qtbot.keyRelease(canvas, Qt.Key.Key_Tab)
    assert close_to(pixel(canvas, 100, 150), (255, 255, 255)), "at once, from what is there"
    settle(qtbot, studio, canvas)
    assert len(studio.views) == asked
    assert canvas.hasFocus()


def test_shift_tab_leaves_the_canvas(qtbot: QtBot, canvas: Canvas) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert not canvas.hasFocus()


@pytest.mark.parametrize("control", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.MetaModifier])
def test_control_and_tab_leave_it_forwards_and_whoever_comes_by_keys_sees_where_they_are(
    qtbot: QtBot, canvas: Canvas, control: Qt.KeyboardModifier
) -> None:
    accent = QApplication.palette().color(QPalette.ColorRole.Link)
    assert canvas.grab().toImage().pixelColor(0, 0) != accent
    qtbot.keyClick(canvas, Qt.Key.Key_Tab, control)
    assert not canvas.hasFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.grab().toImage().pixelColor(0, 0) == accent
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert canvas.grab().toImage().pixelColor(0, 0) != accent


def test_tab_let_go_with_shift_ends_peeking_too(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_mode(CanvasMode.ALPHA)
    settle(qtbot, studio, canvas)
    qtbot.keyPress(canvas, Qt.Key.Key_Tab)
    qtbot.keyPress(canvas, Qt.Key.Key_Shift)
    qtbot.keyRelease(canvas, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert close_to(pixel(canvas, 100, 150), (255, 255, 255))
    assert canvas.hasFocus()


def test_moving_the_photo_or_the_slider_ends_when_the_focus_goes(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas
) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.zoom_in()
    place, split = canvas.viewport, canvas.split
    mouse(canvas, QEvent.Type.MouseButtonPress, (100, 100))
    canvas.clearFocus()
    mouse(canvas, QEvent.Type.MouseMove, (150, 100))
    assert canvas.viewport == place
    canvas.set_mode(CanvasMode.SPLIT)
    mouse(canvas, QEvent.Type.MouseButtonPress, (200, 150))
    canvas.setFocus()
    canvas.clearFocus()
    mouse(canvas, QEvent.Type.MouseMove, (100, 150))
    assert canvas.split == split


def test_peeking_ends_when_the_focus_goes(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_mode(CanvasMode.ALPHA)
    settle(qtbot, studio, canvas)
    qtbot.keyPress(canvas, Qt.Key.Key_Tab)
    canvas.clearFocus()
    assert close_to(pixel(canvas, 100, 150), (255, 255, 255))


def test_what_changed_is_asked_for_anew(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    document = made_document(plain(400, 300))
    canvas.set_mode(CanvasMode.ALPHA)
    open_document(qtbot, studio, canvas, document)
    document.set_base(Base(np.zeros((300, 400), np.float32), np.zeros((300, 400), np.uint8)))
    studio.document_changed.emit(document)
    settle(qtbot, studio, canvas)
    assert close_to(pixel(canvas, 100, 150), (0, 0, 0))


def test_the_news_of_another_document_changes_nothing(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    asked = len(studio.views)
    studio.document_changed.emit(made_document(plain(20, 20)))
    settle(qtbot, studio, canvas)
    assert len(studio.views) == asked


def test_a_late_answer_of_another_document_is_dropped(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    first, second = made_document(plain(400, 300)), made_document(plain(400, 300, (10, 200, 30)))
    open_document(qtbot, studio, canvas, first)
    late = studio.picture("canvas/original", studio.views[-1])
    open_document(qtbot, studio, canvas, second)
    studio.rendered.emit(late)
    assert close_to(pixel(canvas, 200, 150), (10, 200, 30))


def test_an_answer_of_an_older_revision_is_dropped(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    canvas.set_mode(CanvasMode.ALPHA)
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    now = studio.picture("canvas/alpha", studio.views[-1])
    stale = replace(now, image=np.full_like(now.image, 99), revision=now.revision - 1)
    studio.rendered.emit(stale)
    assert close_to(pixel(canvas, 100, 150), (255, 255, 255))


def test_an_answer_for_another_canvas_is_not_ours(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    now = studio.picture("canvas-2/original", studio.views[-1])
    studio.rendered.emit(replace(now, image=np.zeros_like(now.image)))
    assert close_to(pixel(canvas, 200, 150), (120, 130, 140))


def test_closing_the_last_document_leaves_the_surround(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(noise(400, 300)))
    studio.select(None)
    assert len(np.unique(shot(canvas).reshape(-1, 3), axis=0)) == 1


def test_many_quick_changes_are_one_question(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    asked = len(studio.views)
    for _ in range(50):
        wheel(canvas, (200, 150), angle=12)
    settle(qtbot, studio, canvas)
    assert len(studio.views) == asked + 1


# Zoom and pan


def test_the_wheel_zooms_at_the_pointer(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    ratio = canvas.devicePixelRatioF()
    for point in ((0, 0), (399, 299), (100, 200)):
        canvas.zoom_to_fit()
        before = canvas.viewport
        wheel(canvas, point, angle=240)
        after = canvas.viewport
        assert after.scale == pytest.approx(before.scale * 1.44)
        at = point[0] * ratio, point[1] * ratio
        assert after.to_photo(*at) == pytest.approx(before.to_photo(*at), abs=1 / before.scale)


def test_touchpads_zoom_finely_and_control_changes_nothing(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    scales = [canvas.viewport.scale]
    for keys in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        wheel(canvas, (200, 150), angle=8, pixels=6, keys=keys)
        scales.append(canvas.viewport.scale)
    assert scales[1] / scales[0] == pytest.approx(1.2**0.1)
    assert scales[2] / scales[1] == pytest.approx(1.2**0.1)


def test_a_pinch_on_a_touchpad_zooms(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    before, at = canvas.viewport.scale, QPointF(30, 40)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, at, at,
        canvas.mapToGlobal(at), 0.25, QPointF(), 1,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert canvas.viewport.scale == pytest.approx(before * 1.25)


@pytest.mark.skipif(sys.platform == "darwin", reason="there, touchpads send native gestures")
def test_a_pinch_on_a_touchscreen_zooms_about_its_middle(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    canvas.window().move(300, 200)
    device, middle = QTest.createTouchDevice(), QPoint(220, 130)
    on_photo, scale = canvas._on_photo(QPointF(middle)), canvas.viewport.scale

    def fingers(reach_px: int) -> tuple[QPoint, QPoint]:
        return middle - QPoint(reach_px, 0), middle + QPoint(reach_px, 0)

    left, right = fingers(30)
    QTest.touchEvent(canvas, device).press(0, left, canvas).press(1, right, canvas).commit()
    for reach_px in range(32, 92, 4):
        left, right = fingers(reach_px)
        QTest.touchEvent(canvas, device).move(0, left, canvas).move(1, right, canvas).commit()
        QApplication.processEvents()
    QTest.touchEvent(canvas, device).release(0, left, canvas).release(1, right, canvas).commit()
    QApplication.processEvents()
    assert canvas.viewport.scale > 2 * scale
    drawn_at = canvas.viewport.to_canvas(*on_photo)
    assert drawn_at == pytest.approx((middle.x(), middle.y()), abs=2)


def test_keys_zoom_to_100_percent_to_fit_and_in_steps(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    control, zooms = Qt.KeyboardModifier.ControlModifier, []
    canvas.zoom_changed.connect(zooms.append)
    qtbot.keyClick(canvas, Qt.Key.Key_0, control)
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(canvas, Qt.Key.Key_F, control)
    assert zooms == pytest.approx([1.0, 1.5, 1.0, canvas.viewport.fit_scale])


def test_at_100_percent_each_photo_pixel_is_one_device_pixel(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    image = noise(1100, 900)
    open_document(qtbot, studio, canvas, made_document(image))
    canvas.zoom_to_actual_size()
    canvas.pan(13, -7)
    settle(qtbot, studio, canvas)
    box = canvas.viewport.visible_box()
    picture = shot(canvas)
    assert picture.shape[:2] == (box.bottom - box.top, box.right - box.left)
    np.testing.assert_array_equal(picture, image[box.slices])


def test_at_400_percent_pixels_are_sharp_squares(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    image = noise(700, 500)
    open_document(qtbot, studio, canvas, made_document(image))
    canvas._move_to(canvas.viewport.zoomed_to(4.0))
    settle(qtbot, studio, canvas)
    left, top = canvas.viewport.origin
    rows = (np.arange(canvas.viewport.height_px) - top) // 4
    columns = (np.arange(canvas.viewport.width_px) - left) // 4
    np.testing.assert_array_equal(shot(canvas), image[np.ix_(rows, columns)])


def test_below_200_percent_pixels_are_smooth(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    image = np.zeros((500, 700, 3), np.uint8)
    image[:, ::2] = 255
    open_document(qtbot, studio, canvas, made_document(image))
    canvas._move_to(canvas.viewport.zoomed_to(1.5))
    settle(qtbot, studio, canvas)
    assert len(np.unique(shot(canvas))) > 2


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7, 8.0, 40.0])
def test_cells_of_the_board_are_as_large_at_every_zoom(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas, scale: float
) -> None:
    palette = canvas.palette()  # whatever theme another test has left
    palette.setColor(QPalette.ColorRole.Window, QColor("#ffffff"))
    canvas.setPalette(palette)
    nobody = np.zeros((600, 800), np.float32)
    open_document(qtbot, studio, canvas, made_document(plain(800, 600), nobody))
    canvas.set_mode(CanvasMode.CUTOUT)
    canvas._move_to(canvas.viewport.zoomed_to(scale))
    settle(qtbot, studio, canvas)
    left, top = canvas.viewport.origin
    cell_px = round(12 * canvas.devicePixelRatioF())
    down = (np.arange(canvas.viewport.height_px) - top) // cell_px
    across = (np.arange(canvas.viewport.width_px) - left) // cell_px
    board = np.where((down[:, None] + across) % 2 == 0, 255, 220)
    np.testing.assert_array_equal(shot(canvas), np.repeat(board[..., None], 3, axis=2))


@pytest.mark.parametrize("window", ["#232428", "#ffffff"])
def test_the_board_follows_the_palette_and_shines_through(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas, window: str
) -> None:
    palette = canvas.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    canvas.setPalette(palette)
    half = np.full((300, 400), 0.5, np.float32)
    open_document(qtbot, studio, canvas, made_document(plain(400, 300), half))
    canvas.set_mode(CanvasMode.CUTOUT)
    settle(qtbot, studio, canvas)
    board = (58, 78) if window == "#232428" else (255, 220)
    for x, grey in zip((6, 18), board, strict=True):
        assert close_to(pixel(canvas, x, 6), tuple((colour + grey) / 2 for colour in (120, 130, 140)))


def test_only_what_is_visible_is_asked_for(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    canvas._move_to(canvas.viewport.zoomed_to(4.0))
    settle(qtbot, studio, canvas)
    view = studio.views[-1]
    assert view.box == canvas.viewport.visible_box()
    assert view.width_px == pytest.approx(canvas.viewport.width_px, abs=4)


@pytest.mark.parametrize("way", ["middle", "space", "no tool", "arrows"])
def test_the_photo_is_moved(qtbot: QtBot, studio: DeskStudio, canvas: Canvas, way: str) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    canvas.zoom_to_actual_size()
    ratio, before = canvas.devicePixelRatioF(), canvas.viewport
    if way != "no tool":
        canvas.set_tool(Brush.FOREGROUND)
    if way == "space":
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        drag(canvas, (100, 100), (120, 90), (140, 80))
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    elif way == "arrows":
        qtbot.keyClick(canvas, Qt.Key.Key_Left)
        canvas.pan(0, -20)
    else:
        button = Qt.MouseButton.MiddleButton if way == "middle" else Qt.MouseButton.LeftButton
        drag(canvas, (100, 100), (120, 90), (140, 80), button=button)
    after = canvas.viewport
    assert (after.left - before.left, after.top - before.top) == pytest.approx((40 * ratio, -20 * ratio))
    assert studio.strokes == []


def test_while_the_photo_is_moved_nothing_is_blank(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    canvas.zoom_to_actual_size()
    settle(qtbot, studio, canvas)
    studio.answers_at_once = False
    for _ in range(5):
        canvas.pan(-200, -150)
    assert close_to(shot(canvas).reshape(-1, 3), (120, 130, 140), by=4)


def test_the_whole_photo_is_there_below_once_the_hand_rests(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    """Also where the photo was never seen as a whole in this mode."""
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    canvas.zoom_to_actual_size()
    canvas.set_mode(CanvasMode.ALPHA)
    whole, alpha = Box(0, 0, 1200, 1600), ViewMode.ALPHA
    qtbot.waitUntil(lambda: (studio.views[-1].mode, studio.views[-1].box) == (alpha, whole), timeout=SOON_MS)
    studio.answers_at_once = False
    canvas.pan(800, 0)
    assert close_to(shot(canvas)[:, :200].reshape(-1, 3), (255, 255, 255), by=4)


def test_zoom_and_place_survive_a_mode_and_a_like_photo(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    wheel(canvas, (30, 40), angle=600)
    before = canvas.viewport
    canvas.set_mode(CanvasMode.CUTOUT)
    assert canvas.viewport == before
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    assert canvas.viewport.scale == before.scale
    assert canvas.viewport.origin == before.origin
    open_document(qtbot, studio, canvas, made_document(plain(1200, 1600)))
    assert canvas.viewport.is_fitted


def test_a_resized_canvas_keeps_a_fitted_photo_fitted(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    canvas.setFixedSize(600, 300)
    assert canvas.viewport.is_fitted
    assert canvas.viewport.width_px == round(600 * canvas.devicePixelRatioF())


# Split


def test_split_shows_the_original_left_and_the_composite_right(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas
) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_mode(CanvasMode.SPLIT)
    studio.answers_at_once = False
    studio.document_changed.emit(studio.current)
    settle(qtbot, studio, canvas)
    for key, view in studio.asked.items():
        picture = studio.picture(key, view)
        grey = {ViewMode.ORIGINAL: 60, ViewMode.COMPOSITE: 190}[view.mode]
        studio.rendered.emit(replace(picture, image=np.full((*view.size, 3), grey, np.uint8)))
    assert close_to(pixel(canvas, 180, 20), (60, 60, 60))
    assert close_to(pixel(canvas, 220, 20), (190, 190, 190))


def test_the_split_slider_is_dragged_and_stays_where_it_was(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_tool(Brush.FOREGROUND)
    canvas.set_mode(CanvasMode.SPLIT)
    drag(canvas, (202, 40), (150, 60), (100, 60))
    assert canvas.split == pytest.approx(0.25)
    assert studio.strokes == []
    canvas.set_mode(CanvasMode.ALPHA)
    canvas.set_mode(CanvasMode.SPLIT)
    assert canvas.split == pytest.approx(0.25)
    drag(canvas, (100, 40), (-500, 60))
    assert canvas.split == 0


def test_beside_the_slider_the_brush_paints(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_tool(Brush.FOREGROUND)
    canvas.set_mode(CanvasMode.SPLIT)
    drag(canvas, (300, 40), (310, 60))
    assert canvas.split == 0.5
    assert len(studio.strokes) == 1


def test_the_slider_moves_by_keys(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300)))
    canvas.set_mode(CanvasMode.SPLIT)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.split == pytest.approx(0.52)


# Brush


@pytest.fixture
def painting(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> Canvas:
    """A photo of 800 × 600 fitted, two of its pixels per logical one, and a foreground brush of 20 px."""
    open_document(qtbot, studio, canvas, made_document(plain(800, 600)))
    canvas.set_brush(BrushSettings(Brush.FOREGROUND, size_px=20, hardness=1.0))
    return canvas


def test_a_stroke_is_handed_over_once_in_photo_pixels(studio: DeskStudio, painting: Canvas) -> None:
    painting.set_brush(replace(painting.brush, hardness=0.6, opacity=0.7))
    drag(painting, (100, 100), (150, 110), (150, 110), (200, 130))
    assert studio.strokes == [(Brush.FOREGROUND, [(200, 200), (300, 220), (400, 260)], 40, 0.6, 0.7)]


def test_a_click_is_a_dot(studio: DeskStudio, painting: Canvas) -> None:
    drag(painting, (100, 100))
    assert [stroke[1] for stroke in studio.strokes] == [[(200, 200)]]


def test_the_brush_keeps_its_size_on_the_screen(qtbot: QtBot, studio: DeskStudio, painting: Canvas) -> None:
    painting._move_to(painting.viewport.zoomed_to(4.0))
    drag(painting, (100, 100))
    assert studio.strokes[0][2] == pytest.approx(20 * painting.devicePixelRatioF() / 4)


def test_the_right_button_inverts(studio: DeskStudio, painting: Canvas) -> None:
    drag(painting, (100, 100), (120, 100), button=Qt.MouseButton.RightButton)
    painting.set_tool(Brush.UNKNOWN)
    drag(painting, (100, 100), (120, 100), button=Qt.MouseButton.RightButton)
    assert [stroke[0] for stroke in studio.strokes] == [Brush.BACKGROUND]


def tell_of_pen(canvas: Canvas, kind: QEvent.Type, device: QPointingDevice, pressure: float) -> None:
    """As Qt tells of a pen, before it tells of a mouse."""
    at, left = QPointF(100, 100), Qt.MouseButton.LeftButton
    down = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletRelease else left
    event = QTabletEvent(
        kind, device, at, canvas.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, left, down
    )
    QApplication.sendEvent(canvas, event)


def made_pen(tip: QPointingDevice.PointerType, feels: bool = True) -> QPointingDevice:
    capabilities = QInputDevice.Capability.Position
    if feels:
        capabilities |= QInputDevice.Capability.Pressure
    return QPointingDevice("pen", 7, QInputDevice.DeviceType.Stylus, tip, capabilities, 1, 3)


def dot(canvas: Canvas, device: QPointingDevice, pressure: float) -> None:
    tell_of_pen(canvas, QEvent.Type.TabletPress, device, pressure)
    mouse(canvas, QEvent.Type.MouseButtonPress, (100, 100))
    tell_of_pen(canvas, QEvent.Type.TabletRelease, device, pressure)
    mouse(canvas, QEvent.Type.MouseButtonRelease, (100, 100))


def test_a_pen_paints_as_hard_as_it_is_pressed_and_erases_with_its_other_end(
    studio: DeskStudio, painting: Canvas
) -> None:
    painting.set_brush(replace(painting.brush, opacity=1.0))
    tips = QPointingDevice.PointerType
    dot(painting, made_pen(tips.Pen), 0.5)
    dot(painting, made_pen(tips.Eraser), 1.0)
    dot(painting, made_pen(tips.Pen, feels=False), 0.0)
    drag(painting, (100, 100))
    assert [(stroke[0], stroke[4]) for stroke in studio.strokes] == [
        (Brush.FOREGROUND, 0.5),
        (Brush.BACKGROUND, 1.0),
        (Brush.FOREGROUND, 1.0),
        (Brush.FOREGROUND, 1.0),
    ]


def test_a_pen_that_was_lost_is_forgotten(studio: DeskStudio, painting: Canvas) -> None:
    tell_of_pen(painting, QEvent.Type.TabletPress, made_pen(QPointingDevice.PointerType.Eraser), 0.1)
    mouse(painting, QEvent.Type.MouseButtonPress, (100, 100))
    painting.clearFocus()
    painting.setFocus()
    drag(painting, (100, 100))
    assert [(stroke[0], stroke[4]) for stroke in studio.strokes][-1] == (Brush.FOREGROUND, painting.brush.opacity)


def test_x_inverts_also_while_painting(qtbot: QtBot, studio: DeskStudio, painting: Canvas) -> None:
    mouse(painting, QEvent.Type.MouseButtonPress, (100, 100))
    qtbot.keyClick(painting, Qt.Key.Key_X)
    mouse(painting, QEvent.Type.MouseButtonRelease, (100, 100))
    assert studio.strokes[0][0] is Brush.BACKGROUND
    assert painting.brush.tool is Brush.BACKGROUND
    qtbot.keyClick(painting, Qt.Key.Key_X)
    assert painting.brush.tool is Brush.FOREGROUND


def test_escape_cancels_a_stroke_for_good(qtbot: QtBot, studio: DeskStudio, painting: Canvas) -> None:
    mouse(painting, QEvent.Type.MouseButtonPress, (100, 100))
    mouse(painting, QEvent.Type.MouseMove, (150, 100))
    qtbot.keyClick(painting, Qt.Key.Key_Escape)
    mouse(painting, QEvent.Type.MouseMove, (200, 100))
    mouse(painting, QEvent.Type.MouseButtonRelease, (200, 100))
    assert studio.strokes == []
    painting.set_tool(None)
    assert close_to(shot(painting).reshape(-1, 3), (120, 130, 140))


def test_when_another_photo_comes_a_stroke_ends_on_the_one_it_was_painted_on(
    studio: DeskStudio, painting: Canvas
) -> None:
    painted = studio.current
    mouse(painting, QEvent.Type.MouseButtonPress, (100, 100))
    mouse(painting, QEvent.Type.MouseMove, (150, 100))
    studio.select(made_document(plain(800, 600)))
    mouse(painting, QEvent.Type.MouseMove, (200, 100))
    mouse(painting, QEvent.Type.MouseButtonRelease, (200, 100))
    assert [stroke[1] for stroke in studio.strokes] == [[(200, 200), (300, 200)]]
    assert studio.painted == [painted]


def test_a_dialog_that_opens_ends_a_stroke(studio: DeskStudio, painting: Canvas) -> None:
    """The release goes to the dialog: without it, the stroke would go on at the next movement."""
    mouse(painting, QEvent.Type.MouseButtonPress, (100, 100))
    mouse(painting, QEvent.Type.MouseMove, (150, 100))
    painting.clearFocus()
    painting.setFocus()
    mouse(painting, QEvent.Type.MouseMove, (200, 100))
    assert [stroke[1] for stroke in studio.strokes] == [[(200, 200), (300, 200)]]
    drag(painting, (100, 50))
    assert len(studio.strokes) == 2, "the next press paints again"


def test_another_button_does_not_end_a_stroke(studio: DeskStudio, painting: Canvas) -> None:
    mouse(painting, QEvent.Type.MouseButtonPress, (100, 100))
    drag(painting, (120, 100), (130, 100), button=Qt.MouseButton.RightButton)
    assert studio.strokes == []
    mouse(painting, QEvent.Type.MouseButtonRelease, (140, 100))
    assert len(studio.strokes) == 1


def test_a_stroke_beside_the_photo_is_not_handed_over(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(800, 200)))
    canvas.set_brush(BrushSettings(Brush.FOREGROUND, size_px=20))
    drag(canvas, (100, 20), (150, 20))
    assert studio.strokes == []
    drag(canvas, (100, 20), (100, 150))
    assert len(studio.strokes) == 1


def test_there_is_no_painting_before_there_is_a_matte(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    document = Document(None)
    document.set_photo(made_photo(plain(800, 600)))
    open_document(qtbot, studio, canvas, document)
    canvas.set_tool(Brush.FOREGROUND)
    drag(canvas, (100, 100), (150, 110))
    assert studio.strokes == []


@pytest.mark.parametrize("brush", list(Brush))
def test_the_trace_is_seen_while_painting_and_until_the_result_is(
    qtbot: QtBot, studio: DeskStudio, painting: Canvas, brush: Brush
) -> None:
    painting.set_tool(brush)
    drag(painting, (100, 100), (140, 100))
    painting.set_tool(None)
    colour = np.array(COLOURS[brush].getRgb()[:3])
    expected = colour * 0.55 + np.array([120, 130, 140]) * 0.45
    assert close_to(pixel(painting, 120, 100), tuple(expected.round().astype(int)))
    assert close_to(pixel(painting, 160, 100), (120, 130, 140))
    studio.answers_at_once = False
    studio.fold_last_stroke()
    settle(qtbot, studio, painting)
    assert not close_to(pixel(painting, 120, 100), (120, 130, 140)), "the result is not seen yet"
    studio.answer()
    assert close_to(pixel(painting, 120, 100), (120, 130, 140))


def test_of_two_strokes_the_second_stays_until_it_has_landed_too(
    qtbot: QtBot, studio: DeskStudio, painting: Canvas
) -> None:
    drag(painting, (100, 100), (140, 100))
    first = studio.strokes.copy()
    drag(painting, (100, 200), (140, 200))
    second, studio.strokes = studio.strokes, first
    painting.set_tool(None)
    studio.fold_last_stroke()
    settle(qtbot, studio, painting)
    assert close_to(pixel(painting, 120, 100), (120, 130, 140))
    assert not close_to(pixel(painting, 120, 200), (120, 130, 140))
    studio.strokes = second
    studio.fold_last_stroke()
    settle(qtbot, studio, painting)
    assert close_to(pixel(painting, 120, 200), (120, 130, 140))


def test_the_trace_stays_on_the_photo_and_on_its_place_when_zoomed(
    qtbot: QtBot, studio: DeskStudio, painting: Canvas
) -> None:
    ratio = painting.devicePixelRatioF()
    drag(painting, (100, 100), (140, 100))
    painting.set_tool(None)
    painting._move_to(painting.viewport.zoomed(ratio, 120 * ratio, 100 * ratio))
    settle(qtbot, studio, painting)
    assert not close_to(pixel(painting, 120, 100), (120, 130, 140))
    assert not close_to(pixel(painting, 120, 115), (120, 130, 140)), "twice as thick at twice the zoom"
    assert close_to(pixel(painting, 120, 125), (120, 130, 140))


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_the_ring_is_seen_on_any_grey(qtbot: QtBot, studio: DeskStudio, canvas: Canvas, grey: int) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(400, 300, (grey, grey, grey))))
    canvas.set_brush(BrushSettings(Brush.FOREGROUND, size_px=60, hardness=0.5))
    hover(canvas, (200, 150))
    ratio = canvas.devicePixelRatioF()
    away = np.abs(shot(canvas).astype(int) - grey).max(axis=2)
    left, top, right, bottom = (round(side * ratio) for side in (165, 110, 175, 150))
    assert away[bottom, left:right].max() > 60, "the rim"
    assert away[bottom - 20 : bottom + 20, right + 8 : right + 24].max() > 40, "the hardness"
    assert away[:top].max() <= 3
    assert canvas.cursor().shape() == Qt.CursorShape.BlankCursor


def test_the_ring_leaves_no_trail(qtbot: QtBot, studio: DeskStudio, painting: Canvas) -> None:
    """The parts that are drawn again on a move are enough: the window holds what comes out when all is drawn."""
    for x in range(100, 200, 9):
        hover(painting, (x, 100))
        QApplication.processEvents()
    hover(painting, (300, 200))
    QApplication.processEvents()
    corner, ratio = painting.mapTo(painting.window(), QPoint(0, 0)), painting.devicePixelRatioF()
    screen = painting.screen().grabWindow(painting.window().winId(), corner.x(), corner.y(), WIDTH, HEIGHT)
    held = screen.toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert held.pixelColor(110, 100) == QColor(120, 130, 140)
    if ratio == 1.0:  # elsewhere a grabbed screen is not what was drawn, pixel by pixel
        assert held == painting.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_keys_change_size_and_hardness(qtbot: QtBot, painting: Canvas) -> None:
    seen: list[BrushSettings] = []
    painting.brush_changed.connect(seen.append)
    painting.set_brush(BrushSettings(Brush.FOREGROUND, size_px=60, hardness=0.5))
    qtbot.keyClick(painting, Qt.Key.Key_BracketRight)
    qtbot.keyClick(painting, Qt.Key.Key_BracketLeft)
    qtbot.keyClick(painting, Qt.Key.Key_BraceRight, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(painting, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.ShiftModifier)
    assert [(brush.size_px, brush.hardness) for brush in seen] == [
        (60, 0.5), (70, 0.5), (60, 0.5), (60, 0.6), (60, 0.5),
    ]  # fmt: skip


def test_brush_sizes_have_limits_and_every_step_changes_them() -> None:
    brush, sizes = BrushSettings(size_px=1), []
    while brush.resized(1) != brush:
        brush = brush.resized(1)
        sizes.append(brush.size_px)
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 600
    assert brush.resized(-1000).size_px == 1
    assert brush.hardened(100).hardness == 1
    assert brush.hardened(-100).hardness == 0


# Status and the rest


def test_the_pixel_under_the_pointer_is_told(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    image = noise(800, 600)
    open_document(qtbot, studio, canvas, made_document(image))
    seen: list[PixelInfo | None] = []
    canvas.hovered.connect(seen.append)
    hover(canvas, (10, 20))
    hover(canvas, (399, 299))
    colours = [tuple(int(sample) for sample in image[y, x]) for y, x in ((40, 20), (598, 798))]
    assert seen == [
        PixelInfo(20, 40, colours[0], 1.0, "foreground"),
        PixelInfo(798, 598, colours[1], 0.0, "background"),
    ]
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert seen[-1] is None


def test_beside_the_photo_there_is_no_pixel(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(800, 200)))
    seen: list[PixelInfo | None] = []
    canvas.hovered.connect(seen.append)
    hover(canvas, (10, 20))
    assert seen == [None]


def test_sixteen_bits_are_told_as_eight_and_no_matte_as_none(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    image = np.full((300, 400, 3), 65535, np.uint16)
    document = Document(None)
    document.set_photo(Photo(image, image, None, None, None, Format.TIFF, None))
    open_document(qtbot, studio, canvas, document)
    seen: list[PixelInfo | None] = []
    canvas.hovered.connect(seen.append)
    hover(canvas, (10, 20))
    assert seen == [PixelInfo(10, 20, (255, 255, 255), None, None)]


def test_canvases_can_move_together(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    open_document(qtbot, studio, canvas, made_document(plain(1600, 1200)))
    other = Canvas(studio, key="other")
    qtbot.addWidget(other)
    other.resize(300, 300)
    other.show()
    canvas.viewport_changed.connect(other.set_viewport)
    other.viewport_changed.connect(canvas.set_viewport)
    wheel(canvas, (200, 150), angle=1200)
    assert other.viewport.scale == canvas.viewport.scale
    middles = [
        item.viewport.to_photo(item.viewport.width_px / 2, item.viewport.height_px / 2) for item in (canvas, other)
    ]
    assert middles[0] == pytest.approx(middles[1], abs=2)


def test_a_screen_reader_finds_it_and_drops_go_through(canvas: Canvas) -> None:
    assert canvas.accessibleName()
    assert canvas.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert not canvas.acceptDrops()


# The crop


def test_what_is_not_exported_lies_under_a_veil_where_the_result_is_seen(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas
) -> None:
    document = made_document(plain(400, 300), np.zeros((300, 400), np.float32))
    document.alpha[100:200, 100:200] = 1
    document.change_look(Look(background=Plain(colour=(1, 1, 1)), crop=Crop(kind="person", margin=0.1)), "Look")
    canvas.set_mode(CanvasMode.COMPOSITE)
    open_document(qtbot, studio, canvas, document)
    assert (pixel(canvas, 95, 150) == 255).all(), "the margin is exported"
    assert (pixel(canvas, 50, 150) < 250).all()
    assert (pixel(canvas, 150, 250) < 250).all()
    canvas.zoom_to_actual_size()
    canvas.zoom_in()
    settle(qtbot, studio, canvas)
    left, _ = canvas.viewport.to_canvas(90, 100)
    ratio = canvas.devicePixelRatioF()
    assert (pixel(canvas, left / ratio - 10, HEIGHT / 2) < 250).all(), "it goes with the photo"
    assert (pixel(canvas, left / ratio + 6, HEIGHT / 2) == 255).all()
    canvas.set_mode(CanvasMode.ORIGINAL)
    settle(qtbot, studio, canvas)
    np.testing.assert_array_equal(pixel(canvas, left / ratio - 10, HEIGHT / 2), (120, 130, 140))


def test_a_crop_that_leaves_the_photo_is_seen_whole_with_its_background(
    qtbot: QtBot, studio: DeskStudio, canvas: Canvas
) -> None:
    alpha = np.zeros((300, 400), np.float32)
    alpha[50:, 150:250] = 1
    document = made_document(plain(400, 300), alpha)
    canvas.set_mode(CanvasMode.COMPOSITE)
    open_document(qtbot, studio, canvas, document)
    alone = canvas.viewport
    document.change_look(Look(background=Plain(colour=(0, 0, 1)), crop=Crop(kind="ratio", ratio=3, margin=0.1)), "Crop")
    studio.document_changed.emit(document)
    settle(qtbot, studio, canvas)
    box = finish(document.snapshot(), CancelToken()).box
    assert box.left < 0
    viewport, ratio = canvas.viewport, canvas.devicePixelRatioF()
    left, right = (viewport.to_canvas(x, 0)[0] / ratio for x in (box.left, box.right))
    assert left >= 0, "the whole frame is on the canvas"
    assert right <= WIDTH
    middle = viewport.to_canvas(0, 200)[1] / ratio
    np.testing.assert_array_equal(pixel(canvas, left + 8, middle), (0, 0, 255))
    np.testing.assert_array_equal(pixel(canvas, right - 8, middle), (0, 0, 255))

    canvas.set_mode(CanvasMode.TRIMAP)
    settle(qtbot, studio, canvas)
    assert canvas.viewport == viewport, "modes can be compared"
    assert (pixel(canvas, left + 8, middle) != (0, 0, 255)).any()

    studio.stroke(Brush.FOREGROUND, [(120.0, 200.0), (300.0, 200.0)], 40.0, 1.0, 1.0)
    studio.fold_last_stroke()
    canvas.set_mode(CanvasMode.COMPOSITE)
    settle(qtbot, studio, canvas)
    assert finish(document.snapshot(), CancelToken()).box != box
    assert canvas.viewport == viewport, "painting does not move the photo"

    document.change_look(Look(), "Crop")
    studio.document_changed.emit(document)
    settle(qtbot, studio, canvas)
    assert canvas.viewport == alone


def test_a_crop_that_is_taken_back_leaves_no_veil(qtbot: QtBot, studio: DeskStudio, canvas: Canvas) -> None:
    document = made_document(plain(400, 300))
    canvas.set_mode(CanvasMode.COMPOSITE)
    open_document(qtbot, studio, canvas, document)
    without = shot(canvas)
    document.change_look(Look(crop=Crop(kind="person", margin=0)), "Crop")
    studio.document_changed.emit(document)
    settle(qtbot, studio, canvas)
    assert (shot(canvas) != without).any()
    document.undo()
    studio.document_changed.emit(document)
    settle(qtbot, studio, canvas)
    np.testing.assert_array_equal(shot(canvas), without)
