"""One process at a time trains a run; whoever wants it to stop leaves a file."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from generated_data import settings

from core.errors import TrainingError
from core.training import run as run_module
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


def test_a_run_that_was_started_again_as_soon_as_it_had_ended_is_refused(run: RunFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        # Systems know to a second when a process was created: that may lie before the end which came before it.
        EventLog(run.events).write("finished", step=3, time=time.time())
        with run.entering():
            run.enter(TrainerProcess.of(other.pid, (), run.path))
        assert run.end is None
        with pytest.raises(TrainingError, match=f"by process {other.pid} already"):
            run.claim()
        EventLog(run.events).write("stopped", step=3, time=time.time())
        assert run.end == "stopped"
        other.communicate(b"\n")
    run.claim()
    assert run.end is None


def test_of_two_that_are_started_in_the_same_moment_one_waits(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "_PATIENCE_SECONDS", 0.0)
    with run.entering(), pytest.raises(TrainingError, match="being started by another process"):
        run.claim()
    run.claim()


def test_a_file_system_without_locks_can_be_trained_on(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, patience_seconds: float) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(run_module, "wait_for_lock", refuse)
    reason = errno.ENOLCK
    run.claim()
    assert run.trainer() == TrainerProcess.this_one()
    reason = errno.ENOSPC
    with pytest.raises(OSError, match="No space left"):
        run.claim()


def test_what_a_killed_process_was_writing_is_removed(run: RunFolder) -> None:
    run.previews.mkdir()
    left = [run.path / ".0123456789abcdef.tmp", run.previews / ".fedcba9876543210.tmp"]
    others = [run.path / "0123456789abcdef.tmp", run.path / ".notes.tmp", run.path / ".0123456789abcdef.tmp.jpg"]
    for path in (*left, *others):
        path.write_bytes(b"half")
    run.claim()
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\0",
        b"[]",
        b'{"pid": 3}',
        b'{"pid": "x", "created": "y", "host": 5, "command": [], "working_folder": 3}',
        b'{"pid": -5, "created": 1.0, "host": "vm", "command": [], "working_folder": "/"}',
    ],
)
def test_a_file_of_an_older_version_or_a_damaged_one_names_nobody(run: RunFolder, content: bytes) -> None:
    assert run.trainer() is None
    run.process.write_bytes(content)
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


@pytest.mark.parametrize("name", ["image", "process.lock", "checkpoint.pt"])
def test_a_folder_with_other_files_in_it_takes_no_run(run: RunFolder, name: str) -> None:
    (run.path / name).mkdir()
    config = parse_config(settings(run.path.parent / "data"))
    with pytest.raises(TrainingError, match=rf"run is not empty, there is {name} in it: name a new folder"):
        run.create(config)
    assert [path.name for path in run.path.iterdir()] == [name]


def test_a_folder_with_nothing_in_it_but_what_is_hidden_takes_a_run(run: RunFolder) -> None:
    (run.path / ".DS_Store").touch()
    run.create(parse_config(settings(run.path.parent / "data")))
    assert run.config.exists()


def test_a_run_that_was_prepared_begins_at_its_start(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data", steps=1))
    run = RunFolder(tmp_path / "run")
    run.create(config)
    trainer = Trainer(config, run, ALONE)
    trainer.resume()
    assert trainer.state.step == 0
    assert not run.events.exists()


@pytest.mark.parametrize("content", [b"", b'{"data": {', b"\xff\xfe{\x00}\x00", b"[" * 100_000], ids=range(4))
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
    log.write("checkpoint", step=1)
    log.write("checkpoint", step=2)
    with run.events.open("a") as file:
        file.write('{"event": "st')
    assert run.last_event()["step"] == 2
    log.mend()
    log.write("stopped", step=2, time=1.5)
    assert run.last_event() == {"event": "stopped", "step": 2, "time": 1.5}


def test_damaged_lines_are_forgotten_with_the_steps_that_are_taken_again(run: RunFolder) -> None:
    first, later = b'{"event": "checkpoint", "step": 1}\n', b'{"event": "checkpoint", "step": 2}\n'
    run.events.write_bytes(first + b"\0\0\0\n\xff\n[1]\n" + later + b'{"event": "che')
    EventLog(run.events).forget_after(1)
    assert run.events.read_bytes() == first
