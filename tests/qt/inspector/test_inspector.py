"""The sections of the inspector: what they show, preview and keep."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from matting_studio.app.edits import Brush
from matting_studio.app.look import Blurred, Crop, Gradient, Look, Picture, Plain, Refinement, Shadow, Transparent
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.qt.brush_settings import BrushSettings
from matting_studio.qt.inspector.inspector import Inspector
from matting_studio.qt.inspector.slider import SETTLING_MILLISECONDS, InspectorSlider


@pytest.fixture
def inspector(qtbot: QtBot) -> Iterator[Inspector]:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(320, 800)
    made.show()
    made.show_look(Look())
    return made


class Heard:
    """What an inspector announced. It shows what it was given to keep, as the window does."""

    def __init__(self, inspector: Inspector) -> None:
        self.previews: list[Look] = []
        self.kept: list[tuple[Look, str]] = []
        self._inspector = inspector
        inspector.previewed.connect(self.previews.append)
        inspector.committed.connect(self._keep)

    def _keep(self, look: Look, name: str) -> None:
        self.kept.append((look, name))
        self._inspector.show_look(look)


@pytest.fixture
def heard(inspector: Inspector) -> Heard:
    return Heard(inspector)


EVERYTHING = Look(
    refinement=Refinement(edge_shift_px=3.5, feather_px=7, black_point=0.1, white_point=0.9, keep_largest=True),
    decontaminate=0.5,
    background=Gradient(angle_degrees=45),
    shadow=Shadow(opacity=0.6, blur_px=12, shift_x_px=-4, shift_y_px=9),
    light_wrap=0.25,
    colour_match=0.75,
    crop=Crop(kind="ratio", margin=0.1, ratio=4 / 5),
)


def test_a_look_is_shown_without_announcing_anything(inspector: Inspector, heard: Heard) -> None:
    inspector.show_look(EVERYTHING)
    assert inspector.refine.edge_shift.value == 3.5
    assert inspector.refine.white_point.value == pytest.approx(90)
    assert inspector.refine.keep_largest.isChecked()
    assert inspector.colours.sliders["colour_match"].value == 75
    assert inspector.background.kinds["gradient"].isChecked()
    assert inspector.background.angle.value == 45
    assert inspector.background.shadow.isChecked()
    assert inspector.crop.choice.currentText() == "Portrait 4 : 5"
    assert (heard.previews, heard.kept) == ([], [])


def test_each_reset_brings_back_the_defaults_of_its_section_only(inspector: Inspector, heard: Heard) -> None:
    inspector.show_look(EVERYTHING)
    for section in (inspector.refine, inspector.colours, inspector.background, inspector.crop):
        assert section.reset_button.isEnabled()
        section.reset_button.click()
        assert not section.reset_button.isEnabled()
    assert heard.kept[0][0] == EVERYTHING.model_copy(update={"refinement": Refinement()})
    assert heard.kept[-1][0] == Look()
    assert [name for _, name in heard.kept] == ["Refine", "Colours", "Background", "Crop"]


def test_a_dragged_slider_previews_and_keeps_once(inspector: Inspector, heard: Heard) -> None:
    slider = inspector.colours.sliders["light_wrap"]._slider
    slider.setSliderDown(True)
    for position in (10, 20, 30):
        slider.setValue(position)
    assert [look.light_wrap for look in heard.previews] == [0.1, 0.2, 0.3]
    assert heard.kept == []
    slider.setSliderDown(False)
    assert [(look.light_wrap, name) for look, name in heard.kept] == [(0.3, "Colours")]


def test_keys_on_a_slider_are_kept_once_after_the_last(inspector: Inspector, heard: Heard, qtbot: QtBot) -> None:
    slider = inspector.refine.feather._slider
    slider.setFocus()
    for _ in range(4):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert heard.kept == []
    qtbot.waitUntil(lambda: bool(heard.kept), timeout=5000)
    assert [look.refinement.feather_px for look, _ in heard.kept] == [2.0]


def test_settle_keeps_at_once_what_was_typed(inspector: Inspector, heard: Heard) -> None:
    inspector.refine.feather._box.setValue(5)
    inspector.settle()
    inspector.settle()
    assert [look.refinement.feather_px for look, _ in heard.kept] == [5.0]


def type_into(slider: InspectorSlider, text: str) -> None:
    """As somebody does who goes on to something else without Return or Tab."""
    slider._box.setFocus()
    slider._box.selectAll()
    QTest.keyClicks(slider._box, text)


def test_settle_keeps_what_is_still_being_typed(inspector: Inspector, heard: Heard) -> None:
    type_into(inspector.refine.feather, "20")
    inspector.settle()
    inspector.settle()
    assert [look.refinement.feather_px for look, _ in heard.kept] == [20.0]
    assert [look.refinement.feather_px for look in heard.previews] == [20.0]


def test_what_is_being_typed_stays_when_something_else_comes_to_be_shown(inspector: Inspector, heard: Heard) -> None:
    type_into(inspector.refine.feather, "20")
    inspector.show_look(Look())  # as when a matte has come
    inspector.background.kinds["colour"].click()  # takes no keys from the box
    inspector.settle()
    look = heard.kept[-1][0]
    assert (look.refinement.feather_px, look.background) == (20.0, Plain())


def test_a_brush_has_the_size_that_is_still_being_typed_when_another_one_is_taken(inspector: Inspector) -> None:
    brush = inspector.brush
    taken: list[BrushSettings] = []
    brush.changed.connect(taken.append)
    brush.show_brush(BrushSettings(tool=Brush.FOREGROUND))
    type_into(brush.size_px, "77")
    inspector.settle()
    assert [each.size_px for each in taken] == [77]


def test_the_brushs_section_has_the_icon_of_the_brush(inspector: Inspector, qtbot: QtBot) -> None:
    brush = inspector.brush
    for tool in (Brush.UNKNOWN, Brush.FOREGROUND, Brush.RESTORE, Brush.BACKGROUND):
        with qtbot.waitSignal(brush.icon_changed, timeout=1000):
            brush.show_brush(BrushSettings(tool=tool))
        assert brush._title.property("icon_name") == f"brush_{tool}"
    with qtbot.assertNotEmitted(brush.icon_changed):
        brush.show_brush(BrushSettings(tool=Brush.BACKGROUND, size_px=77))


@pytest.mark.parametrize("last", [0.0, 5.0])
def test_a_reset_is_not_undone_by_what_was_about_to_be_kept(
    inspector: Inspector, heard: Heard, qtbot: QtBot, last: float
) -> None:
    inspector.show_look(EVERYTHING)
    inspector.refine.feather._box.setValue(last)
    inspector.refine.reset_button.click()
    qtbot.wait(SETTLING_MILLISECONDS + 100)
    assert heard.kept[-1][0].refinement == Refinement()
    assert inspector.refine.feather.value == 0


def test_a_new_background_or_no_shadow_stays_after_a_key_on_the_sliders_of_the_old(
    inspector: Inspector, heard: Heard, qtbot: QtBot
) -> None:
    inspector.show_look(EVERYTHING)
    inspector.background.angle._box.stepUp()
    inspector.background.kinds["colour"].click()
    inspector.background.findChildren(InspectorSlider)[-1]._box.stepUp()
    inspector.background.shadow.click()
    qtbot.wait(SETTLING_MILLISECONDS + 100)
    assert heard.kept[-1][0].background == Plain()
    assert heard.kept[-1][0].shadow is None


def test_a_reset_brush_shows_its_defaults_at_once(inspector: Inspector) -> None:
    brush = inspector.brush
    brush.changed.connect(brush.show_brush)
    brush.show_brush(BrushSettings(tool=Brush.FOREGROUND))
    brush.size_px._box.setValue(77)
    brush.reset_button.click()
    assert brush.size_px.value == BrushSettings().size_px


@pytest.fixture
def keys(inspector: Inspector, qtbot: QtBot) -> list[str]:
    """Which actions of the window the keys in the feather box have reached."""
    done: list[str] = []
    for text, key in (("undo", "Ctrl+Z"), ("redo", "Ctrl+Shift+Z"), ("copy", "Ctrl+C"), ("leave", "Esc")):
        action = QAction(text, inspector)
        action.setShortcut(key)
        action.triggered.connect(lambda _, text=text: done.append(text))
        inspector.addAction(action)
    with qtbot.waitActive(inspector):
        inspector.activateWindow()
    return done


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize("name", ["feather", "black_point"])
def test_undo_in_a_box_is_the_boxs_until_its_number_is_kept(
    inspector: Inspector, heard: Heard, keys: list[str], name: str
) -> None:
    box = getattr(inspector.refine, name)._box
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "10")
    QTest.keyClick(box, Qt.Key.Key_Z, CTRL)
    assert keys == []
    assert box.text().startswith("0")
    box.selectAll()
    QTest.keyClicks(box, "10")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 10
    QTest.keyClick(box, Qt.Key.Key_Z, CTRL)
    assert keys == ["undo"]
    assert box.value() == 10


def test_redo_and_copy_pass_through_a_box_that_has_nothing_for_them(inspector: Inspector, keys: list[str]) -> None:
    box = inspector.refine.feather._box
    box.setFocus()
    box.lineEdit().deselect()
    QTest.keyClick(box, Qt.Key.Key_Z, CTRL | SHIFT)
    QTest.keyClick(box, Qt.Key.Key_C, CTRL)
    assert keys == ["redo", "copy"]
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_C, CTRL)
    assert keys == ["redo", "copy"]


def test_escape_drops_a_half_typed_number_and_is_the_windows_otherwise(
    inspector: Inspector, heard: Heard, keys: list[str]
) -> None:
    box = inspector.refine.feather._box
    box.setFocus()
    shown = box.text()
    box.selectAll()
    QTest.keyClicks(box, "10")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), keys) == (shown, [])
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert keys == ["leave"]
    box.clearFocus()
    assert heard.kept == []


def test_backgrounds_are_chosen_and_each_remembers_its_settings(inspector: Inspector, heard: Heard) -> None:
    kinds = inspector.background.kinds
    kinds["colour"].click()
    inspector.background.colour.chosen.emit((1.0, 0.0, 0.0))
    kinds["blurred"].click()
    kinds["colour"].click()
    kinds["transparent"].click()
    assert [look.background for look, _ in heard.kept] == [
        Plain(), Plain(colour=(1.0, 0.0, 0.0)), Blurred(), Plain(colour=(1.0, 0.0, 0.0)), Transparent(),
    ]  # fmt: skip


def test_a_shadow_is_set_and_taken_away_on_transparency_too(inspector: Inspector, heard: Heard) -> None:
    inspector.show_look(Look(shadow=Shadow()))
    section = inspector.background
    assert section.kinds["transparent"].isChecked()
    assert section.shadow.isEnabled()
    strength = section.findChildren(InspectorSlider)[-4]
    assert strength.isVisible()
    assert strength.isEnabled()
    assert any("shadow" in label.text() for label in section.pages.currentWidget().findChildren(QLabel))
    section.shadow.click()
    assert heard.kept[-1][0] == Look()


def test_a_picture_keeps_its_place_when_another_is_chosen(inspector: Inspector, heard: Heard) -> None:
    inspector.background.use_picture(Path("beach.jpg"))
    inspector.background.fit.activated.emit(2)
    inspector.background.use_picture(Path("forest.jpg"))
    background = heard.kept[-1][0].background
    assert isinstance(background, Picture)
    assert (background.path, background.placement.fit) == (Path("forest.jpg"), "tile")


def test_without_a_photo_only_the_model_can_be_chosen(inspector: Inspector) -> None:
    inspector.show_look(None)
    assert inspector.model.isEnabled()
    assert not inspector.refine.isEnabled()
    assert not inspector.background.isEnabled()


def test_the_models_name_is_seen_as_other_choices_are_and_asks_for_another_one(
    inspector: Inspector, qtbot: QtBot
) -> None:
    section = inspector.model
    section.show_choices("Portrait model", NetworkChoice(), None)
    assert section.model.currentText() == "Portrait model"
    with qtbot.waitSignal(section.model_wanted):
        qtbot.mouseClick(section.model, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(section.model_wanted):
        qtbot.keyClick(section.model, Qt.Key.Key_Space)


def test_a_memory_limit_is_chosen_and_shown_also_where_it_is_an_unusual_one(inspector: Inspector, qtbot: QtBot) -> None:
    section = inspector.model
    section.show_choices("Portrait model", NetworkChoice(), None)
    assert section.memory.currentText() == "Most of what is free"
    assert not section.reset_button.isEnabled()
    with qtbot.waitSignal(section.memory_limit_chosen) as chosen:
        section.memory.activated.emit(section.memory.findText("At most 4 GB"))
    assert chosen.args == [4 * 10**9]
    section.show_choices("Portrait model", NetworkChoice(), 2_500_000_000)
    assert section.memory.currentText() == "At most 2.5 GB"
    assert section.reset_button.isEnabled()
    with qtbot.waitSignal(section.memory_limit_chosen) as chosen:
        section.memory.activated.emit(0)
    assert chosen.args == [None]


def test_nothing_is_wider_than_the_inspector(inspector: Inspector) -> None:
    for background in (Transparent(), Plain(), Gradient(), Blurred(), Picture(path=Path("a" * 200 + ".jpg"))):
        inspector.show_look(EVERYTHING.model_copy(update={"background": background}))
        QApplication.processEvents()
        assert inspector.widget().minimumSizeHint().width() <= inspector.viewport().width()
