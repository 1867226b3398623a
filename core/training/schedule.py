"""Learning rate by step: linear warm-up, then a cosine to zero."""

import math

from core.training.config import ScheduleConfig


def learning_rate(step: int, schedule: ScheduleConfig) -> float:
    if step < schedule.warmup_steps:
        return schedule.learning_rate * (step + 1) / schedule.warmup_steps
    span = max(1, schedule.total_steps - schedule.warmup_steps)
    progress = min(1.0, (step - schedule.warmup_steps) / span)
    return schedule.learning_rate * (1 + math.cos(math.pi * progress)) / 2
