"""Learning rate by step: linear warm-up, then a cosine to zero."""

import math


def learning_rate(step: int, *, highest: float, warmup_steps: int, total_steps: int) -> float:
    """The rate of step number `step`, from 0; `highest` is reached with the last step of the warm-up."""
    if step < warmup_steps:
        return highest * (step + 1) / warmup_steps
    span = max(1, total_steps - warmup_steps)
    progress = min(1.0, (step - warmup_steps) / span)
    return highest * (1 + math.cos(math.pi * progress)) / 2
