"""Real trainers, as the window starts and ends them: processes that are known by their folders alone."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch
from generated_data import settings

from core.errors import TrainingError
from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import Processes
from core.training.run import RunFolder
from matting_studio.app.training import launching
from matting_studio.app.training.history import History
from matting_studio.app.training.runs import RunState, summarise

PATIENCE_SECONDS = 180
MANY_STEPS = 100_000


def wait_for(condition, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert process.poll() is None, "the trainer has ended"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def losses(folder: Path) -> dict[int, dict[str, float]]:
    lines = map(json.loads, RunFolder(folder).events.read_text().splitlines())
    return {event["step"]: event["losses"] for event in lines if event["event"] == "step"}


def last_step(folder: Path) -> int:
    return summarise(folder).step


def undisturbed(config, folder: Path, steps: int) -> dict[int, dict[str, float]]:
    """The losses of the same run, trained here without a break, on one thread as there: sums depend on their order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    run = RunFolder(folder)
    run.create(config)
    taken = []
    trainer = Trainer(
        config, run, Processes(0, 1, 0), should_stop=lambda: len(taken) == steps, on_step=lambda *_: taken.append(1)
    )
    trainer.train()
    torch.set_num_threads(threads)
    return losses(folder)


@pytest.mark.slow
def test_a_run_is_started_stopped_killed_and_resumed_and_learns_as_if_nothing_had_been(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    values = settings(tmp_path / "data", steps=MANY_STEPS)
    values["run"]["checkpoint_minutes"] = 0.01
    config = parse_config(values)
    folder = tmp_path / "runs" / "first"
    launching.prepare(folder, config)
    assert summarise(folder).state is RunState.WAITING

    # Started: it runs from that moment on, and nobody else may train it.
    process = launching.start(folder)
    assert summarise(folder).state is RunState.RUNNING
    with pytest.raises(TrainingError, match="already"):
        launching.start(folder)
    with pytest.raises(TrainingError, match="already"):
        RunFolder(folder).claim()
    wait_for(lambda: last_step(folder) >= 3, process)

    # Stopped by its folder: saved.
    launching.stop_and_save(folder)
    assert process.wait(PATIENCE_SECONDS) == 0
    stopped = summarise(folder)
    assert stopped.state is RunState.STOPPED
    assert f"Stopped at step {stopped.step}, and saved." in RunFolder(folder).log.read_text()

    # Resumed, and killed as a system without memory would: the reason is shown.
    process = launching.start(folder)
    wait_for(lambda: last_step(folder) >= stopped.step + 3, process)
    process.kill()
    process.wait()
    failed = summarise(folder)
    assert (failed.state, failed.can_resume) == (RunState.FAILED, True)
    assert "It was killed" in failed.reason
    assert any("loss" in line for line in failed.last_lines)

    # Resumed once more, and ended by hand, workers and all: that is no failure.
    process = launching.start(folder)
    wait_for(lambda: RunFolder(folder).last_event()["event"] == "step" and last_step(folder) > failed.step, process)
    launching.end_now(folder)
    process.wait()
    ended = summarise(folder)
    assert (ended.state, ended.reason) == (RunState.STOPPED, None)

    history = History(folder)
    history.read_all()
    seen = losses(folder)
    assert history.series("loss/total")[0].tolist() == list(range(1, len(seen) + 1))
    assert seen == undisturbed(config, tmp_path / "undisturbed", len(seen))


@pytest.mark.slow
def test_a_run_whose_data_is_gone_says_so(tmp_path):
    config = parse_config(settings(tmp_path / "data"))
    folder = tmp_path / "run"
    launching.prepare(folder, config)
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    assert launching.start(folder).wait(PATIENCE_SECONDS) != 0
    failed = summarise(folder)
    assert failed.state is RunState.FAILED
    assert failed.reason == f"The folder {tmp_path / 'data' / 'cutouts' / 'foregrounds'} does not exist."


@pytest.mark.slow
def test_the_probe_prints_one_line_whatever_folder_it_is_started_in(tmp_path):
    config = tmp_path / "config.json"
    launching.write_config(config, parse_config(settings(tmp_path / "data")))
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('the wrong core')")
    done = subprocess.run(
        launching.probe_command(config), env=launching.environment(), cwd=tmp_path, capture_output=True, check=True
    )
    assert set(json.loads(done.stdout)) == {
        "seconds_per_step", "photos_per_second", "memory_bytes", "device", "processes", "total_steps",
        "expected_seconds",
    }  # fmt: skip


def test_a_prepared_run_finds_its_data_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = settings(Path("data"))
    values["network"]["base"] = "model.safetensors"
    launching.prepare(tmp_path / "runs" / "run", parse_config(values))
    kept = parse_config(RunFolder(tmp_path / "runs" / "run").read_config())
    assert kept.network.base == tmp_path / "model.safetensors"
    assert kept.data.photos[0].folder == tmp_path / "data" / "photos"
    assert kept.schedule == parse_config(values).schedule


def test_a_run_goes_on_where_its_relative_folders_counted_from(tmp_path):
    folder = tmp_path / "runs" / "run"
    folder.mkdir(parents=True)
    assert launching.working_folder(folder) == tmp_path
    (tmp_path / "somewhere").mkdir()
    own = launching.TrainerProcess.of(os.getpid(), (), tmp_path / "somewhere")
    own.write(RunFolder(folder).process)
    assert launching.working_folder(folder) == tmp_path / "somewhere"


def test_several_processes_are_started_by_torchrun(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    alone = launching.train_command(Path("run"))
    assert alone == [sys.executable, "-m", "matting_studio", "train", "--resume", str(tmp_path / "run")]
    local = launching.torchrun_command(Path("run"), processes=4)
    assert local[-4:] == alone[-4:]
    assert {"--standalone", "--nproc-per-node=4"} < set(local)
    assert "--nnodes=2" in launching.torchrun_command(Path("run"), processes=4, machines=2)


def test_ending_a_run_that_does_not_run_changes_nothing(tmp_path):
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    launching.end_now(run.path)
    assert not list(run.path.iterdir())


@pytest.mark.parametrize("named", [True, False])
def test_a_trainer_that_cannot_be_ended_from_here_is_told(tmp_path, named):
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.events.write_text(json.dumps({"event": "started", "step": 0, "time": 1, "total_steps": 9, "device": ""}) + "\n")
    if named:
        own = launching.TrainerProcess.this_one()
        replace(own, pid=1, created=1.0, host="another-machine").write(run.process)
    with pytest.raises(TrainingError, match="on another-machine" if named else "by a process without a name"):
        launching.end_now(run.path)


def test_a_process_that_may_not_be_killed_is_told(tmp_path, monkeypatch):
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        launching.TrainerProcess.of(process.pid, (), tmp_path).write(run.process)

        def refuse(self):
            raise psutil.AccessDenied(self.pid)

        monkeypatch.setattr(psutil.Process, "kill", refuse)
        monkeypatch.setattr(launching, "_DEATH_SECONDS", 0.1)
        with pytest.raises(TrainingError, match=f"Process {process.pid} cannot be ended"):
            launching.end_now(run.path)


def test_what_processes_say_is_utf_8_whatever_the_system_would_have(tmp_path):
    program = "import sys; print(sys.flags.utf8_mode)"
    said = subprocess.run(
        [sys.executable, "-c", program], env={**launching.environment(), "LC_ALL": "C.UTF-8"}, capture_output=True,
        check=True,
    )  # fmt: skip
    assert said.stdout.strip() == b"1"


def test_a_command_is_typed_as_the_system_reads_it(monkeypatch):
    command = [sys.executable, "-m", "program", r"C:\my runs\anna"]
    assert launching.as_typed(command) == r"python -m program 'C:\my runs\anna'"
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        typed = launching.as_typed(command)
    assert typed == r'python -m program "C:\my runs\anna"'
