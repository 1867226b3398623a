"""Settings as a person reads and types them."""

from typing import Any

import pytest

from core.errors import ConfigError
from core.training.config import (
    AugmentationConfig,
    CutoutsConfig,
    DataConfig,
    LossConfig,
    NetworkConfig,
    RunConfig,
    ScheduleConfig,
    Settings,
    StageConfig,
)
from matting_studio.app.training.setting import Kind, Setting, number_text, settings_of

GROUPS = (
    AugmentationConfig, CutoutsConfig, DataConfig, LossConfig, NetworkConfig, RunConfig, ScheduleConfig, StageConfig,
)  # fmt: skip

COMMA = "Write a point in a number, as in 0.5, and a space after a comma."
QUOTES = 'Quotation marks go around a whole entry, such as "last, first* 2".'


def setting(group: type[Settings], name: str) -> Setting:
    return next(setting for setting in settings_of(group) if setting.name == name)


@pytest.mark.parametrize("group", GROUPS)
def test_every_setting_has_a_title_a_help_and_a_kind(group: type[Settings]) -> None:
    assert settings_of(group)
    for each in settings_of(group):
        assert each.title[0].isupper() or each.title == each.title.lower()
        assert each.help.endswith(".")
        assert each.kind in Kind


@pytest.mark.parametrize("group", GROUPS)
def test_a_default_is_read_as_it_is_written(group: type[Settings]) -> None:
    for each in settings_of(group):
        if each.default is not None and each.kind not in (Kind.FLAG, Kind.TABLE):
            assert each.read(each.text(each.default)) == each.default


def test_ranges_and_lists_stay_so_within_their_bounds() -> None:
    kinds = {each.name: each.kind for group in GROUPS for each in settings_of(group)}
    assert {name for name, kind in kinds.items() if kind is Kind.RANGE} == {
        "betas", "close_up_height", "distant_height", "person_height", "photo_window",
    }  # fmt: skip
    assert kinds["aspect_ratios"] is Kind.LIST
    assert kinds["seed"] is kinds["width"] is kinds["ema_decay"] is Kind.NUMBER


def test_units_stand_beside_the_number_and_not_in_the_title() -> None:
    crop = setting(StageConfig, "crop_px")
    assert (crop.title, crop.unit) == ("Crop", "px")
    assert setting(ScheduleConfig, "warmup_steps").unit == "steps"
    assert setting(AugmentationConfig, "rotation_degrees").unit == "°"
    assert setting(StageConfig, "steps").unit == ""


@pytest.mark.parametrize(
    ("group", "name", "text", "value"),
    [
        (ScheduleConfig, "learning_rate", " 1e-4 ", 1e-4),
        (ScheduleConfig, "learning_rate", "0,5", 0.5),
        (ScheduleConfig, "warmup_steps", "7", 7),
        (StageConfig, "steps", "200,000", 200_000),
        (StageConfig, "steps", "10.000", 10_000),
        (StageConfig, "steps", "1 234 567", 1_234_567),
        (StageConfig, "steps", "1'000", 1000),
        (DataConfig, "seed", "1,000", 1000),
        (ScheduleConfig, "aspect_ratios", "1, 0.75 1.3", [1.0, 0.75, 1.3]),
        (AugmentationConfig, "person_height", "0.5 … 0.9", (0.5, 0.9)),
        (CutoutsConfig, "favour", "anna* 2, long name* 0.5", {"anna*": 2.0, "long name*": 0.5}),
        (CutoutsConfig, "favour", "anna* 2,\r\nother* 0.5", {"anna*": 2.0, "other*": 0.5}),
        (CutoutsConfig, "favour", "", {}),
        (CutoutsConfig, "favour", '"last, first* 2", other* 0.5', {"last, first*": 2.0, "other*": 0.5}),
        (CutoutsConfig, "favour", '"""a"" of 2, 3.png 4", 12" disc* 1', {'"a" of 2, 3.png': 4.0, '12" disc*': 1.0}),
        (NetworkConfig, "encoder_init", "", None),
    ],
)
def test_what_is_typed_becomes_a_value(group: type[Settings], name: str, text: str, value: Any) -> None:
    assert setting(group, name).read(text) == value


@pytest.mark.parametrize("name", ["anna*", "last, first.jpg", '"a"', '"a", b', "a b", ' 12" 3'])
def test_a_pattern_is_shown_as_it_is_read(name: str) -> None:
    favour = setting(CutoutsConfig, "favour")
    value = {name.strip(): 2.5, "other*": 1.0}
    assert favour.read(favour.text(value)) == value


@pytest.mark.parametrize(
    ("group", "name", "text", "sentence"),
    [
        (ScheduleConfig, "learning_rate", "", "This has to be a number."),
        (ScheduleConfig, "learning_rate", "fast", "'fast' is no number."),
        (ScheduleConfig, "learning_rate", "0", "This has to be more than 0."),
        (ScheduleConfig, "learning_rate", "inf", "This has to be a finite number."),
        (ScheduleConfig, "warmup_steps", "1.5", "This has to be a whole number."),
        (ScheduleConfig, "warmup_steps", "1,5", "This has to be a whole number."),
        (ScheduleConfig, "warmup_steps", "10.00", "This has to be a whole number."),
        (ScheduleConfig, "warmup_steps", "0.200", "This has to be a whole number."),
        (ScheduleConfig, "warmup_steps", "1.000,000", "This has to be a whole number."),
        (StageConfig, "steps", "20,00", "This has to be a whole number."),
        (AugmentationConfig, "person_height", "1,5", COMMA),
        (ScheduleConfig, "aspect_ratios", "1,5", COMMA),
        (ScheduleConfig, "warmup_steps", "-1", "This has to be at least 0."),
        (ScheduleConfig, "ema_decay", "1", "This has to be less than 1."),
        (AugmentationConfig, "flip", "1.2", "This has to be at most 1."),
        (AugmentationConfig, "person_height", "0.5", "This needs two numbers, such as 0.5 … 1."),
        (AugmentationConfig, "person_height", "1 2 3", "This needs just two numbers, such as 0.5 … 1."),
        (AugmentationConfig, "person_height", "2 … 1", "The first number must not be larger than the second."),
        (AugmentationConfig, "photo_window", "0.5 … 2", "This has to be at most 1."),
        (DataConfig, "seed", "-1", "This has to be at least 0."),
        (ScheduleConfig, "aspect_ratios", "1, 0", "This has to be at least 0.1."),
        (ScheduleConfig, "betas", "0.5 … 1", "This has to be less than 1."),
        (ScheduleConfig, "aspect_ratios", " ", "This needs at least one value."),
        (CutoutsConfig, "favour", "anna*", "'anna*' needs a pattern and a number, such as anna* 2."),
        (CutoutsConfig, "favour", '"anna* 2', QUOTES),
        (CutoutsConfig, "favour", '"anna* 2" x, b 1', QUOTES),
        (CutoutsConfig, "favour", "anna* -1", "This has to be at least 0."),
        (CutoutsConfig, "foregrounds", "", "Choose a file or a folder."),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(group: type[Settings], name: str, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        setting(group, name).read(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (200_000, "200000"), (1e-4, "0.0001"), (5e-7, "5e-07"), (0.123456789, "0.123456789")],
)
def test_numbers_are_written_shortly_and_lose_nothing(value: float, text: str) -> None:
    assert number_text(value) == text
    assert float(text) == value
