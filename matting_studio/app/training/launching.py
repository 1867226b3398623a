"""Starts trainers as processes of their own, and ends them.

A trainer belongs to nobody: it goes on when the window closes, and whoever knows its folder can watch it and stop it.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

import matting_studio
from core.atomic import write_atomically
from core.errors import TrainingError
from core.training.config import TrainingConfig, parse_config
from core.training.run import EventLog, RunFolder
from core.training.trainer_process import TrainerProcess

_PROGRAM = "matting_studio"
_DEATH_SECONDS = 10.0
# On Windows, where there are no sessions: no console, and no Ctrl+C of this one's.
_DETACHED = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


def prepare(folder: Path, config: TrainingConfig) -> None:
    """Make the folder of a run that waits to be started. Its data may lie relative to the current folder.

    Raises TrainingError where the folder holds a run already, OSError where it cannot be made.
    """
    RunFolder(folder).create(parse_config(_absolute(config.model_dump())))


def _absolute(values: Any) -> Any:
    """Nested values with all paths in them absolute."""
    if isinstance(values, dict):
        return {name: _absolute(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [_absolute(value) for value in values]
    return values.absolute() if isinstance(values, Path) else values


def write_config(path: Path, config: TrainingConfig) -> None:
    """Write a configuration as JSON, such as `train --config` and `train --probe` read. Raises OSError."""
    with write_atomically(path) as file:
        file.write(config.model_dump_json(indent=2).encode())


def train_command(folder: Path) -> list[str]:
    """Starts a prepared run, or goes on with one from its checkpoint: for the trainer both are the same."""
    return [sys.executable, "-m", _PROGRAM, "train", "--resume", str(folder.absolute())]


def torchrun_command(folder: Path, processes: int, machines: int = 1) -> list[str]:
    """The same under torchrun, with so many processes (GPUs) on each machine, which all see the folder.

    With several machines it is to be typed on each of them; `HOST` stands for the first one's name.
    """
    several = [f"--nnodes={machines}", "--rdzv-backend=c10d", "--rdzv-endpoint=HOST"]
    meeting = ["--standalone"] if machines == 1 else several
    torchrun = [sys.executable, "-m", "torch.distributed.run", *meeting, f"--nproc-per-node={processes}"]
    return [*torchrun, "-m", _PROGRAM, "train", "--resume", str(folder.absolute())]


def probe_command(config: Path) -> list[str]:
    """Takes ten steps with a configuration file and prints one JSON line, see `core.training.probe`."""
    return [sys.executable, "-m", _PROGRAM, "train", "--probe", "--config", str(config)]


def info_command() -> list[str]:
    """Prints one JSON line, whose `devices` are what this machine could train on."""
    return [sys.executable, "-m", _PROGRAM, "info", "--json"]


def environment() -> dict[str, str]:
    """The environment in which the commands find this very program, whatever the working folder is."""
    root = str(Path(matting_studio.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    # Safe path: a folder called `core` where somebody works is not ours.
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    # Windows' own code page would not be read here.
    return {**os.environ, **own, "PYTHONUTF8": "1"}


def as_typed(command: Sequence[str]) -> str:
    """A command as a person types it into a terminal of this system."""
    typed = ["python" if part == sys.executable else part for part in command]
    return subprocess.list2cmdline(typed) if os.name == "nt" else shlex.join(typed)


def working_folder(folder: Path) -> Path:
    """What relative folders of the run's configuration count from: where it was started the last time."""
    trainer = RunFolder(folder).trainer()
    known = Path(trainer.working_folder) if trainer is not None else folder.absolute().parent.parent
    return known if known.is_dir() else Path.cwd()


def start(folder: Path, processes: int = 1) -> subprocess.Popen[bytes]:
    """Start or resume the run as a process that outlives this one; what it says goes to the run's log.

    Several `processes` share the work on as many GPUs. Raises TrainingError where somebody trains it already, OSError
    where it cannot be started.
    """
    run = RunFolder(folder)
    command = train_command(folder) if processes == 1 else torchrun_command(folder, processes)
    with run.entering():
        where = working_folder(folder)
        run.withdraw_stop()
        with run.log.open("ab") as log:
            started = subprocess.Popen(
                command, cwd=where, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, creationflags=_DETACHED,
            )  # fmt: skip
        # Entered at once: importing PyTorch takes the trainer seconds, and it is running all the while.
        run.enter(TrainerProcess.of(started.pid, tuple(command), where))
    return started


def stop_and_save(folder: Path) -> None:
    """Ask for an end after the present step, with the run saved; works from other machines too."""
    RunFolder(folder).request_stop()


def end_now(folder: Path) -> None:
    """Kill the trainer and the processes that it started. What it did since its last checkpoint is lost.

    The run counts as stopped, since somebody wanted it. Raises TrainingError where the process does not go, or is not
    one of this machine.
    """
    run = RunFolder(folder)
    trainer = run.trainer()
    process = None if trainer is None else trainer.process()
    if trainer is None or process is None:
        if run.is_trained:
            where = "by a process without a name" if trainer is None else f"on {trainer.host}"
            raise TrainingError(f"{folder.name} is trained {where}: use Stop and save, or end it there.")
        return
    # What has ended meanwhile, or may not be killed, is told apart below.
    with contextlib.suppress(psutil.Error):
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                each.kill()
    patience = time.monotonic() + _DEATH_SECONDS
    while trainer.is_alive:
        if time.monotonic() > patience:
            raise TrainingError(
                f"Process {trainer.pid} cannot be ended: it may be another user's, or wait for a disk that does not "
                "answer. Use Stop and save."
            )
        time.sleep(0.02)
    run.withdraw_stop()
    events = EventLog(run.events)
    events.mend()
    events.write("stopped", step=run.last_event().get("step", 0), time=time.time())
