"""What a person does with the window, from opening to export."""

import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import HEIGHT, PATIENCE_MS, WIDTH, portrait
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QColorSpace, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from core.image_io import read_photo
from core.trimap import BACKGROUND, FOREGROUND
from matting_studio.app.document import State
from matting_studio.app.edits import Brush
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.jobs import Job
from matting_studio.app.look import Look, Picture, Plain
from matting_studio.app.project_file import Project, write_project
from matting_studio.app.recovery import Recovery
from matting_studio.app.session import Status
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.compare import CompareWindow
from matting_studio.qt.main_window import MainWindow
from matting_studio.qt.toolbar import Toolbar

pytestmark = pytest.mark.slow

OpenPhotos = Callable[[list[Path]], None]


@pytest.fixture
def ready(window: MainWindow, open_photos: OpenPhotos, photos: list[Path]) -> MainWindow:
    """The window with one photo, matted."""
    open_photos(photos[:1])
    return window


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.canvas, key, modifiers)


def paint(qtbot: QtBot, window: MainWindow) -> None:
    """Draw a stroke across the middle of the canvas with the mouse, and wait for its effect."""
    canvas, document = window.canvas, window.studio.current
    before = len(document.edits)
    middle = canvas.rect().center()
    QTest.mouseMove(canvas, middle)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    for step in range(1, 6):
        QTest.mouseMove(canvas, middle + QPoint(6 * step, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle + QPoint(30, 0))
    qtbot.waitUntil(lambda: len(document.edits) == before + 1 and document.dirty is None, timeout=PATIENCE_MS)


def drop(
    window: MainWindow,
    data: QMimeData,
    actions: Qt.DropAction = Qt.DropAction.CopyAction,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> bool:
    """Drop something on the window, with what its source may do; whether it was taken, as a copy."""
    inside, buttons = QPointF(window.rect().center()), Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(inside.toPoint(), actions, data, buttons, keys)
    QApplication.sendEvent(window, entered)
    if not entered.isAccepted():
        return False
    dropped = QDropEvent(inside, actions, data, buttons, keys)
    QApplication.sendEvent(window, dropped)
    return dropped.isAccepted() and {entered.dropAction(), dropped.dropAction()} == {Qt.DropAction.CopyAction}


def wait_for_message(qtbot: QtBot, window: MainWindow, part: str) -> str:
    bar = window.message_bar
    qtbot.waitUntil(lambda: bar.isVisible() and part in bar.text.text(), timeout=PATIENCE_MS)
    return bar.text.text()


def test_an_empty_window_offers_what_to_do_next(window: MainWindow) -> None:
    assert window.empty_state.isVisible()
    assert not window.canvas.isVisible()
    assert not window.actions_table["export"].isEnabled()
    assert window.actions_table["open"].isEnabled()


@pytest.mark.parametrize("width", [960, 1100, 1360, 1920])
def test_the_whole_toolbar_is_seen_at_every_width(qtbot: QtBot, window: MainWindow, width: int) -> None:
    window.resize(width, 700)
    QApplication.processEvents()
    toolbar = window.findChild(Toolbar)
    assert toolbar.export_button.isVisible()
    assert toolbar.rect().contains(toolbar.export_button.geometry())


def test_a_photo_is_matted_by_itself(window: MainWindow, open_photos: OpenPhotos, photos: list[Path]) -> None:
    open_photos(photos[:1])
    document = window.studio.current
    assert document.alpha.shape == (HEIGHT, WIDTH)
    assert window.canvas.isVisible()
    assert window.windowTitle().startswith("anna.png")
    assert window.status_bar.device.text()
    assert window.actions_table["export"].isEnabled()


def test_keys_show_every_mode_and_each_looks_different(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:1])
    window.studio.change_look(window.studio.current.look.model_copy(update={"background": Plain(colour=(0, 1, 0))}), "")
    seen = set()
    for number, mode in enumerate(CanvasMode, start=1):
        with qtbot.waitSignal(window.studio.rendered, timeout=PATIENCE_MS, raising=False):
            press(window, Qt.Key(Qt.Key.Key_0 + number))
        assert window.canvas.mode is mode
        assert window.actions_table[f"mode.{mode}"].isChecked()
        qtbot.wait(150)
        seen.add(bytes(window.canvas.grab().toImage().constBits()))
    assert len(seen) == len(CanvasMode)


@pytest.mark.parametrize(
    ("key", "value", "trimap_class"), [(Qt.Key.Key_F, 1.0, FOREGROUND), (Qt.Key.Key_B, 0.0, BACKGROUND)]
)
def test_a_stroke_changes_the_matte_and_undo_takes_it_back(
    qtbot: QtBot, ready: MainWindow, key: Qt.Key, value: float, trimap_class: int
) -> None:
    document = ready.studio.current
    before = document.alpha.copy()
    press(ready, key)
    paint(qtbot, ready)
    row, column = HEIGHT // 2, WIDTH // 2
    assert document.alpha[row, column] == value
    assert document.trimap[row, column] == trimap_class
    painted = document.alpha.copy()

    press(ready, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: document.dirty is None and not document.edits, timeout=PATIENCE_MS)
    np.testing.assert_array_equal(document.alpha, before)
    press(ready, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: document.dirty is None and len(document.edits) == 1, timeout=PATIENCE_MS)
    np.testing.assert_array_equal(document.alpha, painted)


def test_an_exported_cutout_has_the_size_and_the_alpha_of_the_document(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:1])
    press(window, Qt.Key.Key_F)
    paint(qtbot, window)
    with qtbot.waitSignal(window.studio.exported, timeout=PATIENCE_MS) as exported:
        press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    written = read_photo(exported.args[0])
    assert written.image.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_allclose(written.alpha, window.studio.current.alpha, atol=0.51 / 255)


