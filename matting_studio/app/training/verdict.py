"""Whether a run has made a better model than the one that it began with, on photos that it has not learnt from."""

from dataclasses import dataclass
from pathlib import Path

from core.training.run import RunFolder
from matting_studio.app.training.comparison import CLEARLY
from matting_studio.app.training.history import History


@dataclass(frozen=True)
class Verdict:
    model: Path | None
    """The run's best model where it is worth using; None where what it began with is as good, or it made none."""
    sentence: str


def judge(folder: Path) -> Verdict:
    """What a run that has finished came to: its first validation against its best one."""
    history = History(folder)
    history.read_all()
    sets = [name for name in history.validation_names if name.endswith("/mad")]
    if not sets:
        return Verdict(
            None, f"{folder.name} has finished. There were no photos to measure on: compare its model by eye."
        )
    columns = [history.series(name) for name in sets]
    means = {int(step): 0.0 for step in columns[0][0]}
    for steps, values in columns:
        for step, value in zip(steps, values, strict=True):
            means[int(step)] = means.get(int(step), 0.0) + float(value) / len(sets)
    best_step = min(means, key=lambda step: (means[step], step))
    after, model = means[best_step], RunFolder(folder).best_model
    if 0 not in means:
        return Verdict(model, f"{folder.name} has finished, with a MAD of {after:.4f} on photos held back.")
    before = means[0]
    figures = f"on photos held back its MAD was {before:.4f} before, and is {after:.4f} after {best_step} steps"
    if after <= CLEARLY * before:
        return Verdict(model, f"{folder.name} has become better by {1 - after / before:.0%}: {figures}.")
    return Verdict(None, f"{folder.name} has not become better, so the model in use stays: {figures}.")
