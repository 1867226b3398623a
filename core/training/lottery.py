"""Files drawn at random, some of them more often than others."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

import numpy as np

from core.errors import DatasetError


class Lot(Protocol):
    def draw(self, rng: np.random.Generator) -> int:
        """The index of a file."""
        ...


class Lottery:
    """Draws files, those whose names match a favoured pattern more often than the others.

    Raises DatasetError where every file's weight is 0.
    """

    def __init__(self, paths: Sequence[Path], favour: Mapping[str, float]) -> None:
        weights = [favour_of(path.name, favour) for path in paths]
        if not sum(weights):
            raise DatasetError(
                f"No file of {paths[0].parent} can be drawn: all have the weight 0 by the patterns that favour files."
            )
        self.cumulative = np.cumsum(weights) / np.sum(weights)

    def draw(self, rng: np.random.Generator) -> int:
        """The index of a file."""
        return min(int(np.searchsorted(self.cumulative, rng.random(), side="right")), len(self.cumulative) - 1)


def favour_of(name: str, favour: Mapping[str, float]) -> float:
    """The weight of the first pattern that a file's name matches; 1 where there is none."""
    return next((weight for pattern, weight in favour.items() if fnmatch(name, pattern)), 1.0)
