"""Curves as they are read, off the window's thread."""

from pathlib import Path

import numpy as np
import pytest
from made_runs import line, make_run, step, validation

from matting_studio.qt.training.curves import CurveReader
from matting_studio.qt.training.subjects import Section, in_order, set_of, subject_of

LOSSES = [step(10, 1.0), step(20, 3.0), step(30, 1.0)]


def test_nothing_is_given_twice_unless_something_was_added(tmp_path: Path) -> None:
    run, reader = make_run(tmp_path / "run", LOSSES), CurveReader()
    first = reader.read((run.path,), 0.0)
    assert first is not None
    assert reader.read((run.path,), 0.0) is None
    with run.events.open("a") as file:
        file.write(line(step(40, 2.0)))
    again = reader.read((run.path,), 0.0)
    assert again is not None
    assert again[0].curves["loss/alpha"].steps.tolist() == [10, 20, 30, 40]


def test_another_smoothing_or_another_run_gives_them_again(tmp_path: Path) -> None:
    one, two = make_run(tmp_path / "one", LOSSES), make_run(tmp_path / "two", LOSSES)
    reader = CurveReader()
    assert reader.read((one.path,), 0.0) is not None
    assert reader.read((one.path,), 0.5) is not None
    both = reader.read((one.path, two.path), 0.5)
    assert both is not None
    assert [run.folder for run in both] == [one.path, two.path]


def test_losses_are_smoothed_and_what_was_measured_is_kept_beside(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", LOSSES)
    curves = CurveReader().read((run.path,), 0.5)
    assert curves is not None
    loss = curves[0].curves["loss/alpha"]
    assert loss.is_smoothed
    assert loss.values.tolist() == [1, 3, 1]
    assert np.ptp(loss.smooth) < np.ptp(loss.values)


def test_means_over_validation_photos_are_not_smoothed(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", [validation(10, street=0.4), validation(20, street=0.1)])
    curves = CurveReader().read((run.path,), 0.9)
    assert curves is not None
    assert curves[0].curves["street/mad"].smooth.tolist() == [0.4, 0.1]


def test_a_value_is_that_of_the_last_step_before(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", LOSSES)
    curves = CurveReader().read((run.path,), 0.0)
    assert curves is not None
    loss = curves[0].curves["loss/alpha"]
    assert [loss.value_at(at) for at in (5, 10, 29, 1000)] == [None, 1, 3, 1]


@pytest.mark.parametrize(
    ("name", "title", "section"),
    [
        ("loss/total", "Total loss", Section.LOSSES),
        ("loss/a_new_one", "A new one", Section.LOSSES),
        ("learning_rate", "Learning rate", Section.OPTIMISER),
        ("memory_bytes", "Memory", Section.MACHINE),
        ("street/mad", "MAD", Section.VALIDATION),
        ("street/sad_unknown", "SAD, unknown region", Section.VALIDATION),
    ],
)
def test_each_figure_has_a_title_and_a_section(name: str, title: str, section: Section) -> None:
    subject = subject_of(name)
    assert subject is not None
    assert (subject.title, subject.section) == (title, section)


def test_a_measure_for_old_tables_has_no_chart() -> None:
    assert subject_of("street/conn_seed") is None


def test_sets_are_told_from_losses() -> None:
    assert set_of("loss/total") == ""
    assert set_of("my photos/real/mad") == "my photos/real"


def test_validation_stands_first_and_the_machine_last() -> None:
    names = ("memory_bytes", "loss/alpha", "loss/total", "street/sad", "street/mad", "learning_rate")
    subjects = {subject for name in names if (subject := subject_of(name))}
    assert [subject.title for subject in in_order(subjects)] == [
        "MAD", "SAD", "Total loss", "Alpha", "Learning rate", "Memory",
    ]  # fmt: skip
