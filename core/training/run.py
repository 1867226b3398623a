"""A run is a folder: configuration, checkpoint, best model, events, and what those who watch it ask of it."""

import contextlib
import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.atomic import leftovers, write_atomically
from core.errors import TrainingError
from core.instance_lock import LockedError, wait_for_lock
from core.training.config import TrainingConfig, parse_config
from core.training.event_lines import last_event, parse, whole_lines
from core.training.trainer_process import CLOCK_SECONDS, TrainerProcess

ENDS = ("finished", "stopped", "failed")
"""Events that end a training."""
SILENT_SECONDS = 15 * 60.0
"""After so long without a word, a trainer that cannot be asked is taken for dead."""
_PATIENCE_SECONDS = 10.0
"""Longer than it takes to enter a process."""
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class RunFolder:
    """Names and reads the files of one run. Imports no PyTorch: windows list runs by the dozen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.checkpoint = path / "checkpoint.pt"
        self.best_model = path / "best.safetensors"
        self.last_model = path / "last.safetensors"
        self.events = path / "events.jsonl"
        self.process = path / "process.json"
        self.process_lock = path / "process.lock"
        self.stop_request = path / "stop"
        self.failure = path / "failure.txt"
        self.previews = path / "previews"
        self.log = path / "log.txt"
        self.notes = path / "notes.txt"
        self.tensorboard = path / "tensorboard"

    def create(self, config: TrainingConfig) -> None:
        """Start an empty run. Raises TrainingError as `check_new` does."""
        self.check_new()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.write_config(config)
        except OSError as error:
            raise self._cannot_be_made(error.strerror or str(error)) from error

    def check_new(self) -> None:
        """Raises TrainingError where no run can begin: the folder holds one already, or files of others, which a run
        would mix its own with; or it cannot be made.
        """
        try:
            if self.config.exists():
                raise TrainingError(f"{self.path} already holds a run: resume it, or name another folder.")
            found = self._seen_first() if self.path.is_dir() else None
            if found is not None:
                raise TrainingError(
                    f"{self.path} is not empty, there is {found} in it: name a new folder for the run, or an empty one."
                )
            above = self.path.absolute()
            nearest = next(folder for folder in (above, *above.parents) if folder.exists())
        except OSError as error:
            raise self._cannot_be_made(error.strerror or str(error)) from error
        if not nearest.is_dir():
            raise self._cannot_be_made(f"{nearest} is a file")
        if not os.access(nearest, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise self._cannot_be_made(f"nothing may be written to {nearest}")

    def _seen_first(self) -> str | None:
        """The first name in the folder; None where nothing is in it but what systems hide, such as .DS_Store."""
        return min((path.name for path in self.path.iterdir() if not path.name.startswith(".")), default=None)

    def _cannot_be_made(self, reason: str) -> TrainingError:
        return TrainingError(f"The run's folder {self.path} cannot be made ({reason}): name another one.")

    def write_config(self, config: TrainingConfig) -> None:
        with write_atomically(self.config) as file:
            file.write(config.model_dump_json(indent=2).encode())

    def read_config(self) -> dict[str, Any]:
        """The configuration as plain values, to be overridden or parsed.

        Raises TrainingError where there is none to be read, ConfigError where it has settings that cannot be used.
        """
        try:
            values = json.loads(self.config.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise TrainingError(f"{self.path} holds no run: there is no {self.config.name} in it.") from error
        except OSError as error:
            raise TrainingError(
                f"{self.config} cannot be read ({error.strerror or error}): see to it, then try again."
            ) from error
        except (ValueError, RecursionError) as error:  # no JSON, or no text at all; nested without end
            raise TrainingError(f"{self.config} is damaged: put a copy of it there, or begin another run.") from error
        parse_config(values)
        assert isinstance(values, dict)
        return values

    def trainer(self) -> TrainerProcess | None:
        """Who trains the run, or did so last; None where nobody has left a name."""
        return TrainerProcess.read(self.process)

    def claim(self) -> None:
        """Enter this process as the one that trains the run. Raises TrainingError where another one does.

        A wish to stop that was meant for an earlier process is forgotten, and what that one was writing when it was
        killed is removed.
        """
        with self.entering():
            own, known = TrainerProcess.this_one(), self.trainer()
            # The window and torchrun are entered before the process that they start.
            started = known.created if known is not None and known.is_this_one_or_its_parent else own.created
            self.enter(own)
            if self.stop_request.exists() and self.stop_request.stat().st_mtime < started - CLOCK_SECONDS:
                self.withdraw_stop()
            for left in (*leftovers(self.path), *leftovers(self.previews)):
                left.unlink(missing_ok=True)

    @contextlib.contextmanager
    def entering(self) -> Iterator[None]:
        """In the block, nobody else enters a process.

        Raises TrainingError where another one trains the run or is just being entered, OSError where nothing can be
        written to the folder.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(wait_for_lock(self.process_lock, _PATIENCE_SECONDS))
            except LockedError as error:
                raise TrainingError(f"{self.path} is being started by another process: see to that one.") from error
            except OSError as error:
                # Some file systems of clusters have no locks: two that are started in the same moment are not told
                # apart there, and all others are.
                if error.errno not in _NO_LOCKS:
                    raise
            self.check_free()
            yield

    def enter(self, process: TrainerProcess) -> None:
        """Put down who trains the run from now on. To be called while `entering`.

        What a process of an earlier training has failed of is forgotten.
        """
        self.failure.unlink(missing_ok=True)
        last = self.last_event()
        replace(process, ended_before=last["time"] if last.get("event") in ENDS else None).write(self.process)

    def check_free(self) -> None:
        """Raises TrainingError where another process, of this machine or another one, trains the run."""
        trainer = self.trainer()
        if trainer is None or trainer.is_this_one_or_its_parent or not self.is_trained:
            return
        if trainer.is_here:
            raise TrainingError(
                f"{self.path} is being trained by process {trainer.pid} already: stop that one first, or train in "
                "another folder."
            )
        raise TrainingError(
            f"{self.path} seems to be trained on {trainer.host} already: stop it there. Where it has died, wait until "
            f"nothing was written for {SILENT_SECONDS / 60:.0f} minutes."
        )

    @property
    def is_trained(self) -> bool:
        """Whether somebody trains it now. Raises OSError where its events or its process cannot be read."""
        return self.end is None and self.has_living_trainer

    @property
    def has_living_trainer(self) -> bool:
        """Whether its trainer lives, whatever its events say. One that cannot be asked, on another machine, of an older
        version or with a file that cannot be read, does so as long as it has written something of late."""
        try:
            trainer = self.trainer()
        except OSError:
            trainer = None
        if trainer is not None and trainer.is_here:
            return trainer.is_alive
        return time.time() - max(_written(self.events), _written(self.process)) < SILENT_SECONDS

    @property
    def end(self) -> str | None:
        """The last event where it is one of ENDS, good or bad, and nobody was entered after it."""
        trainer, last = self.trainer(), self.last_event()
        is_over = last.get("event") in ENDS and (trainer is None or trainer.ended_before != last["time"])
        return str(last["event"]) if is_over else None

    def last_event(self) -> dict[str, Any]:
        """Empty where there is none yet."""
        return last_event(self.events)

    def request_stop(self) -> None:
        """Ask whoever trains the run, on whatever machine, to save it and end."""
        self.stop_request.touch()

    def withdraw_stop(self) -> None:
        self.stop_request.unlink(missing_ok=True)

    def note_failure(self, reason: str) -> None:
        """Say why one of several processes fails, where none has said so before: the others fail since it is gone."""
        if not self.failure.exists():
            with write_atomically(self.failure) as file:
                file.write(reason.encode())

    def noted_failure(self) -> str | None:
        """What was noted so; None where nothing was, or it cannot be read."""
        try:
            return self.failure.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None


def _written(path: Path) -> float:
    """When, in seconds since 1970; 0 where nothing is there, or the disk does not tell."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


class EventLog:
    """Appends one JSON object a line; each line is whole on disk before the next begins.

    `on_line` hears each line as well, without its end.
    """

    def __init__(self, path: Path, on_line: Callable[[str], None] = lambda line: None) -> None:
        self.path = path
        self.on_line = on_line

    def write(self, event: str, **values: Any) -> None:
        line = json.dumps({"event": event, **values}, allow_nan=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        self.on_line(line)

    def mend(self) -> None:
        """Take away a last line that a killed process has left without its end."""
        if self.path.exists():
            with self.path.open("r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)

    def forget_after(self, step: int) -> None:
        """Drop the figures of steps that a resumed run will take again, and lines that are damaged."""
        with write_atomically(self.path) as file:
            for line in whole_lines(self.path):
                event = parse(line)
                if event is not None and event.get("step", 0) <= step:
                    file.write(line)