def test_an_exported_composite_shows_the_background_colour(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path], tmp_path: Path
) -> None:
    open_photos(photos[:1])
    window.inspector.background.kinds["colour"].click()
    assert window.studio.current.look.background == Plain()
    press(window, Qt.Key.Key_B)
    paint(qtbot, window)
    with qtbot.waitSignal(window.studio.exported, timeout=PATIENCE_MS):
        window.studio.export(window.studio.current, ExportRequest(ExportKind.COMPOSITE, tmp_path / "composite.png"))
    written = np.asarray(Image.open(tmp_path / "composite.png"))
    assert written.shape == (HEIGHT, WIDTH, 3)
    assert tuple(written[HEIGHT // 2, WIDTH // 2]) == (255, 255, 255)


def test_files_and_folders_are_dropped_on_the_window(qtbot: QtBot, window: MainWindow, photos: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photos[0].parent))])
    assert drop(window, data)
    qtbot.waitUntil(lambda: len(window.studio.documents) == 3, timeout=PATIENCE_MS)
    assert window.film_strip.model().rowCount() == 3


def test_what_was_to_be_moved_here_is_left_where_it_is(window: MainWindow, photos: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photos[0]))])
    either = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    assert drop(window, data, either, Qt.KeyboardModifier.ShiftModifier)
    assert not drop(window, data, Qt.DropAction.MoveAction)


def test_a_drop_without_pictures_is_not_taken(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("no picture")
    assert not drop(window, data)


def test_a_picture_is_pasted(qtbot: QtBot, window: MainWindow) -> None:
    pixels = portrait()
    QGuiApplication.clipboard().setImage(
        QImage(pixels.tobytes(), WIDTH, HEIGHT, 3 * WIDTH, QImage.Format.Format_RGB888)
    )
    window.actions_table["paste"].trigger()
    qtbot.waitUntil(
        lambda: window.studio.current is not None and window.studio.current.alpha is not None, timeout=PATIENCE_MS
    )
    np.testing.assert_array_equal(window.studio.current.photo.image, pixels)


def test_a_picture_of_other_colours_is_pasted_as_it_looks(qtbot: QtBot, window: MainWindow) -> None:
    pixels = portrait()
    picture = QImage(pixels.tobytes(), WIDTH, HEIGHT, 3 * WIDTH, QImage.Format.Format_RGB888)
    picture.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    wide = picture.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.ProPhotoRgb))
    QGuiApplication.clipboard().setImage(wide)
    window.actions_table["paste"].trigger()
    qtbot.waitUntil(
        lambda: window.studio.current is not None and window.studio.current.alpha is not None, timeout=PATIENCE_MS
    )
    wrong = np.abs(window.studio.current.photo.image.astype(int) - pixels)
    assert wrong.mean() < 1
    assert wrong.max() < 12, "ProPhoto is coarse in 8 bits"


