"""The figures of a run over its steps, read bit by bit while they are written."""

import csv
import io
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.atomic import write_atomically
from core.training.event_lines import parse
from core.training.run import RunFolder

Values = NDArray[np.float64]
Steps = NDArray[np.int64]

PIECE_BYTES = 1 << 18
"""Read at once: about a thousand lines, some milliseconds."""
_RATE_LINES = 50
"""Over so many lines of figures the speed is measured."""
_FIGURES = ("learning_rate", "gradient_norm", "photos_per_second", "memory_bytes")


@dataclass(frozen=True)
class Rollback:
    """A loss or gradient that was not finite; the run went back."""

    failed_at: int
    """Step."""
    back_to: int
    """Step of the checkpoint from which it went on with other crops."""
    reason: str
    time: float
    """In seconds since 1970."""


class History:
    """What a run's events.jsonl has said so far; `read_new` looks for more.

    Names of series: `loss/total` and `loss/trimap` … for each loss, `learning_rate`, `gradient_norm`,
    `photos_per_second`, `memory_bytes`, and `SET/mad`, `SET/sad` … for each validation set.
    """

    def __init__(self, folder: Path) -> None:
        run = RunFolder(folder)
        self._path = run.events
        self._config = run.config
        self._forget()

    def _forget(self) -> None:
        self._offset = 0
        self._inode = 0
        self._series: dict[str, tuple[list[int], list[float]]] = {}
        self._work = _Work.of(self._config)
        self._times: list[tuple[int, float]] = []
        """Work done, and when."""
        self.rollbacks: tuple[Rollback, ...] = ()
        self.step = 0
        self.total_steps: int | None = None
        self.device: str | None = None

    def read_new(self) -> bool:
        """Read what was added since, a piece of a few milliseconds at most; True where there was something.

        Call it again while it says True. After a resume, which takes lines away, the history begins anew.
        """
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(status.st_mode):
            return False  # the list of runs says that it is damaged
        # A resumed run puts a shorter file in the place of the old one.
        if status.st_ino != self._inode or status.st_size < self._offset:
            self._forget()
            self._inode = status.st_ino
        with self._path.open("rb") as file:
            file.seek(self._offset)
            piece = file.read(PIECE_BYTES)
        whole = piece[: piece.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            event = parse(line)
            if event is not None:
                self._add(event)
        return bool(whole)

    def read_all(self) -> None:
        while self.read_new():
            pass

    def names(self) -> tuple[str, ...]:
        """Of the series that have at least one value, losses first."""
        return tuple(sorted(self._series, key=lambda name: (not name.startswith("loss/"), name)))

    def series(self, name: str) -> tuple[Steps, Values]:
        """Steps (N,) int64, rising, and values (N,) float64, which may be NaN. Raises KeyError for an unknown name."""
        steps, values = self._series[name]
        return np.array(steps, np.int64), np.array(values, np.float64)

    @property
    def latest(self) -> dict[str, float]:
        """The last value of each series."""
        return {name: values[-1] for name, (_, values) in self._series.items()}

    @property
    def validation_names(self) -> tuple[str, ...]:
        """Of the series of validation sets."""
        return tuple(name for name in self.names() if "/" in name and not name.startswith("loss/"))

    @property
    def seconds_left(self) -> float | None:
        """At the speed of late, the sizes of later stages taken into account; None before it can be told."""
        if len(self._times) < 2:
            return None
        (first, first_time), (last, last_time) = self._times[0], self._times[-1]
        return (self._work.in_all - last) * (last_time - first_time) / max(1, last - first)

    def write_csv(self, path: Path) -> None:
        """A line per step that has figures, a column per series, empty where there is none. Raises OSError."""
        names = self.names()
        rows: dict[int, dict[str, float]] = {}
        for name in names:
            for step, value in zip(*self._series[name], strict=True):
                rows.setdefault(step, {})[name] = value
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, ["step", *names], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"step": step, **row} for step, row in sorted(rows.items()))
        with write_atomically(path) as file:
            file.write(text.getvalue().encode())

    def _add(self, event: dict[str, Any]) -> None:
        kind, step = event["event"], event.get("step", self.step)
        if kind == "started":
            self.total_steps, self.device = event["total_steps"], event["device"]
            self._times = []
        elif kind == "rollback":
            self.rollbacks += (Rollback(event["failed_at"], step, event["reason"], event["time"]),)
            self._drop_after(step)
        elif kind == "step":
            self._times = [*self._times[-_RATE_LINES:], (self._work.done_at(step), event["time"])]
        for name, value in _figures(event):
            steps, values = self._series.setdefault(name, ([], []))
            steps.append(step)
            values.append(value)
        self.step = step

    def _drop_after(self, step: int) -> None:
        """Take away the figures of steps that will be taken again."""
        for steps, values in self._series.values():
            while steps and steps[-1] > step:
                steps.pop()
                values.pop()
        self._series = {name: series for name, series in self._series.items() if series[0]}
        self._times = []


@dataclass(frozen=True)
class _Work:
    """What the steps of a run cost, in pixels: (steps, pixels of each) of every stage."""

    stages: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, config: Path) -> Self:
        """No stages where the configuration cannot be read."""
        try:
            stages = json.loads(config.read_text(encoding="utf-8"))["schedule"]["stages"]
            sizes = [[int(each[name]) for name in ("steps", "crop_px", "batch_size")] for each in stages]
            return cls(tuple((steps, crop_px**2 * batch_size) for steps, crop_px, batch_size in sizes))
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return cls(())

    def done_at(self, step: int) -> int:
        done = 0
        for steps, pixels in self.stages:
            done += min(step, steps) * pixels
            step = max(0, step - steps)
        return done

    @property
    def in_all(self) -> int:
        return sum(steps * pixels for steps, pixels in self.stages)


def _figures(event: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if event["event"] == "step":
        yield "loss/total", float(sum(event["losses"].values()))
        yield from ((f"loss/{name}", float(value)) for name, value in event["losses"].items())
        yield from ((name, float(event[name])) for name in _FIGURES if name in event)
    elif event["event"] == "validation":
        for chosen, measures in event["sets"].items():
            yield from ((f"{chosen}/{name}", float(value)) for name, value in measures.items())


def smoothed(values: Values, weight: float) -> Values:
    """An exponential moving average (N,) -> (N,), unbiased at its beginning; `weight` in [0, 1), 0 changes nothing.

    What is not finite is left out of the average and stays as it is.
    """
    result = values.copy()
    average, sum_of_weights = 0.0, 0.0
    for index in np.flatnonzero(np.isfinite(values)):
        average = weight * average + (1 - weight) * values[index]
        sum_of_weights = weight * sum_of_weights + (1 - weight)
        result[index] = average / sum_of_weights
    return result
