"""The form: every setting is there, wrong values are said beside it, resets lead back to the preset."""

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.training.config import (
    DataConfig,
    PhotosConfig,
    ScheduleConfig,
    StageConfig,
    TrainingConfig,
    ValidationConfig,
)
from matting_studio.app.training.setting import settings_of
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.folding_group import FoldingGroup
from matting_studio.qt.training.setting_row import SettingRow
from matting_studio.qt.training.settings_form import SettingsForm
from matting_studio.qt.training.stages_editor import StagesEditor

CHOSEN_ELSEWHERE = {
    "data": {"cutouts", "photos", "validation"}, "network": {"base"}, "run": {"device", "processes"},
}  # fmt: skip
DATA = DataConfig(
    photos=[PhotosConfig(folder=Path("/anna")), PhotosConfig(folder=Path("/berta"), share=0.5)],
    validation=[ValidationConfig(name="held back", folder=Path("/anna/validation"))],
)
PRESET = TrainingConfig(
    data=DATA,
    schedule=ScheduleConfig(stages=[StageConfig(steps=60, crop_px=192, batch_size=4)], learning_rate=5e-5),
)


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> SettingsForm:
    made = SettingsForm(theme)
    qtbot.addWidget(made)
    made.show_preset(PRESET)
    return made


def write(row: SettingRow, text: str) -> None:
    assert isinstance(row.editor, QLineEdit)
    row.editor.setText(text)
    row.editor.textEdited.emit(text)


def tab_stops(form: SettingsForm) -> list[QWidget]:
    """In the order of the Tab key."""
    stops, control = [], form
    while True:
        control = control.nextInFocusChain()
        if control is form:
            return stops
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.focusProxy() is None:
            stops.append(control)


def test_the_tab_key_goes_through_the_settings_as_they_stand(form: SettingsForm, tmp_path: Path) -> None:
    form.show_sources(DataConfig(photos=[PhotosConfig(folder=tmp_path)]))
    stages = form.row("schedule", "stages").editor
    assert isinstance(stages, StagesEditor)
    stages.add_button.click()
    for group in form.findChildren(FoldingGroup):
        group.fold(False)
    form.resize(900, 600)
    form.show()
    stops = tab_stops(form)
    assert {stages.add_button, *stages.cells[-1]} <= set(stops)
    places = [stop.mapTo(form.widget(), stop.rect().center()).y() for stop in stops]
    lines = [round(place / 12) for place in places]  # what stands beside each other
    assert all(after >= before - 1 for before, after in pairwise(lines))


def test_every_setting_of_the_configuration_is_there_once(form: SettingsForm) -> None:
    for name, field in TrainingConfig.model_fields.items():
        expected = {setting.name for setting in settings_of(field.annotation)} - CHOSEN_ELSEWHERE.get(name, set())
        assert set(form.values(name)) == expected


def test_a_weight_for_each_of_thousands_of_files_is_kept_whole(form: SettingsForm) -> None:
    photos = PhotosConfig(folder=Path("/anna"), favour={f"portrait of anna {n}.jpg": 0.6 for n in range(3000)})
    form.show_preset(PRESET.model_copy(update={"data": DATA.model_copy(update={"photos": [photos]})}))
    assert form.sources()["photos"] == [photos]


def test_what_it_shows_is_the_preset(form: SettingsForm) -> None:
    for name in ("network", "augmentation", "loss", "schedule", "run", "data"):
        group = getattr(PRESET, name)
        assert form.values(name) == {setting: getattr(group, setting) for setting in form.values(name)}
    assert form.sources() == {"cutouts": [], "photos": DATA.photos, "validation": DATA.validation}
    assert form.problem() is None


def test_a_wrong_value_is_said_beside_it_and_in_its_groups_title(qtbot: QtBot, form: SettingsForm) -> None:
    row = form.row("augmentation", "flip")
    assert form.group("augmentation").folded
    with qtbot.waitSignal(form.changed):
        write(row, "often")
    assert row.help.text() == "'often' is no number."
    assert row.editor.property("wrong")
    assert form.problem() == "Flip: 'often' is no number."
    assert "1 cannot be used" in form.group("augmentation").title.text()
    form.show_first_problem()
    assert not form.group("augmentation").folded

    write(row, "0.25")
    assert form.problem() is None
    assert not row.editor.property("wrong")
    assert form.values("augmentation")["flip"] == 0.25
    assert "1 changed" in form.group("augmentation").title.text()


def test_a_reset_leads_back_to_the_preset_and_default_and_preset_are_told(form: SettingsForm) -> None:
    row = form.row("schedule", "learning_rate")
    assert "Default: 0.0001." in row.help.text()
    assert "Preset: 5e-05." in row.help.text()
    assert not row.reset_button.isEnabled()
    write(row, "nonsense")
    assert row.reset_button.isEnabled()
    row.reset_button.click()
    assert row.value == 5e-5
    assert form.problem() is None
    assert not row.reset_button.isEnabled()


def test_stages_are_added_changed_and_taken_away(qtbot: QtBot, form: SettingsForm) -> None:
    row = form.row("schedule", "stages")
    with qtbot.waitSignal(form.changed):
        row.editor.add_button.click()
    assert row.value == [*PRESET.schedule.stages] * 2
    crop = row.editor.cells[1][1]
    crop.setText("12")
    crop.textEdited.emit("12")
    assert row.help.text() == "Crop of stage 2: This has to be at least 64."
    crop.setText("320")
    crop.textEdited.emit("320")
    assert [stage.crop_px for stage in row.value] == [192, 320]
    row.reset_button.click()
    assert row.value == PRESET.schedule.stages
    assert len(row.editor.cells) == 1


def test_what_was_changed_on_a_data_set_stays_while_others_come_and_go(form: SettingsForm) -> None:
    (row,) = (
        row
        for row in form.group("sources").findChildren(SettingRow)
        if row.setting.name == "share" and row.value == 0.5
    )
    write(row, "0.7")
    other = PhotosConfig(folder=Path("/clara"))
    form.show_sources(DATA.model_copy(update={"photos": [other, DATA.photos[1]]}))
    assert [(source.folder.name, source.share) for source in form.sources()["photos"]] == [("clara", 1), ("berta", 0.7)]


def test_sets_that_are_never_drawn_are_a_problem_that_is_led_to(form: SettingsForm) -> None:
    rows = [row for row in form.group("sources").findChildren(SettingRow) if row.setting.name == "share"]
    for row in rows:
        write(row, "0")
    assert form.problem() == "One of the sets to train on needs a share above 0."
    form.show_first_problem()
    assert not form.group("sources").folded
    write(rows[0], "0.1")
    assert form.problem() is None


def test_losses_that_are_all_switched_off_are_a_problem(form: SettingsForm) -> None:
    for name in form.values("loss"):
        write(form.row("loss", name), "0")
    assert form.problem() == "One of the losses needs a weight above 0."
    form.show_first_problem()
    assert not form.group("loss").folded


def test_a_new_preset_takes_all_changes_back(form: SettingsForm) -> None:
    write(form.row("loss", "alpha"), "7")
    write(form.row("loss", "trimap"), "?")
    form.show_preset(PRESET)
    assert form.problem() is None
    assert form.values("loss")["alpha"] == PRESET.loss.alpha