def test_pasting_without_a_picture_says_so(qtbot: QtBot, window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("no picture")
    window.actions_table["paste"].trigger()
    assert "no picture to paste" in wait_for_message(qtbot, window, "paste")
    assert not window.studio.documents


def test_a_bad_file_is_told_in_the_window_and_the_rest_opens(
    qtbot: QtBot, window: MainWindow, photos: list[Path]
) -> None:
    photos[0].write_bytes(b"this is no photo")
    window.studio.open(photos)
    wait_for_message(qtbot, window, "anna.png")
    assert window.message_bar.severity == "error"
    statuses = lambda: [window.studio.status(document) for document in window.studio.documents]  # noqa: E731
    qtbot.waitUntil(lambda: statuses() == [Status.FAILED, Status.READY, Status.READY], timeout=PATIENCE_MS)
    window.message_bar.dismiss()
    assert not window.message_bar.isVisible()


def test_keys_go_through_the_photos(window: MainWindow, open_photos: OpenPhotos, photos: list[Path]) -> None:
    open_photos(photos)
    shown = []
    for _ in range(3):
        shown.append(window.studio.current.name)
        press(window, Qt.Key.Key_D)
    press(window, Qt.Key.Key_A)
    assert shown == ["anna.png", "berta.png", "clara.png"]
    assert window.studio.current.name == "berta.png"
    assert window.film_strip.currentIndex().data() == "berta.png"


def test_matting_is_cancelled_in_the_middle_and_can_be_asked_for_again(
    qtbot: QtBot, window: MainWindow, photos: list[Path]
) -> None:
    window.studio.open(photos[:1])
    qtbot.waitUntil(lambda: window.actions_table["cancel"].isEnabled() and bool(window.studio.documents),
                    timeout=PATIENCE_MS)  # fmt: skip
    document = window.studio.documents[0]
    qtbot.waitUntil(lambda: window.studio.status(document) is Status.MATTING, timeout=PATIENCE_MS)
    window.status_bar.cancel_button.click()
    assert window.studio.status(document) is not Status.MATTING
    qtbot.wait(300)
    assert document.alpha is None
    window.actions_table["matte_again"].trigger()
    qtbot.waitUntil(lambda: document.alpha is not None, timeout=PATIENCE_MS)


def test_closing_in_the_middle_of_matting_leaves_no_thread(
    qtbot: QtBot, window: MainWindow, photos: list[Path]
) -> None:
    window.studio.open(photos)
    qtbot.waitUntil(lambda: len(window.studio.documents) == 3, timeout=PATIENCE_MS)
    window.close()
    assert window.ended


def test_closing_with_changes_asks_in_the_window_first(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:1])
    window.inspector.background.kinds["blurred"].click()
    window.close()
    assert window.isVisible()
    assert "anna.png has changes" in window.question_bar.text.text()
    window.question_bar.buttons[-1].click()
    assert window.ended


def test_saving_from_the_question_settles_it(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path], tmp_path: Path
) -> None:
    open_photos(photos[:1])
    window.studio.save_project(tmp_path / "anna.mstudio")
    qtbot.waitUntil(lambda: window.studio.current.project_path is not None, timeout=PATIENCE_MS)
    window.inspector.background.kinds["blurred"].click()
    window.close()
    window.question_bar.buttons[1].click()
    qtbot.waitUntil(lambda: not window.studio.modified, timeout=PATIENCE_MS)
    window.close()
    assert window.ended


def test_a_project_of_another_open_photo_is_not_saved_over(
    qtbot: QtBot, ready: MainWindow, tmp_path: Path, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos)
    anna, berta = ready.studio.documents[:2]
    project = tmp_path / "anna.mstudio"
    with qtbot.waitSignal(ready.studio.saved, timeout=PATIENCE_MS):
        ready.studio.save_project(project, document=anna)
    saved = project.read_bytes()
    ready.commands._save_as(berta, project, ready.studio.save_project)
    assert wait_for_message(qtbot, ready, "anna.png, which is open")
    assert berta.project_path is None
    with qtbot.waitSignal(ready.studio.saved, timeout=PATIENCE_MS):
        ready.commands._save_as(anna, project, ready.studio.save_project)
    ready.studio.close(anna)
    with qtbot.waitSignal(ready.studio.saved, timeout=PATIENCE_MS):
        ready.commands._save_as(berta, project, ready.studio.save_project)
    assert project.read_bytes() != saved


