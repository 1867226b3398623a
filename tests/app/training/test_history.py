"""The figures of a run, read while they are written, and read again where they were taken back."""

import numpy as np
import pytest
from made_runs import STARTED, line, make_run, step, validation

from core.training.run import EventLog
from matting_studio.app.training.history import PIECE_BYTES, History, smoothed


def add(run, *events):
    with run.events.open("a") as file:
        file.write("".join(map(line, events)))


def test_what_is_written_later_is_read_later(tmp_path):
    run = make_run(tmp_path / "run", [{"event": "started", "step": 0}, step(10, 3.0)])
    history = History(run.path)
    assert history.read_new()
    assert not history.read_new()
    add(run, step(20, 2.0), validation(20, hair=0.5))
    assert history.read_new()
    steps, values = history.series("loss/alpha")
    assert (steps.tolist(), values.tolist()) == ([10, 20], [3.0, 2.0])
    assert history.series("loss/total")[1].tolist() == [9.0, 6.0]
    assert history.names()[:3] == ("loss/alpha", "loss/total", "loss/trimap")
    assert history.validation_names == ("hair/mad",)
    assert history.latest["memory_bytes"] == 1 << 30
    assert (history.step, history.total_steps, history.device) == (20, 100, "CPU")


def test_a_half_line_waits_for_its_rest(tmp_path):
    run = make_run(tmp_path / "run", [step(10)])
    history = History(run.path)
    history.read_all()
    whole = line(step(20))
    with run.events.open("a") as file:
        file.write(whole[:20])
    assert not history.read_new()
    with run.events.open("a") as file:
        file.write(whole[20:])
    history.read_all()
    assert history.series("loss/alpha")[0].tolist() == [10, 20]


def test_before_the_first_event_there_is_nothing(tmp_path):
    history = History(make_run(tmp_path / "run", []).path)
    assert not history.read_new()
    assert history.names() == ()
    assert history.seconds_left is None


def test_what_a_resumed_run_forgets_is_forgotten_here(tmp_path):
    run = make_run(tmp_path / "run", [step(number, float(number)) for number in range(10, 60, 10)])
    history = History(run.path)
    history.read_all()
    EventLog(run.events).forget_after(30)
    add(run, step(40, 0.25))
    assert history.read_new()
    steps, values = history.series("loss/alpha")
    assert (steps.tolist(), values.tolist()) == ([10, 20, 30, 40], [10, 20, 30, 0.25])


def test_a_rollback_takes_the_later_figures_back_and_is_remembered(tmp_path):
    rollback = {"event": "rollback", "step": 20, "failed_at": 37, "reason": "the loss is nan"}
    run = make_run(tmp_path / "run", [step(10), step(20), step(30), validation(30, hair=1.0), rollback, step(30, 0.5)])
    history = History(run.path)
    history.read_all()
    assert history.series("loss/alpha")[0].tolist() == [10, 20, 30]
    assert history.latest["loss/alpha"] == 0.5
    assert history.validation_names == ()
    (back,) = history.rollbacks
    assert (back.failed_at, back.back_to, back.reason) == (37, 20, "the loss is nan")


def test_a_long_history_is_read_in_pieces(tmp_path):
    run = make_run(tmp_path / "run", [step(number) for number in range(1, 3000)])
    assert run.events.stat().st_size > 2 * PIECE_BYTES
    history = History(run.path)
    pieces = 0
    while history.read_new():
        pieces += 1
    assert pieces >= 3
    assert history.series("learning_rate")[0].tolist() == list(range(1, 3000))


def test_the_time_left_knows_that_later_stages_are_larger(tmp_path):
    run = make_run(tmp_path / "run", [])
    run.config.write_text(
        '{"schedule": {"stages": [{"steps": 100, "crop_px": 100, "batch_size": 4},'
        ' {"steps": 50, "crop_px": 200, "batch_size": 2}]}}'
    )
    add(run, {"event": "started", "step": 0}, *(step(n, time=STARTED + n) for n in (10, 20, 30)))
    history = History(run.path)
    history.read_all()
    # 70 steps at a second, then 50 of twice the pixels.
    assert history.seconds_left == pytest.approx(70 + 100)


def test_all_figures_go_into_one_table(tmp_path):
    run = make_run(tmp_path / "run", [step(10, 1.5), validation(10, hair=0.25), step(20, 1.25)])
    history = History(run.path)
    history.read_all()
    history.write_csv(tmp_path / "figures.csv")
    header, first, second = (tmp_path / "figures.csv").read_text().splitlines()
    columns = header.split(",")
    assert columns[0] == "step"
    assert dict(zip(columns, first.split(","), strict=True))["hair/mad"] == "0.25"
    row = dict(zip(columns, second.split(","), strict=True))
    assert (row["step"], row["loss/alpha"], row["hair/mad"]) == ("20", "1.25", "")


def test_smoothing_follows_the_mean_and_leaves_gaps_alone():
    values = np.array([4.0, 0.0, np.nan, 4.0])
    assert np.array_equal(smoothed(values, 0.0), values, equal_nan=True)
    half = smoothed(values, 0.5)
    assert half[0] == 4.0  # unbiased: the first value is no mixture with 0
    assert half[1] == pytest.approx((4 + 2 * 0) / 3)
    assert np.isnan(half[2])
    assert half[3] == pytest.approx((4 + 2 * 0 + 4 * 4) / 7)
    assert np.allclose(smoothed(np.full(50, 2.0), 0.99), 2.0)


def test_damaged_lines_are_passed_over(tmp_path):
    run = make_run(tmp_path / "run", [step(10)])
    with run.events.open("ab") as file:
        file.write(b'{"event": "started"}\n\0\0\n{"event": "step", "step": 15, "losses": {"alpha": "x"}}\n')
    add(run, step(20))
    history = History(run.path)
    history.read_all()
    assert history.series("loss/alpha")[0].tolist() == [10, 20]


def test_what_is_no_file_has_no_history(tmp_path):
    run = make_run(tmp_path / "run", [])
    run.events.mkdir()
    history = History(run.path)
    assert not history.read_new()
