"""What the export dialog offers and asks for."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.image_io import Format, Photo
from matting_studio.app.document import Document, State
from matting_studio.app.edits import Base
from matting_studio.app.export_request import ExportKind
from matting_studio.app.look import Crop, Look, Picture, Plain
from matting_studio.app.settings import ExportSettings
from matting_studio.qt.export_dialog import ExportDialog


def document(path: Path, look: Look | None = None) -> Document:
    """60 x 40 px with a person of 20 x 10 px in it."""
    made = Document(path, State(look=look or Look()))
    image = np.zeros((60, 40, 3), np.uint8)
    made.set_photo(Photo(image, image, None, None, None, Format.PNG, path))
    alpha = np.zeros((60, 40), np.float32)
    alpha[20:40, 15:25] = 1
    made.set_base(Base(alpha, (alpha * 255).astype(np.uint8)))
    return made


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_request_is_what_was_chosen(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    on_grey = Look(background=Plain())
    dialog = ExportDialog(parent, document(tmp_path / "anna.png", on_grey), ExportSettings(), tmp_path)
    dialog.what.setCurrentIndex(1)
    dialog.format.setCurrentIndex(dialog.format.findText("JPEG"))
    dialog.jpeg_quality.set_value(80)
    with qtbot.waitSignal(dialog.wanted, timeout=1000) as wanted:
        dialog.export_button.click()
    request = wanted.args[0]
    assert request.what is ExportKind.COMPOSITE
    assert request.path == tmp_path / "anna-composite.jpg"
    assert request.encoding.jpeg_quality == 80


def test_no_result_replaces_a_photo_or_a_background_that_is_in_use(parent: QWidget, tmp_path: Path) -> None:
    for name in ("anna.png", "beach.png", "bert.png", "other.png"):
        (tmp_path / name).write_bytes(b"there")
    before_beach = Look(background=Picture(path=tmp_path / "beach.png"))
    anna, others = document(tmp_path / "anna.png", before_beach), [tmp_path / "bert.png"]
    dialog = ExportDialog(parent, anna, ExportSettings(), tmp_path, others)
    for name, said in (("anna", "the photo itself"), ("beach", "the background itself"), ("bert", "a photo that is")):
        QTest.keyClick(dialog.name, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(dialog.name, name)
        assert said in dialog.summary.text()
        assert not dialog.export_button.isEnabled()
    QTest.keyClick(dialog.name, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(dialog.name, "other")
    assert "will be replaced" in dialog.summary.text()
    assert dialog.export_button.isEnabled()


def test_labels_belong_to_their_controls(parent: QWidget, tmp_path: Path) -> None:
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path)
    named = {label.text(): label.buddy() for label in dialog.findChildren(QLabel) if label.buddy() is not None}
    for text, control in (("What", dialog.what), ("Format", dialog.format), ("Bit depth", dialog.depth)):
        assert named[text] is control


def test_rows_of_other_formats_keep_no_room(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path)
    with qtbot.waitExposed(dialog):
        dialog.show()

    def room_and_button(format_name: str) -> tuple[int, int]:
        dialog.format.setCurrentIndex(dialog.format.findText(format_name))
        QApplication.processEvents()
        return dialog.crop.geometry().top() - dialog.depth.geometry().bottom(), dialog.export_button.geometry().top()

    room, _ = room_and_button("PNG")
    assert 0 < room <= dialog.depth.height()
    with_a_quality, below_it = room_and_button("WebP")
    assert with_a_quality > dialog.depth.height()
    assert room_and_button("PNG") == (room, below_it)  # the buttons stay under the pointer


def test_choices_are_restored(parent: QWidget, tmp_path: Path) -> None:
    settings = ExportSettings(what=ExportKind.ALPHA, suffix=".tif", bit_depth=16, crop=False)
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), settings, tmp_path)
    request = dialog.request()
    assert (request.what, request.path.suffix, request.bit_depth, request.crop) == (ExportKind.ALPHA, ".tif", 16, False)


def test_choices_of_other_formats_are_remembered(parent: QWidget, tmp_path: Path) -> None:
    settings = ExportSettings(what=ExportKind.ALPHA, suffix=".png", bit_depth=16, jpeg_quality=85, webp_quality=60)
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), settings, tmp_path)
    for name in ("JPEG", "WebP", "PNG"):
        dialog.format.setCurrentIndex(dialog.format.findText(name))
        remembered = ExportSettings.of(dialog.request())
        assert (remembered.bit_depth, remembered.jpeg_quality, remembered.webp_quality) == (16, 85, 60), name


def test_transparency_is_not_offered_as_jpeg(parent: QWidget, tmp_path: Path) -> None:
    settings = ExportSettings(what=ExportKind.COMPOSITE, suffix=".jpg")
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), settings, tmp_path)
    dialog.what.setCurrentIndex(0)
    assert dialog.request().path.suffix == ".png"


def test_a_trimap_is_not_offered_as_jpeg(parent: QWidget, tmp_path: Path) -> None:
    settings = ExportSettings(what=ExportKind.TRIMAP, suffix=".jpg")
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), settings, tmp_path)
    assert dialog.request().path.suffix == ".png"
    assert dialog.export_button.isEnabled()


def test_a_composite_as_jpeg_needs_a_background(parent: QWidget, tmp_path: Path) -> None:
    settings = ExportSettings(what=ExportKind.COMPOSITE, suffix=".jpg")
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), settings, tmp_path)
    assert dialog.summary.text() == (
        f"{tmp_path / 'anna-composite.jpg'} cannot be written: JPEG has no transparency. Choose a background, or use "
        "PNG, WebP or TIFF."
    )
    assert not dialog.export_button.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findText("PNG"))
    assert dialog.export_button.isEnabled()


def test_the_photo_itself_is_not_replaced(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "anna.png").touch()
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path)
    dialog.name.setText("anna")
    dialog.name.textEdited.emit("anna")
    assert dialog.summary.text() == f"{tmp_path / 'anna.png'} is the photo itself. Give the result another name."
    assert not dialog.export_button.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findText("TIFF"))
    assert dialog.export_button.isEnabled()


def test_a_name_of_ones_own_stays(parent: QWidget, tmp_path: Path) -> None:
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path)
    dialog.name.setText("mine")
    dialog.name.textEdited.emit("mine")
    dialog.what.setCurrentIndex(2)
    assert dialog.request().path.name == "mine.png"


def test_the_summary_says_size_and_what_is_replaced(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "anna-cutout.png").touch()
    look = Look(crop=Crop(kind="person", margin=0))
    dialog = ExportDialog(parent, document(tmp_path / "anna.png", look), ExportSettings(), tmp_path)
    assert "About 10 × 20 px of 40 × 60 px, 8 bit" in dialog.summary.text()
    assert "will be replaced" in dialog.summary.text()


def test_the_summary_of_a_crop_that_leaves_the_photo_says_so(parent: QWidget, tmp_path: Path) -> None:
    look = Look(crop=Crop(kind="ratio", margin=1.0, ratio=1.0))
    dialog = ExportDialog(parent, document(tmp_path / "anna.png", look), ExportSettings(), tmp_path)
    assert "About 60 × 60 px, partly beyond the photo's 40 × 60 px, 8 bit" in dialog.summary.text()


@pytest.mark.parametrize(("name", "folder"), [("", ""), ("a/b", ""), ("good", "missing"), ("a" * 300, "")])
def test_what_cannot_be_written_cannot_be_asked_for(parent: QWidget, tmp_path: Path, name: str, folder: str) -> None:
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path / folder)
    dialog.name.setText(name)
    dialog.name.textEdited.emit(name)
    assert not dialog.export_button.isEnabled()
    assert dialog.summary.text()
    assert dialog.summary.property("wrong")
    dialog.folder.setText(str(tmp_path))
    dialog.name.setText("good")
    dialog.name.textEdited.emit("good")
    assert dialog.export_button.isEnabled()
    assert not dialog.summary.property("wrong"), "what is promised is no fault"


def test_a_folder_has_to_be_named(parent: QWidget, tmp_path: Path) -> None:
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path)
    dialog.folder.setText("")
    assert not dialog.export_button.isEnabled()


def test_a_quality_that_is_still_being_typed_is_asked_for(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    settings = ExportSettings(what=ExportKind.ALPHA, suffix=".jpg", jpeg_quality=90)
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), settings, tmp_path)
    dialog.jpeg_quality._box.selectAll()
    QTest.keyClicks(dialog.jpeg_quality._box, "55")
    with qtbot.waitSignal(dialog.wanted, timeout=1000) as wanted:
        dialog.export_button.click()
    assert wanted.args[0].encoding.jpeg_quality == 55


def test_names_are_seen_as_they_are_and_long_ones_leave_the_dialog_narrow(parent: QWidget, tmp_path: Path) -> None:
    dialog = ExportDialog(parent, document(tmp_path / "anna.png"), ExportSettings(), tmp_path)
    before = dialog.sizeHint().width()
    dialog.name.setText("<b>" + 200 * "W")
    dialog._rename()
    assert dialog.summary.textFormat() is Qt.TextFormat.PlainText
    assert "as <b>WWW" in dialog.summary.text()
    assert dialog.sizeHint().width() <= 1.5 * before


@pytest.mark.skipif(sys.platform == "win32", reason="names are counted in another way there")
def test_a_name_that_fits_is_proposed_for_a_photo_with_a_very_long_one(parent: QWidget, tmp_path: Path) -> None:
    dialog = ExportDialog(parent, document(tmp_path / f"{246 * 'W'}.png"), ExportSettings(), tmp_path)
    name = dialog.request().path.name
    assert (len(name), name[-11:]) == (255, "-cutout.png")
    assert dialog.export_button.isEnabled()