def test_photos_of_one_name_are_proposed_projects_of_two(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    twin = photos[0].with_suffix(".bmp")
    Image.open(photos[0]).save(twin)
    open_photos([photos[0], twin])
    held = threading.Event()
    window.studio._desk.files.submit(Job(("gate", None), "Waiting", lambda _context: held.wait(10)))
    for document, name in zip(window.studio.documents, ("anna.mstudio", "anna-2.mstudio"), strict=True):
        window.studio.select(document)
        window.actions_table["save"].trigger()
        (dialog,) = window.findChildren(QFileDialog)
        (proposed,) = dialog.selectedFiles()
        assert Path(proposed).name == name
        if document is window.studio.documents[1]:  # who types the other name is told, though nothing is written yet
            window.commands._save_as(document, Path(proposed).with_name("anna.mstudio"), window.studio.save_project)
            assert wait_for_message(qtbot, window, "anna.png, which is open")
        dialog.accept()
        qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
    held.set()
    qtbot.waitUntil(lambda: not window.studio.saving, timeout=PATIENCE_MS)
    assert {path.name for path in photos[0].parent.glob("*.mstudio")} == {"anna.mstudio", "anna-2.mstudio"}


@pytest.mark.parametrize("patient", [True, False])
def test_the_window_closes_once_all_is_saved(qtbot: QtBot, ready: MainWindow, tmp_path: Path, patient: bool) -> None:
    held = threading.Event()
    ready.studio._desk.files.submit(Job(("gate", None), "Waiting", lambda _context: held.wait(10)))
    ready.studio.save_project(tmp_path / "anna.mstudio")
    ready.close()
    assert ready.isVisible()
    assert ready.question_bar.text.text().startswith("anna.png is still being saved.")
    if patient:
        held.set()
    else:
        QTimer.singleShot(200, held.set)
        ready.question_bar.buttons[-1].click()
    qtbot.waitUntil(lambda: ready.ended, timeout=PATIENCE_MS)
    assert (tmp_path / "anna.mstudio").exists()


def test_a_project_that_another_program_has_written_is_asked_about(
    qtbot: QtBot, ready: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "anna.mstudio"
    with qtbot.waitSignal(ready.studio.saved, timeout=PATIENCE_MS):
        ready.studio.save_project(path)
    for answer, text in enumerate(("Save under another name…", "Replace it", "Not now")):
        ready.studio.change_look(Look(background=Plain(colour=(answer / 9, 1, 0))), "Another background")
        path.write_bytes(b"of another program")
        ready.actions_table["save"].trigger()
        qtbot.waitUntil(ready.question_bar.isVisible, timeout=PATIENCE_MS)
        assert "anna.mstudio was changed by another program" in ready.question_bar.text.text()
        assert path.read_bytes() == b"of another program"
        button = ready.question_bar.buttons[answer]
        assert button.text() == text
        button.click()
        if answer == 0:
            (dialog,) = ready.findChildren(QFileDialog)
            dialog.reject()
        elif answer == 1:
            qtbot.waitUntil(lambda: not ready.studio.modified, timeout=PATIENCE_MS)
            assert path.read_bytes() != b"of another program"


def test_after_an_answer_the_hand_goes_on_where_it_was(ready: MainWindow) -> None:
    ready.activateWindow()
    ready.canvas.setFocus()
    ready.question_bar.ask("Really?", (("Yes", lambda: None), ("No", lambda: None)))
    ready.question_bar.buttons[1].setFocus()
    ready.question_bar.buttons[1].click()
    assert QApplication.focusWidget() is ready.canvas


def test_a_question_about_changes_goes_with_the_changes(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:1])
    window.inspector.background.kinds["blurred"].click()
    window.actions_table["close"].trigger()
    assert window.question_bar.isVisible()
    window.actions_table["undo"].trigger()
    assert not window.question_bar.isVisible()


def test_a_stroke_that_is_still_being_drawn_counts_as_a_change(ready: MainWindow) -> None:
    ready.studio.stroke(Brush.FOREGROUND, [(20.0, 20.0)], 8, 1, 1)
    ready.close()
    assert ready.isVisible()


@pytest.mark.parametrize("how", ["close", "close_all", "quit"])
def test_a_stroke_that_the_hand_is_still_painting_is_asked_about(qtbot: QtBot, ready: MainWindow, how: str) -> None:
    document, canvas = ready.studio.current, ready.canvas
    press(ready, Qt.Key.Key_F)
    middle = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseMove(canvas, middle + QPoint(30, 0))
    ready.actions_table[how].trigger()
    assert "changes that are in no project" in ready.question_bar.text.text()
    assert document in ready.studio.documents
    qtbot.waitUntil(lambda: len(document.edits) == 1, timeout=PATIENCE_MS)
    ready.question_bar.withdraw()


def test_a_number_that_is_still_being_typed_counts_for_what_comes_next_and_stays_with_its_photo(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:2])
    first, second = window.studio.documents
    feather = window.inspector.refine.feather._box
    for text, go_on in (
        ("20", window.actions_table["export"].trigger),
        ("30", window.actions_table["mode.alpha"].trigger),
        ("40", lambda: QTest.mouseClick(window.drag_handle, Qt.MouseButton.LeftButton)),
        ("50", lambda: window.film_strip.chosen.emit(second)),
    ):
        feather.setFocus()
        feather.selectAll()
        QTest.keyClicks(feather, text)
        go_on()
        assert first.look.refinement.feather_px == float(text)
    assert second.look == Look()
    assert feather.value() == 0


