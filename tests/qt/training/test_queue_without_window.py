"""Runs that wait are started whenever the studio runs, whether or not anybody looks at them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from generated_data import settings
from pytestqt.qtbot import QtBot

from core.errors import TrainingError
from core.training.config import TrainingConfig, parse_config
from core.training.run import RunFolder
from matting_studio.app.training import launching
from matting_studio.app.training.queue import RunQueue
from matting_studio.qt.application import make_window
from matting_studio.qt.main_window import MainWindow
from matting_studio.qt.studio import Studio
from matting_studio.qt.training import runner as runner_module
from matting_studio.qt.training.runner import Runner

PATIENCE_MS = 60_000


class Process:
    """One that goes on."""

    def poll(self) -> None:
        return None


class Launches:
    """Stands for `launching.start`: notes which runs were started, and has them look like running ones."""

    def __init__(self) -> None:
        self.started: list[Path] = []

    def __call__(self, folder: Path, _processes: int = 1) -> Process:
        run = RunFolder(folder)
        run.check_free()
        self.started.append(folder)
        run.events.write_text('{"event": "started", "step": 0, "time": 1, "total_steps": 9, "device": ""}\n')
        return Process()

    def end(self, folder: Path) -> None:
        with RunFolder(folder).events.open("a") as events:
            events.write('{"event": "finished", "step": 9, "time": 2}\n')


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> Launches:
    made = Launches()
    monkeypatch.setattr(launching, "start", made)
    monkeypatch.setattr(runner_module, "QUEUE_MS", 50)
    return made


@pytest.fixture
def config(tmp_path: Path) -> TrainingConfig:
    return parse_config(settings(tmp_path / "data", steps=9))


@pytest.fixture
def waiting(tmp_path: Path, config: TrainingConfig) -> list[Path]:
    """Two runs that an earlier session has put into the queue."""
    root = tmp_path / "user" / "runs"
    queue = RunQueue(root / "queue.json")
    folders = [root / name for name in ("anna", "berta")]
    for folder in folders:
        launching.prepare(folder, config)
        queue.add(folder)
    return folders


@pytest.fixture
def make_studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Studio]]:
    made: list[Studio] = []

    def make() -> Studio:
        made.append(Studio(tmp_path / "settings", tmp_path / "user"))
        return made[-1]

    yield make
    for studio in made:
        assert studio.shutdown(10)


def test_the_queue_goes_on_as_soon_as_the_studio_is_there(
    qtbot: QtBot, make_studio: Callable[[], Studio], launches: Launches, waiting: list[Path]
) -> None:
    first, second = waiting
    make_studio().warm_up()
    qtbot.waitUntil(lambda: launches.started == [first], timeout=PATIENCE_MS)
    qtbot.wait(200)
    assert launches.started == [first], "one at a time"
    launches.end(first)
    qtbot.waitUntil(lambda: launches.started == [first, second], timeout=PATIENCE_MS)


def test_a_run_that_is_queued_elsewhere_is_seen(
    qtbot: QtBot, make_studio: Callable[[], Studio], launches: Launches, config: TrainingConfig
) -> None:
    studio = make_studio()
    root = studio.runs_folder
    studio.warm_up()
    qtbot.wait(200)
    launching.prepare(root / "clara", config)
    RunQueue(root / "queue.json").add(root / "clara")
    qtbot.waitUntil(lambda: launches.started == [root / "clara"], timeout=PATIENCE_MS)


def test_two_programs_start_a_run_once_and_one_run_at_a_time(
    qtbot: QtBot, make_studio: Callable[[], Studio], launches: Launches, waiting: list[Path]
) -> None:
    for studio in (make_studio(), make_studio()):
        studio.warm_up()
    for number, folder in enumerate(waiting, start=1):
        qtbot.waitUntil(lambda number=number: launches.started == waiting[:number], timeout=PATIENCE_MS)
        qtbot.wait(200)
        assert launches.started == waiting[:number]
        launches.end(folder)


def test_what_waits_is_not_started_while_another_program_holds_the_queue(
    qtbot: QtBot, launches: Launches, waiting: list[Path], tmp_path: Path
) -> None:
    root = tmp_path / "user" / "runs"
    with RunQueue(root / "queue.json").held():
        runner = Runner(root)
        qtbot.wait(300)
        assert launches.started == []
    qtbot.waitUntil(lambda: launches.started == waiting[:1], timeout=PATIENCE_MS)
    assert runner.shutdown()


def test_a_run_that_cannot_be_started_is_said_in_the_window(
    qtbot: QtBot, tmp_path: Path, waiting: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, _processes: int) -> None:
        raise TrainingError(f"{folder.name} is trained on another machine.")

    monkeypatch.setattr(launching, "start", refuse)
    window: MainWindow = make_window(tmp_path / "settings", tmp_path / "user")
    try:
        window.studio.warm_up()
        qtbot.waitUntil(lambda: "anna is trained" in window.message_bar.text.text(), timeout=PATIENCE_MS)
    finally:
        window.close_anyway()
        assert window.ended
        window.deleteLater()


def test_a_run_that_is_resumed_twice_is_trained_and_does_not_wait_as_well(
    qtbot: QtBot, launches: Launches, config: TrainingConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "runs" / "anna"
    launching.prepare(folder, config)
    runner = Runner(tmp_path / "runs")
    runner.resume(folder)
    qtbot.waitUntil(lambda: launches.started == [folder], timeout=PATIENCE_MS)
    runner.resume(folder)
    qtbot.waitUntil(lambda: not runner._worker.jobs, timeout=PATIENCE_MS)
    assert RunQueue(tmp_path / "runs" / "queue.json").runs == ()
    assert runner.shutdown()


def test_a_run_that_waits_and_is_trained_from_a_terminal_leaves_the_queue_and_is_asked_to_stop(
    qtbot: QtBot, launches: Launches, config: TrainingConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "runs" / "anna"
    launching.prepare(folder, config)
    launches(folder)
    queue = RunQueue(tmp_path / "runs" / "queue.json")
    queue.add(folder)
    runner = Runner(tmp_path / "runs")
    runner.stop(folder)
    qtbot.waitUntil(RunFolder(folder).stop_request.exists, timeout=PATIENCE_MS)
    assert queue.runs == ()
    assert runner.shutdown()
