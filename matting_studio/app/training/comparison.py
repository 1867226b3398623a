"""Models beside each other on the same photos: which one is better, and on which photos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.training.datasets import Pair

CLEARLY = 0.98
"""A model is better where its mean MAD is at most this part of the other's: less is chance."""


@dataclass(frozen=True)
class Row:
    """One photo."""

    photo: Path
    mads: tuple[float, ...]
    """Mean absolute difference to the true alpha, one for each model."""


@dataclass(frozen=True)
class Comparison:
    models: tuple[Path, ...]
    rows: tuple[Row, ...]
    """The photos that were measured: fewer than asked for where it was stopped."""

    @property
    def means(self) -> tuple[float, ...]:
        """Mean MAD of each model. Raises ZeroDivisionError where nothing was measured."""
        return tuple(sum(column) / len(self.rows) for column in zip(*(row.mads for row in self.rows), strict=True))

    def is_better(self, after: int = 1, before: int = 0) -> bool:
        """Whether the model number `after` is clearly better than number `before`; no where nothing was measured."""
        return bool(self.rows) and self.means[after] <= CLEARLY * self.means[before]

    def verdict(self, after: int = 1, before: int = 0) -> str:
        """The comparison of two of the models as a sentence."""
        if not self.rows:
            return "Nothing was compared."
        first, second = self.means[before], self.means[after]
        change = f"{abs(second / first - 1):.0%}" if first else "nothing"
        better = sum(row.mads[after] < row.mads[before] for row in self.rows)
        figures = f"MAD {first:.4f} before and {second:.4f} after, lower on {better} of {len(self.rows)} photos"
        if self.is_better(after, before):
            return f"Better by {change}: {figures}."
        return f"Not better: {figures}."


def compare(
    models: Sequence[Path],
    pairs: Sequence[Pair],
    *,
    device: str = "auto",
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Comparison:
    """Measure model files (two or more) on photos whose alpha is known, each at the size that it recommends.

    `on_progress` hears how many of how many mattes are made. Raises CheckpointError, DatasetError and ImageReadError.
    """
    # Only here: PyTorch takes a second to import.
    from core.predictor import MattingPredictor  # noqa: PLC0415
    from core.training.validation import measure_pair  # noqa: PLC0415

    columns: list[list[float]] = []
    for number, model in enumerate(models):
        predictor = MattingPredictor.from_checkpoint(model, device)
        columns.append([])
        for index, pair in enumerate(pairs):
            if should_stop():
                break
            columns[-1].append(measure_pair(predictor, pair)["mad"])
            on_progress(number * len(pairs) + index + 1, len(models) * len(pairs))
    # Stopped between two models: only photos that every model has seen can be compared.
    measured = zip(pairs, zip(*columns, strict=False), strict=False)
    return Comparison(tuple(models), tuple(Row(pair.image, mads) for pair, mads in measured))