def test_the_section_of_the_brush_has_the_icon_of_its_button(ready: MainWindow) -> None:
    for brush in Brush:
        ready.actions_table[f"tool.{brush}"].trigger()
        assert ready.inspector.brush._title.property("icon_name") == f"brush_{brush}"
        shown = ready.inspector.brush._title.icon().pixmap(20, 20).toImage()
        assert shown == ready.actions_table[f"tool.{brush}"].icon().pixmap(20, 20).toImage()


def test_an_export_that_succeeds_takes_back_what_was_said_of_the_one_before(
    qtbot: QtBot, ready: MainWindow, photos: list[Path]
) -> None:
    gone = photos[0].parent.rename(photos[0].parent.with_name("gone"))
    ready.actions_table["export"].trigger()
    wait_for_message(qtbot, ready, "cannot be written")
    gone.rename(photos[0].parent)
    with qtbot.waitSignal(ready.studio.made_good, timeout=PATIENCE_MS):
        ready.actions_table["export"].trigger()
    assert "Exported to" in ready.message_bar.text.text()
    ready.message_bar.dismiss()
    assert not ready.message_bar.isVisible()


@pytest.fixture
def crashed(tmp_path: Path, photos: list[Path]) -> list[Path]:
    """What a crash left of work on three photos: of the first the copy is damaged, the other two photos are gone."""
    recovery = Recovery(tmp_path / "user" / "recovery")
    copies = [recovery.new_path(photo.name) for photo in photos]
    for photo, copy in zip(photos, copies, strict=True):
        write_project(copy, Project(photo.name, read_photo(photo), photo, State(), None))
    copies[0].write_bytes(b"PK")
    for photo in photos[1:]:
        photo.rename(photo.with_name(f"moved-{photo.name}"))
    recovery._lock.release()
    return copies


def test_work_that_a_crash_left_is_asked_about_until_it_is_open_or_discarded(
    qtbot: QtBot, crashed: list[Path], window: MainWindow, photos: list[Path]
) -> None:
    bar = window.question_bar

    def dialog() -> QFileDialog | None:
        return next((each for each in window.findChildren(QFileDialog) if each.isVisible()), None)

    bar.buttons[0].click()
    wait_for_message(qtbot, window, "Your work on anna.png cannot be brought back")
    for _ in photos[1:]:
        qtbot.waitUntil(lambda: dialog() is not None, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not window.studio._desk.hand.jobs, timeout=PATIENCE_MS)
        assert len([each for each in window.findChildren(QFileDialog) if each.isVisible()]) == 1
        assert dialog().directory().path() == str(photos[0].parent)
        dialog().reject()
    for _ in photos:
        name = next(path.name for path in photos if path.name in bar.text.text())
        if name == "anna.png":
            bar.buttons[1].click()
            continue
        bar.buttons[0].click()
        qtbot.waitUntil(lambda: dialog() is not None, timeout=PATIENCE_MS)
        dialog().fileSelected.emit(str(photos[0].with_name(f"moved-{name}")))
        dialog().reject()
        qtbot.waitUntil(lambda: not window.studio._desk.hand.jobs, timeout=PATIENCE_MS)
    assert not bar.isVisible()
    assert {document.name for document in window.studio.documents} == {"moved-berta.png", "moved-clara.png"}
    assert window.studio.pending_recoveries() == []
    assert not any(copy.exists() for copy in crashed)


def test_work_that_another_window_has_taken_is_not_asked_about_any_longer(
    qtbot: QtBot, crashed: list[Path], window: MainWindow
) -> None:
    assert "was kept" in window.question_bar.text.text()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE_MS)
    for copy in crashed:
        copy.unlink()
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))  # somebody comes back to it
    assert not window.question_bar.isVisible()


def test_a_project_is_first_saved_where_its_photo_lies(ready: MainWindow, photos: list[Path]) -> None:
    ready.actions_table["save"].trigger()
    dialog = ready.findChild(QFileDialog)
    assert dialog.selectedFiles() == [str(photos[0].with_suffix(".mstudio"))]
    dialog.reject()


