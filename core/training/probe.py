"""Ten steps with a configuration, to know what a run would take. Nothing is kept."""

import math
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.device import device_name
from core.errors import TrainingError
from core.predictor import MattingPredictor
from core.training.config import StageConfig, TrainingConfig
from core.training.datasets import find_pairs
from core.training.failure import explained
from core.training.loop import NotFiniteError, Trainer
from core.training.memory import memory_bytes
from core.training.processes import Processes
from core.training.run import RunFolder
from core.training.validation import measure_pair

STEPS, WARMUP_STEPS = 10, 2
LEAST_BATCH = 2
"""Batch statistics need two photos."""


@dataclass(frozen=True)
class Probe:
    seconds_per_step: float
    """In the stage that takes most."""
    photos_per_second: float
    """Of all processes together."""
    memory_bytes: int
    """The most that a process used: of the GPU's memory where there is one, else of the machine's."""
    device: str
    processes: int
    """That share each batch."""
    total_steps: int
    expected_seconds: float
    """For the whole run, validations included."""


def probe(config: TrainingConfig, processes: Processes) -> Probe:
    """Take ten steps of the stage that takes most, and look at a validation photo.

    Where run.processes are to share each batch and this one is alone, it takes the part of one of them; what they would
    wait for each other is not counted.

    Raises what `Trainer.train` raises, TrainingError where memory runs out or the losses are not finite.
    """
    with explained():
        try:
            return _probe(config, processes)
        except NotFiniteError as fault:
            raise TrainingError(
                f"At the first steps {fault}: lower schedule.learning_rate or check the data set."
            ) from fault


def _probe(config: TrainingConfig, processes: Processes) -> Probe:
    stages = config.schedule.stages
    largest = max(stages, key=_work)
    together = max(processes.count, config.run.processes)
    part_of_batch = max(LEAST_BATCH, largest.batch_size * processes.count // together)
    shortest = largest.model_copy(update={"steps": STEPS, "batch_size": part_of_batch})
    schedule = config.schedule.model_copy(update={"stages": [shortest]})
    run = config.run.model_copy(update={"tensorboard": False})
    short = config.model_copy(update={"schedule": schedule, "run": run})
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(short, RunFolder(Path(folder)), processes)
        taken, most_bytes = 0, 0
        started = math.nan
        with closing(trainer.drawn_batches()) as drawn:
            for batch in drawn:
                trainer.step(batch)
                trainer.state.step += 1
                taken += 1
                most_bytes = max(most_bytes, memory_bytes(trainer.device))
                if taken == WARMUP_STEPS:
                    started = time.monotonic()
        seconds_per_step = (time.monotonic() - started) / (taken - WARMUP_STEPS)
        steps_of_the_largest = sum(stage.steps * _work(stage) for stage in stages) / _work(largest)
        validations = config.schedule.total_steps // config.run.validate_steps + 1
        return Probe(
            seconds_per_step=seconds_per_step,
            photos_per_second=largest.batch_size / seconds_per_step,
            memory_bytes=most_bytes,
            device=device_name(trainer.device),
            processes=together,
            total_steps=config.schedule.total_steps,
            expected_seconds=seconds_per_step * steps_of_the_largest + validations * _validation_seconds(trainer),
        )


def _work(stage: StageConfig) -> int:
    """Pixels of a step."""
    return stage.crop_px**2 * stage.batch_size


def _validation_seconds(trainer: Trainer) -> float:
    """What a validation takes, from the first photo of each set."""
    predictor = MattingPredictor(trainer.state.averaged.network, trainer.device, trainer.config.run.validation_px)
    seconds = 0.0
    for chosen in trainer.config.data.validation:
        pairs = find_pairs(chosen.folder)
        started = time.monotonic()
        measure_pair(predictor, pairs[0])
        seconds += (time.monotonic() - started) * len(pairs)
    return seconds
