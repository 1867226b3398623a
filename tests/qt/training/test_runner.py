"""Runs as processes that wait for each other, fail and are deleted. Stopping and resuming is tested end to end."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from generated_data import settings
from pytestqt.qtbot import QtBot

from core.training.config import TrainingConfig, parse_config
from core.training.run import RunFolder
from core.training.trainer_process import TrainerProcess
from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.training.runner import Runner

PATIENCE_MS = 120_000
MANY_STEPS = 5000


@pytest.fixture
def runner(qtbot: QtBot, tmp_path: Path) -> Iterator[Runner]:
    """Whatever it started is ended afterwards."""
    made = Runner(tmp_path / "runs")
    yield made
    assert made.shutdown(), "a thread is still running"
    for config in (tmp_path / "runs").glob("*/config.json"):
        trainer = RunFolder(config.parent).trainer()
        process = None if trainer is None else trainer.process()
        if process is not None:
            process.kill()
            process.wait(10)


@pytest.fixture
def config(tmp_path: Path) -> TrainingConfig:
    return parse_config(settings(tmp_path / "data", steps=MANY_STEPS))


def seen(runner: Runner, folder: Path) -> RunSummary:
    found = runner.run(folder)
    assert found is not None
    return found


def wait_for(qtbot: QtBot, runner: Runner, folder: Path, state: RunState) -> None:
    def reached() -> bool:
        found = runner.run(folder)
        return found is not None and found.state is state

    qtbot.waitUntil(reached, timeout=PATIENCE_MS)


@pytest.mark.slow
def test_runs_wait_for_each_other(qtbot: QtBot, runner: Runner, config: TrainingConfig) -> None:
    short = config.model_copy(
        update={"schedule": config.schedule.model_copy(update={"stages": [config.schedule.stages[0].model_copy(
            update={"steps": 3})]})}
    )  # fmt: skip
    first, second, third = (runner.start(short, "anna") for _ in range(3))
    assert [folder.name for folder in (first, second, third)] == ["anna", "anna-2", "anna-3"]
    wait_for(qtbot, runner, first, RunState.RUNNING)
    for folder in (second, third):
        wait_for(qtbot, runner, folder, RunState.WAITING)
    runner.stop(second)
    wait_for(qtbot, runner, second, RunState.STOPPED)
    wait_for(qtbot, runner, first, RunState.FINISHED)
    wait_for(qtbot, runner, third, RunState.FINISHED)
    assert seen(runner, second).state is RunState.STOPPED, "it left the queue"
    assert seen(runner, second).step == 0


@pytest.mark.slow
def test_a_run_that_cannot_begin_fails_with_its_reason(
    qtbot: QtBot, runner: Runner, config: TrainingConfig, tmp_path: Path
) -> None:
    folder = runner.start(config, "anna")
    (tmp_path / "data" / "photos").rename(tmp_path / "elsewhere")
    wait_for(qtbot, runner, folder, RunState.FAILED)
    assert "photos" in str(seen(runner, folder).reason)


def test_a_run_with_a_broken_configuration_does_not_hide_the_others(
    qtbot: QtBot, runner: Runner, config: TrainingConfig, tmp_path: Path
) -> None:
    whole, broken = (runner.prepare(config, name) for name in ("whole", "broken"))
    (broken / "config.json").write_text("{")
    runner.refresh()
    wait_for(qtbot, runner, broken, RunState.FAILED)
    wait_for(qtbot, runner, whole, RunState.STOPPED)
    assert "cannot be read" in str(seen(runner, broken).reason)


def test_a_prepared_run_waits_for_a_command(qtbot: QtBot, runner: Runner, config: TrainingConfig) -> None:
    folder = runner.prepare(config, "on/several: machines", processes=4)
    assert folder.name == "on-several- machines"
    wait_for(qtbot, runner, folder, RunState.STOPPED)
    assert RunFolder(folder).read_config()["run"]["processes"] == 4
    assert RunFolder(folder).trainer() is None


def test_deleting_takes_the_folder_away(qtbot: QtBot, runner: Runner, config: TrainingConfig) -> None:
    folder = runner.prepare(config, "anna")
    wait_for(qtbot, runner, folder, RunState.STOPPED)
    runner.delete(folder)
    qtbot.waitUntil(lambda: runner.run(folder) is None, timeout=PATIENCE_MS)
    assert not folder.exists()


def test_what_cannot_be_done_is_said(qtbot: QtBot, runner: Runner, tmp_path: Path) -> None:
    before = psutil.Process().children()
    with qtbot.waitSignal(runner.failed, timeout=PATIENCE_MS) as told:
        runner.delete(tmp_path / "runs" / "nobody")
    assert "nobody" in told.args[0]
    assert psutil.Process().children() == before, "nothing was started"


def test_a_queue_that_cannot_be_read_hides_no_runs_and_is_told_once(
    qtbot: QtBot, runner: Runner, config: TrainingConfig, tmp_path: Path
) -> None:
    folder = runner.prepare(config, "anna")
    told: list[str] = []
    runner.failed.connect(told.append)
    for times in (1, 2):
        (tmp_path / "runs" / "queue.json").mkdir()
        for _ in range(2):
            runner.refresh()
            qtbot.waitUntil(lambda: not runner._worker.jobs, timeout=PATIENCE_MS)
        assert [sentence for sentence in told if "no run is started" in sentence] == told
        assert len(told) == times
        assert runner.run(folder) is not None
        (tmp_path / "runs" / "queue.json").rmdir()
        runner.refresh()
        qtbot.waitUntil(lambda: not runner._worker.jobs, timeout=PATIENCE_MS)


def test_a_stop_that_cannot_be_written_is_told_with_its_run(
    qtbot: QtBot, runner: Runner, config: TrainingConfig
) -> None:
    folder = runner.prepare(config, "anna")
    run = RunFolder(folder)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as trainer:
        TrainerProcess.of(trainer.pid, (), folder).write(run.process)
        run.stop_request.symlink_to(folder / "nowhere" / "at all")
        refused: list[Path] = []
        runner.refused.connect(refused.append)
        with qtbot.waitSignal(runner.failed, timeout=PATIENCE_MS) as told:
            runner.stop(folder)
    assert told.args[0].startswith("anna cannot be asked to stop (")
    assert refused == [folder]