def test_an_open_comparison_ends_with_the_window(qtbot: QtBot, ready: MainWindow, model: Path) -> None:
    ready.show_comparison(model)
    (comparison,) = ready.findChildren(CompareWindow)
    other = comparison._other.studio
    qtbot.waitUntil(lambda: bool(other.documents), timeout=PATIENCE_MS)
    ready.close()
    assert ready.ended
    assert not any(worker.is_alive for worker in other._desk.workers)


def test_a_comparison_says_when_the_other_models_matte_is_not_there_yet(
    qtbot: QtBot, ready: MainWindow, model: Path
) -> None:
    ready.show_comparison(model)
    (comparison,) = ready.findChildren(CompareWindow)
    assert comparison.titles[1].text() == f"{model.name}: getting ready …"
    qtbot.waitUntil(lambda: comparison.titles[1].text() == model.name, timeout=PATIENCE_MS)
    assert comparison._other.studio.documents[0].alpha is not None
    comparison.close()


def test_closing_the_last_photo_shows_the_empty_window_again(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:1])
    window.actions_table["close"].trigger()
    assert window.empty_state.isVisible()
    assert not window.inspector.isVisible()
    assert window.windowTitle() == "Matting Studio"


def change(window: MainWindow, *numbers: int) -> None:
    """Change these photos of the strip, and show the first one."""
    for number in (*numbers, 0):
        window.studio.select(window.studio.documents[number])
        if number in numbers:
            window.studio.change_look(Look(background=Plain(colour=(1, 0, number / 9))), "Another background")


def test_closing_all_photos_asks_about_each_with_changes_and_closes_the_others(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos)
    change(window, 0, 2)
    anna, _, clara = window.studio.documents
    window.actions_table["close_all"].trigger()
    assert "anna.png has changes" in window.question_bar.text.text()
    assert window.studio.current is anna
    window.question_bar.buttons[-1].click()
    assert "clara.png has changes" in window.question_bar.text.text()
    assert window.studio.documents == (clara,)
    assert window.studio.current is clara
    window.question_bar.buttons[-1].click()
    assert window.studio.documents == ()
    assert window.empty_state.isVisible()
    assert not window.question_bar.isVisible()
    assert not window.actions_table["close_all"].isEnabled()


@pytest.mark.parametrize("answer", ["Keep it open", "Escape"])
def test_a_photo_that_is_kept_open_keeps_those_after_it(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path], answer: str
) -> None:
    open_photos(photos)
    change(window, 1)
    _, berta, clara = window.studio.documents
    window.actions_table["close_all"].trigger()
    assert window.studio.documents == (berta, clara)
    if answer == "Escape":
        QTest.keyClick(window.question_bar.buttons[0], Qt.Key.Key_Escape)
    else:
        window.question_bar.buttons[0].click()
    assert window.studio.documents == (berta, clara)
    assert not window.question_bar.isVisible()


def test_a_photo_that_is_saved_when_all_are_closed_is_closed_then_and_those_after_it(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path], tmp_path: Path
) -> None:
    open_photos(photos)
    change(window, 0, 2)
    anna, _, clara = window.studio.documents
    with qtbot.waitSignal(window.studio.saved, timeout=PATIENCE_MS):
        window.studio.save_project(tmp_path / "anna.mstudio", document=anna)
    window.studio.select(anna)
    window.studio.change_look(Look(background=Plain(colour=(0, 1, 0))), "Another background")
    window.actions_table["close_all"].trigger()
    assert "anna.png has changes" in window.question_bar.text.text()
    with qtbot.waitSignal(window.studio.saved, timeout=PATIENCE_MS):
        window.question_bar.buttons[1].click()
    qtbot.waitUntil(lambda: window.studio.documents == (clara,), timeout=PATIENCE_MS)
    assert "clara.png has changes" in window.question_bar.text.text()


def test_a_photo_that_cannot_be_saved_when_all_are_closed_stays_open_with_those_after_it(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path], tmp_path: Path
) -> None:
    open_photos(photos)
    change(window, 0)
    anna = window.studio.current
    (tmp_path / "gone").mkdir()
    with qtbot.waitSignal(window.studio.saved, timeout=PATIENCE_MS):
        window.studio.save_project(tmp_path / "gone" / "anna.mstudio", document=anna)
    (tmp_path / "gone" / "anna.mstudio").unlink()
    (tmp_path / "gone").rmdir()
    window.studio.change_look(Look(background=Plain(colour=(0, 1, 0))), "Another background")
    window.actions_table["close_all"].trigger()
    window.question_bar.buttons[1].click()
    assert "gone" in wait_for_message(qtbot, window, "cannot be")
    assert window.studio.documents[0] is anna
    assert len(window.studio.documents) == 3
    assert anna in window.studio.modified


