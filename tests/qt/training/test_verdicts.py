"""What is said of runs that end while somebody looks on."""

import pytest
from made_runs import step
from pytestqt.qtbot import QtBot
from watched_runs import STARTED, NotingRunner

from matting_studio.app.training.runs import RunState
from matting_studio.qt.training.verdicts import Verdicts

FAILED = {"event": "failed", "step": 10, "reason": "The disk is full: make room, and resume."}


@pytest.fixture
def runner(tmp_path) -> NotingRunner:
    return NotingRunner(tmp_path / "runs")


@pytest.fixture
def verdicts(qtbot: QtBot, runner: NotingRunner):
    made = Verdicts(runner, runner)  # type: ignore[arg-type]
    yield made
    assert made.shutdown(10)


@pytest.mark.parametrize("end", [RunState.WAITING, RunState.RUNNING, None])
def test_a_failure_is_taken_back_as_soon_as_its_run_goes_on_or_is_gone(verdicts, runner, end) -> None:
    said: list[str] = []
    taken_back: list[str] = []
    verdicts.failed.connect(said.append)
    verdicts.made_good.connect(taken_back.append)
    run = runner.put("anna", RunState.RUNNING, [STARTED, step(10), FAILED])
    runner.runs_changed.emit()
    runner.enter(run, RunState.FAILED)
    runner.runs_changed.emit()
    assert said == ["anna has failed. The disk is full: make room, and resume."]
    assert taken_back == []
    if end is None:
        run.config.unlink()
        runner.refresh()
    else:
        runner.enter(run, end)
    runner.runs_changed.emit()
    runner.runs_changed.emit()
    assert taken_back == said
