"""Who trains a run: the process that its folder names, and whether it is still alive."""

import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Self

import psutil
from pydantic import Field, TypeAdapter, ValidationError

from core.atomic import write_atomically

CLOCK_SECONDS = 2.0
"""Systems give the time at which a process was created a little differently each time they are asked."""


@dataclass(frozen=True)
class TrainerProcess:
    """The contents of `process.json`."""

    pid: Annotated[int, Field(gt=0)]
    created: float
    """When the process was created, in seconds since 1970: tells it from a later one of the same number."""
    host: str
    command: tuple[str, ...]
    working_folder: str
    """What relative folders of the configuration count from."""
    ended_before: float | None = None
    """When the run had ended, as its events say, before this process was entered: that end is not this one's."""

    @classmethod
    def this_one(cls) -> Self:
        return cls.of(os.getpid(), (sys.executable, *sys.argv), Path.cwd())

    @classmethod
    def of(cls, pid: int, command: tuple[str, ...], working_folder: Path) -> Self:
        """A process of this machine. Raises psutil.NoSuchProcess where it has ended."""
        return cls(pid, psutil.Process(pid).create_time(), socket.gethostname(), command, str(working_folder))

    @staticmethod
    def read(path: Path) -> "TrainerProcess | None":
        """None where no process has left its name, as runs of older versions have not, or the file is damaged."""
        try:
            return _CONTENTS.validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def write(self, path: Path) -> None:
        with write_atomically(path) as file:
            file.write(json.dumps(asdict(self), indent=1).encode())

    @property
    def is_here(self) -> bool:
        """Whether it ran on this machine; nothing is known of the processes of others.

        A machine may get another name with another network: a process that is found still is here all the same.
        """
        return self.host == socket.gethostname() or self.process() is not None

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; False for one of another machine."""
        return self.process() is not None

    def process(self) -> psutil.Process | None:
        """To ask or to end it; None where it has ended or is not of this machine."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.created) < CLOCK_SECONDS
            # One that has ended and whose parent has not looked yet is a zombie.
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    @property
    def is_this_one_or_its_parent(self) -> bool:
        """Whether this process is meant, or one that started it, as a window or torchrun does."""
        line = [psutil.Process(), *psutil.Process().parents()]
        return self.is_here and any(process.pid == self.pid for process in line)


_CONTENTS = TypeAdapter(TrainerProcess)