def test_a_photo_that_is_closed_while_another_is_asked_about_is_not_closed_twice(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos)
    change(window, 0)
    window.actions_table["close_all"].trigger()
    window.studio.close(window.studio.documents[1])
    window.question_bar.buttons[-1].click()
    assert window.studio.documents == ()


def test_a_slider_previews_while_it_moves_and_is_one_step_when_it_is_let_go(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:1])
    document = window.studio.current
    slider = window.inspector.refine.feather._slider
    slider.setSliderDown(True)
    with qtbot.waitSignal(window.studio.rendered, timeout=PATIENCE_MS):
        for position in (2, 5, 9):
            slider.setValue(position)
    assert document.look.refinement.feather_px == 0
    slider.setSliderDown(False)
    assert document.look.refinement.feather_px == 4.5
    assert document.undo_name == "Refine"
    window.actions_table["undo"].trigger()
    assert document.look.refinement.feather_px == 0
    assert window.inspector.refine.feather.value == 0


def test_a_changed_number_is_kept_when_the_photo_is_changed_at_once(
    window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:2])
    first = window.studio.current
    window.inspector.refine.feather._box.setValue(3)
    window.actions_table["next"].trigger()
    assert first.look.refinement.feather_px == 3
    assert window.studio.current.look.refinement.feather_px == 0


def test_a_setting_stays_with_its_photo_when_another_one_opens_by_itself(
    qtbot: QtBot, ready: MainWindow, photos: list[Path]
) -> None:
    first = ready.studio.current
    ready.studio.open(photos[1:2])
    ready.inspector.refine.feather._box.setValue(3)
    with qtbot.waitSignal(ready.studio.current_changed, timeout=PATIENCE_MS):
        pass
    assert first.look.refinement.feather_px == 3
    qtbot.wait(500)  # longer than a number waits to be kept
    assert ready.studio.current is not first
    assert ready.studio.current.look.refinement.feather_px == 0


def test_a_slider_lets_go_when_another_photo_opens_by_itself(
    qtbot: QtBot, ready: MainWindow, photos: list[Path]
) -> None:
    first, feather = ready.studio.current, ready.inspector.refine.feather
    slider = feather._slider
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    handle = slider.style().subControlRect(control, option, part, slider).center()
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(slider, left, no_key, handle)
    QTest.mouseMove(slider, handle + QPoint(30, 0))
    value = feather.value
    assert value > 0
    assert slider.isSliderDown()
    with qtbot.waitSignal(ready.studio.current_changed, timeout=PATIENCE_MS):
        ready.studio.open(photos[1:2])
    assert first.look.refinement.feather_px == value
    # The button is still down, and the mouse goes on.
    QTest.mouseMove(slider, handle + QPoint(60, 0))
    QTest.mouseRelease(slider, left, no_key, handle + QPoint(60, 0))
    qtbot.wait(500)  # longer than a number waits to be kept
    assert ready.studio.current.look.refinement.feather_px == feather.value == 0
    assert first.look.refinement.feather_px == value


def test_the_window_is_as_it_was_left(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path], tmp_path: Path
) -> None:
    from matting_studio.qt.application import make_window  # noqa: PLC0415 - as every test's window

    open_photos(photos[:1])
    press(window, Qt.Key.Key_3)
    height = min(700, window.screen().availableGeometry().height())
    window.resize(1000, height)
    window.actions_table["theme.light"].trigger()
    window.close()
    again = make_window(tmp_path / "settings", tmp_path / "user")
    again.show()
    assert again.canvas.mode is CanvasMode.ALPHA
    assert again.height() == height
    assert again.actions_table["theme.light"].isChecked()
    assert [path.name for path in again.studio.settings.recent_files] == ["anna.png"]
    again.close()
    assert again.ended
    again.deleteLater()


def test_an_export_under_way_is_asked_about_until_it_is_written(
    qtbot: QtBot, ready: MainWindow, tmp_path: Path
) -> None:
    ready.studio.export(ready.studio.current, ExportRequest(ExportKind.CUTOUT, tmp_path / "cutout.png"))
    ready.close()
    assert "still being exported" in ready.question_bar.text.text()
    qtbot.waitUntil(lambda: not ready.question_bar.isVisible(), timeout=PATIENCE_MS)
    assert (tmp_path / "cutout.png").exists()


