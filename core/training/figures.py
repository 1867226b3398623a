"""What a step says of itself, and what a line of the log says of the steps since the one before."""

from dataclasses import dataclass, field
from statistics import fmean


@dataclass(frozen=True)
class StepFigures:
    losses: dict[str, float]
    """Each loss, times its weight."""
    gradient_norm: float
    """Before clipping."""
    learning_rate: float


@dataclass
class FiguresSince:
    """Means over the steps since they were last taken: a few crops alone say more of the crops than of the network."""

    steps: list[StepFigures] = field(default_factory=list)

    def add(self, figures: StepFigures) -> None:
        self.steps.append(figures)

    def take(self) -> StepFigures:
        """Means of losses and gradient norm, and the last learning rate; at least one step must have been added."""
        steps, self.steps = self.steps, []
        names = steps[-1].losses
        return StepFigures(
            losses={name: fmean(step.losses[name] for step in steps) for name in names},
            gradient_norm=fmean(step.gradient_norm for step in steps),
            learning_rate=steps[-1].learning_rate,
        )
