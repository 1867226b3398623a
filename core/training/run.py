"""A run is a folder: configuration, checkpoint, best model, events, and what those who watch it ask of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.atomic import write_atomically
from core.errors import TrainingError
from core.training.config import TrainingConfig, parse_config
from core.training.trainer_process import CLOCK_SECONDS, TrainerProcess


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
        self.stop_request = path / "stop"
        self.previews = path / "previews"
        self.log = path / "log.txt"
        self.notes = path / "notes.txt"
        self.tensorboard = path / "tensorboard"

    def create(self, config: TrainingConfig) -> None:
        """Start an empty run. Raises TrainingError where the folder already holds one."""
        if self.config.exists():
            raise TrainingError(f"{self.path} already holds a run: resume it, or name another folder.")
        self.path.mkdir(parents=True, exist_ok=True)
        self.write_config(config)

    def write_config(self, config: TrainingConfig) -> None:
        with write_atomically(self.config) as file:
            file.write(config.model_dump_json(indent=2).encode())

    def read_config(self) -> dict[str, Any]:
        """The configuration as plain values, to be overridden or parsed."""
        try:
            values = json.loads(self.config.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise TrainingError(f"{self.path} holds no run: there is no {self.config.name} in it.") from error
        parse_config(values)
        assert isinstance(values, dict)
        return values

    def trainer(self) -> TrainerProcess | None:
        """Who trains the run, or did so last; None where nobody has left a name."""
        return TrainerProcess.read(self.process)

    def claim(self) -> None:
        """Enter this process as the one that trains the run. Raises TrainingError where another one does.

        A wish to stop that was meant for an earlier process is forgotten.
        """
        own, other = TrainerProcess.this_one(), self.trainer()
        started = own.created
        if other is not None and other.is_this_one_or_its_parent:
            started = other.created  # entered by the window or torchrun, which started this one
        elif other is not None and other.is_alive:
            raise TrainingError(
                f"{self.path} is being trained by process {other.pid} already: stop that one first, or train in "
                "another folder."
            )
        own.write(self.process)
        if self.stop_request.exists() and self.stop_request.stat().st_mtime < started - CLOCK_SECONDS:
            self.withdraw_stop()

    def request_stop(self) -> None:
        """Ask whoever trains the run, on whatever machine, to save it and end."""
        self.stop_request.touch()

    def withdraw_stop(self) -> None:
        self.stop_request.unlink(missing_ok=True)


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

    def forget_after(self, step: int) -> None:
        """Drop the figures of steps that a resumed run will take again."""
        kept = [line for line in self.lines() if json.loads(line).get("step", 0) <= step]
        with write_atomically(self.path) as file:
            file.write("".join(kept).encode())

    def lines(self) -> Iterator[str]:
        if self.path.exists():
            with self.path.open(encoding="utf-8") as file:
                # A killed process may leave a last line without its end: it is no line.
                yield from (line for line in file if line.endswith("\n"))