def test_the_photo_that_was_asked_about_is_saved(
    qtbot: QtBot, window: MainWindow, open_photos: OpenPhotos, photos: list[Path]
) -> None:
    open_photos(photos[:2])
    anna, berta = window.studio.documents
    window.studio.select(anna)
    window.inspector.background.kinds["blurred"].click()
    window.actions_table["close"].trigger()
    window.studio.select(berta)
    window.question_bar.buttons[1].click()
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("anna.mstudio")
    assert window.studio.current is anna
    dialog.reject()


def test_a_project_is_saved_with_all_that_it_needs_to_be_handed_on_and_stays_so(
    qtbot: QtBot, ready: MainWindow, tmp_path: Path, photos: list[Path]
) -> None:
    document = ready.studio.current
    picture = photos[1].rename(tmp_path / "beach.png")
    path = tmp_path / "anna.mstudio"
    ready.studio.change_look(Look(background=Picture(path=picture)), "Beach")
    ready.actions_table["save_whole"].trigger()
    (dialog,) = ready.findChildren(QFileDialog)
    with qtbot.waitSignal(ready.studio.saved, timeout=PATIENCE_MS):
        dialog.fileSelected.emit(str(path))
    dialog.reject()
    for action in (None, "save"):
        if action:
            path.unlink()
            with qtbot.waitSignal(ready.studio.saved, timeout=PATIENCE_MS):
                ready.actions_table[action].trigger()
        with zipfile.ZipFile(path) as archive:
            assert archive.read("photo/photo.png") == document.path.read_bytes()
            assert archive.read("background/picture.png") == picture.read_bytes()


def test_an_export_is_asked_about_also_after_the_changes(
    qtbot: QtBot, ready: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = ready.studio.current
    ready.inspector.background.kinds["blurred"].click()
    monkeypatch.setattr(type(ready.studio), "exporting", property(lambda _studio: [document]))
    for attempt in ("first", "second"):
        ready.close()
        assert "has changes" in ready.question_bar.text.text(), "each attempt to close begins anew"
        ready.question_bar.buttons[-1].click()
        assert not ready.ended
        assert "still being exported" in ready.question_bar.text.text(), attempt
        ready.question_bar.buttons[0].click()
    ready.close()
    ready.question_bar.buttons[-1].click()
    ready.question_bar.buttons[-1].click()
    assert ready.ended


def test_the_program_ends_in_order_also_where_somebody_tidied_up_after_a_drag(qtbot: QtBot, ready: MainWindow) -> None:
    handle = ready.drag_handle
    press = QPoint(5, 5)
    with qtbot.waitSignal(ready.studio.handed_out, timeout=PATIENCE_MS):
        QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, press)
        handle._awaited = None  # the button is up again before the file is there
    shutil.rmtree(handle._folder)
    with qtbot.waitSignal(ready.studio.handed_out, timeout=PATIENCE_MS):
        QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, press)
        handle._awaited = None
    shutil.rmtree(handle._folder)
    ready.close()
    assert ready.ended


def test_a_maximised_window_is_maximised_again_after_it_was_the_whole_screen(qtbot: QtBot, window: MainWindow) -> None:
    window.showMaximized()
    for is_full in (True, False):
        window.actions_table["full_screen"].trigger()
        qtbot.waitUntil(lambda is_full=is_full: window.isFullScreen() is is_full, timeout=PATIENCE_MS)
    assert window.isMaximized()


def test_the_window_asks_no_disk_about_recent_files(
    qtbot: QtBot, ready: MainWindow, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_by = []
    monkeypatch.setattr(
        "matting_studio.app.settings.is_file",
        lambda path: (asked_by.append(threading.current_thread()), path.is_file())[1],
    )
    qtbot.waitUntil(lambda: bool(ready._recent_files), timeout=PATIENCE_MS)
    press(ready, Qt.Key.Key_BracketRight)
    ready._recent.aboutToShow.emit()
    first, _, last = ready._recent.actions()
    assert (first.text(), last.text()) == (photos[0].name, "Clear list")
    qtbot.waitUntil(lambda: bool(asked_by), timeout=PATIENCE_MS)
    assert threading.main_thread() not in asked_by
    last.trigger()
    assert ready.studio.settings.recent_files == ()
    qtbot.waitUntil(lambda: not ready._recent_files, timeout=PATIENCE_MS)
    ready._recent.aboutToShow.emit()
    assert [action.text() for action in ready._recent.actions()] == ["No files yet"]
