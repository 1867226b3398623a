"""One process at a time trains a run; whoever wants it to stop leaves a file."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from generated_data import settings

from core.errors import TrainingError
from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import Processes
from core.training.run import EventLog, RunFolder
from core.training.trainer_process import TrainerProcess

ALONE = Processes(rank=0, count=1, local_rank=0)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    return folder


def entered(run: RunFolder, pid: int, created: float, host: str | None = None) -> None:
    own = TrainerProcess.this_one()
    TrainerProcess(pid, created, host or own.host, (), str(run.path)).write(run.process)


def test_a_run_that_another_process_trains_is_refused(run: RunFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        TrainerProcess.of(other.pid, (), run.path).write(run.process)
        with pytest.raises(TrainingError, match=f"by process {other.pid} already"):
            run.claim()
        other.communicate(b"\n")
    run.claim()
    assert run.trainer() == TrainerProcess.this_one()


def test_a_run_that_another_machine_trains_is_refused_as_long_as_it_gives_signs_of_life(run: RunFolder) -> None:
    entered(run, 1, time.time() - 100, host="elsewhere")
    with pytest.raises(TrainingError, match="seems to be trained on elsewhere"):
        run.claim()
    EventLog(run.events).write("stopped", step=3, time=time.time())
    run.claim()


def test_a_window_may_enter_the_process_that_it_starts(run: RunFolder) -> None:
    TrainerProcess.of(os.getppid(), (), run.path).write(run.process)
    run.claim()
    assert run.trainer() == TrainerProcess.this_one()


def test_a_file_of_an_older_version_or_a_damaged_one_names_nobody(run: RunFolder) -> None:
    assert run.trainer() is None
    run.process.write_text('{"pid": 3}')
    assert run.trainer() is None
    run.claim()


@pytest.mark.parametrize(("age_seconds", "kept"), [(1e6, False), (0, True)])
def test_a_wish_to_stop_is_for_the_process_that_was_there(run: RunFolder, age_seconds: float, kept: bool) -> None:
    run.request_stop()
    moment = time.time() - age_seconds
    os.utime(run.stop_request, (moment, moment))
    run.claim()
    assert run.stop_request.exists() is kept


def test_a_file_in_the_folder_stops_the_run_and_goes(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=100))
    run = RunFolder(tmp_path / "run")
    run.create(config)

    def ask(step: int, figures: object) -> None:
        if step == 2:
            run.request_stop()

    trainer = Trainer(config, run, ALONE, on_step=ask)
    trainer.train()
    assert trainer.state.step == 2
    assert run.last_event()["event"] == "stopped"
    assert run.checkpoint.exists()
    assert not run.stop_request.exists()


def test_a_run_that_was_prepared_begins_at_its_start(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=1))
    run = RunFolder(tmp_path / "run")
    run.create(config)
    trainer = Trainer(config, run, ALONE)
    trainer.resume()
    assert trainer.state.step == 0
    assert not run.events.exists()


@pytest.mark.parametrize("content", [b"", b'{"data": {', b"\xff\xfe{\x00}\x00"])
def test_a_damaged_configuration_is_named(run: RunFolder, content: bytes) -> None:
    run.config.write_bytes(content)
    with pytest.raises(TrainingError, match=r"config\.json is damaged: put a copy of it there, or begin another run\."):
        run.read_config()


def test_a_configuration_that_cannot_be_read_is_named(run: RunFolder) -> None:
    run.config.mkdir()
    with pytest.raises(TrainingError, match=r"config\.json cannot be read \("):
        run.read_config()


def test_the_last_event_is_that_of_the_last_whole_line(run: RunFolder) -> None:
    assert run.last_event() == {}
    log = EventLog(run.events)
    log.write("step", step=1)
    log.write("step", step=2)
    with run.events.open("a") as file:
        file.write('{"event": "st')
    assert run.last_event()["step"] == 2
    log.mend()
    log.write("stopped", step=2)
    assert run.last_event() == {"event": "stopped", "step": 2}
