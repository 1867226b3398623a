"""The figures of runs as curves: read from their folders and smoothed, all off the window's thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matting_studio.app.training.history import History, smoothed

_SHORT = 60


@dataclass(frozen=True, eq=False)
class Curve:
    steps: NDArray[np.float64]
    """(N,) rising."""
    values: NDArray[np.float64]
    """(N,) as they were written; NaN where a step went wrong."""
    smooth: NDArray[np.float64]
    """(N,) the values themselves where nothing is smoothed."""

    @property
    def is_smoothed(self) -> bool:
        return self.smooth is not self.values

    @property
    def is_short(self) -> bool:
        """Whether each of its points is worth a mark: between two validations nothing was measured."""
        return len(self.steps) <= _SHORT

    @property
    def is_calm(self) -> bool:
        """Whether it does not go up and down at every pixel."""
        return self.is_smoothed or self.is_short

    def value_at(self, step: float) -> float | None:
        """The smoothed value of the last step that is not after this one; None before the first."""
        place = int(np.searchsorted(self.steps, step, side="right")) - 1
        return None if place < 0 else float(self.smooth[place])


@dataclass(frozen=True, eq=False)
class RunCurves:
    """All curves of a run, by the names that its history gives them."""

    folder: Path
    curves: Mapping[str, Curve]
    rollbacks: tuple[int, ...]
    """Steps at which the run went back to its last checkpoint."""

    @property
    def last_step(self) -> float:
        return max((float(curve.steps[-1]) for curve in self.curves.values() if len(curve.steps)), default=0.0)


class CurveReader:
    """Keeps what was read of each run, so that only what is new is read again. For one thread."""

    def __init__(self) -> None:
        self._histories: dict[Path, History] = {}
        self._given: tuple[tuple[Path, ...], float] | None = None

    def history(self, folder: Path) -> History:
        """What is known of a run; nothing is read here."""
        if folder not in self._histories:
            self._histories[folder] = History(folder)
        return self._histories[folder]

    def read(self, folders: tuple[Path, ...], weight: float) -> tuple[RunCurves, ...] | None:
        """The curves of some runs, smoothed with a weight in [0, 1); None where nothing is new since the last time."""
        self._histories = {folder: self.history(folder) for folder in folders}
        news = False
        for history in self._histories.values():
            while history.read_new():
                news = True
        if not news and self._given == (folders, weight):
            return None
        self._given = folders, weight
        return tuple(_curves(folder, history, weight) for folder, history in self._histories.items())


def _curves(folder: Path, history: History, weight: float) -> RunCurves:
    curves, measures = {}, history.validation_names
    for name in history.names():
        steps, values = history.series(name)
        # A mean over photos needs no smoothing, and there are few of them: it would only come late.
        smooth = smoothed(values, weight) if weight > 0 and name not in measures else values
        curves[name] = Curve(steps.astype(np.float64), values, smooth)
    return RunCurves(folder, curves, tuple(rollback.failed_at for rollback in history.rollbacks))
