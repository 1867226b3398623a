"""The training loop: batches in, a better network out, never a step lost."""

import contextlib
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from core.checkpoint import save_model
from core.device import device_name, pick_device
from core.engine.torch_engine import precision_name
from core.errors import CheckpointError, DeviceError, TrainingError
from core.normalisation import normalise
from core.training.batches import Batch, batches, stage_at
from core.training.config import TrainingConfig
from core.training.event_lines import CHECKPOINT, whole_lines
from core.training.failure import explained, note_for_others
from core.training.figures import FiguresSince, StepFigures
from core.training.losses import Targets, weighted_losses
from core.training.memory import memory_bytes
from core.training.precision import computing_in, training_precision
from core.training.previews import Previews
from core.training.processes import Processes, any_process, check_parts, share
from core.training.run import EventLog, RunFolder
from core.training.schedule import learning_rate
from core.training.state import TrainingState
from core.training.tensorboard import TensorBoard
from core.training.validation import MeasuredPhoto, validate

NORM_DECAY = 0.99
MOST_ROLLBACKS = 10
"""To one checkpoint. A training that reaches the next one has got over it, however often that happens."""


class NotFiniteError(Exception):
    """A loss or gradient is NaN or infinite; the loop answers by going back."""


class Trainer:
    """Trains one run, from its start or its checkpoint to the end of its schedule.

    `should_stop` is asked after every step, in every process, and the run's folder is looked at for a request to stop;
    one that says yes stops them all. `on_step` hears the
    step's number and figures, `on_event` each line of the event log.
    """

    def __init__(
        self,
        config: TrainingConfig,
        run: RunFolder,
        processes: Processes,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        on_step: Callable[[int, StepFigures], None] = lambda step, figures: None,
        on_event: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.config = config
        self.run_folder = run
        self.processes = processes
        self.should_stop = should_stop
        self.on_step = on_step
        self.device = pick_device(config.run.device).torch
        if self.device.type == "cuda" and processes.count > 1:
            gpus = torch.cuda.device_count()
            if processes.local_rank >= gpus:
                raise DeviceError(
                    f"Each process needs a GPU of its own, and this machine has {gpus}: start so many, or set "
                    "run.device to cpu."
                )
            self.device = torch.device("cuda", processes.local_rank)
            torch.cuda.set_device(self.device)
        check_parts(config.schedule, self.device, processes)
        self.precision = training_precision(self.device, mixed=config.run.bfloat16)
        self.events = EventLog(run.events, on_event)
        self.board = TensorBoard(run.tensorboard) if config.run.tensorboard and processes.leads else None
        # What a run has started from is in its checkpoint, and may be gone.
        origin = {"base": None, "encoder_init": None} if run.checkpoint.exists() else {}
        network = config.network.model_copy(update=origin)
        self.state = TrainingState.start(config.model_copy(update={"network": network}), self.device)
        self.shared = share(self.state.network, self.device, processes)
        self.tries: Counter[int] = Counter()
        """How often the run failed after its checkpoint of a step and before the next one."""

    def resume(self) -> None:
        """Go back to the run's checkpoint; a run that has none yet begins at its start.

        Raises TrainingError where the checkpoint is damaged, of another network or gone: a run that began anew would
        replace its best model with what it knows after its first steps.
        """
        if self.processes.leads:
            self.events.mend()
        if not self.run_folder.checkpoint.exists():
            if any(line.startswith(CHECKPOINT) for line in whole_lines(self.run_folder.events)):
                raise self.lost_checkpoint("missing")
            return
        self.load_checkpoint()
        if self.processes.leads:
            self.events.forget_after(self.state.step)
            self.log("resumed")

    def train(self) -> None:
        """Train to the end of the schedule, or until asked to stop; either way a checkpoint is left.

        At the end of the schedule the last model is left beside the best one.

        Raises TrainingError where the losses stop being finite again and again without progress, where memory runs out
        or the disk is full, or what another process that shares the training has failed of; DatasetError and
        ImageReadError where a file turns out to be unusable. The log says so too.
        """
        with explained(self.note_failure, self.run_folder.noted_failure):
            self.train_as_scheduled()

    def note_failure(self, reason: str) -> None:
        if self.processes.leads:
            self.log("failed", reason=reason)
        else:
            note_for_others(self.run_folder, reason)

    def train_as_scheduled(self) -> None:
        total = self.config.schedule.total_steps
        self.log(
            "started",
            total_steps=total,
            device=device_name(self.device),
            precision=precision_name(self.precision),
            processes=self.processes.count,
        )
        if not self.run_folder.checkpoint.exists():
            if self.config.network.base is not None:
                self.measure()  # what it knew before is what it must become better than
            self.save()
        stopped = False
        while self.state.step < total and not stopped:
            try:
                with contextlib.closing(self.drawn_batches()) as drawn:
                    stopped = self.train_on(drawn)
            except NotFiniteError as fault:
                self.roll_back(str(fault))
        stopped = stopped and self.state.step < total  # whoever asked at the last step has a whole training
        self.save()
        if not stopped:
            self.keep(self.run_folder.last_model, {"step": self.state.step})
        if self.processes.leads:
            self.run_folder.withdraw_stop()
        self.log("stopped" if stopped else "finished")

    def drawn_batches(self) -> Generator[Batch, None, None]:
        """To be closed: its workers end with it."""
        return batches(self.config, self.processes.part, self.state.generation, self.state.step)

    def train_on(self, drawn: Iterator[Batch]) -> bool:
        """Train until the batches end (False) or a stop is asked for (True)."""
        saved = time.monotonic()
        timed = Stopwatch()
        logged = FiguresSince()
        for batch in drawn:
            figures = self.step(batch)
            logged.add(figures)
            state, run = self.state, self.config.run
            state.step += 1
            timed.count(stage_at(self.config.schedule, state.step - 1).batch_size)
            self.on_step(state.step, figures)
            if state.step % run.log_steps == 0:
                means = vars(logged.take())
                self.log("step", **means, photos_per_second=timed.rate(), memory_bytes=memory_bytes(self.device))
            if state.step % run.validate_steps == 0 or state.step == self.config.schedule.total_steps:
                self.measure()
                timed = Stopwatch()
            if time.monotonic() - saved > 60 * run.checkpoint_minutes:
                self.save()
                saved = time.monotonic()
            asked = self.should_stop() or self.run_folder.stop_request.exists()
            if any_process(asked, self.device, self.processes):
                return True
        return False

    def step(self, batch: Batch) -> StepFigures:
        """One optimiser step. Raises NotFiniteError before anything is changed by it."""
        state, schedule = self.state, self.config.schedule
        rate = learning_rate(
            state.step,
            highest=schedule.learning_rate,
            warmup_steps=schedule.warmup_steps,
            total_steps=schedule.total_steps,
        )
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        state.optimiser.zero_grad(set_to_none=True)
        losses = self.losses(batch)
        total = torch.stack(list(losses.values())).sum()
        # Asked of all processes: one that went back alone would leave the others waiting for its gradients.
        if any_process(not torch.isfinite(total), self.device, self.processes):
            raise NotFiniteError(f"the loss is {float(total.detach())}")
        total.backward()  # type: ignore[no-untyped-call]
        limit = float("inf") if state.mean_norm is None else schedule.clip_factor * state.mean_norm
        norm = float(nn.utils.clip_grad_norm_(state.network.parameters(), limit))
        if not math.isfinite(norm):
            raise NotFiniteError(f"the gradient's norm is {norm}")
        state.mean_norm = norm if state.mean_norm is None else NORM_DECAY * state.mean_norm + (1 - NORM_DECAY) * norm
        state.optimiser.step()
        state.averaged.update(state.network)
        return StepFigures({name: float(loss.detach()) for name, loss in losses.items()}, norm, rate)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        images = normalise(batch.images.to(self.device, non_blocking=True))
        images = images.contiguous(memory_format=torch.channels_last)
        targets = Targets(*(t.to(self.device, non_blocking=True) for t in vars(batch.targets).values()))
        with computing_in(self.precision, self.device):
            output = self.shared(images)
        return weighted_losses(output, targets, self.config.loss)

    def roll_back(self, reason: str) -> None:
        """Return to the last checkpoint and draw other crops from there."""
        failed_at, generation = self.state.step, self.state.generation
        self.load_checkpoint()
        self.state.generation = generation + 1
        self.tries[self.state.step] += 1
        if self.tries[self.state.step] > MOST_ROLLBACKS:
            raise TrainingError(
                f"The training failed {self.tries[self.state.step]} times between its checkpoint of step "
                f"{self.state.step} and the next one: at step {failed_at} {reason}. Lower schedule.learning_rate or "
                "check the data set, then resume."
            )
        self.log("rollback", reason=reason, failed_at=failed_at)

    def load_checkpoint(self) -> None:
        try:
            self.state.load(self.run_folder.checkpoint)
        except CheckpointError as error:
            raise self.lost_checkpoint("damaged") from error

    def lost_checkpoint(self, what: Literal["damaged", "missing"]) -> TrainingError:
        run, another = self.run_folder, "begin another run"
        if run.best_model.exists():
            another += f" from the best model of this one, with --set network.base={run.best_model}"
        return TrainingError(f"{run.checkpoint} is {what}: put a copy of it there, or {another}.")

    def measure(self) -> None:
        """Validate the averaged network and keep it where it is the best so far."""
        if not self.processes.leads or not self.config.data.validation:
            return
        previews = Previews(self.run_folder.previews, self.state.step, self.config.run.preview_photos)
        shortages: dict[str, None] = {}

        def hear(set_name: str, number: int, photo: MeasuredPhoto) -> None:
            previews.add(set_name, number, photo)
            shortages.update(dict.fromkeys(photo.matte.warnings))

        figures = validate(self.state.averaged.network, self.config, self.device, hear)
        self.log("validation", sets=figures, warnings=list(shortages))
        if previews.written:
            self.log("previews", photos=previews.written)
        score = sum(values["mad"] for values in figures.values()) / len(figures)
        if score < self.state.best.get("score", float("inf")):
            self.state.best = {"score": score, "step": self.state.step}
            self.keep(self.run_folder.best_model, {"step": self.state.step, "validation": figures})
            self.save()  # going back before it, the run would forget it and put a worse one in its place

    def keep(self, path: Path, training: dict[str, object]) -> None:
        """Write the averaged network as a model file, with notes on its training."""
        if self.processes.leads:
            notes = {
                "source": "training run",
                "training": json.dumps(training),
                "size_px": str(self.config.run.validation_px),
            }
            save_model(path, self.state.model(notes))

    def save(self) -> None:
        if self.processes.leads:
            self.state.save(self.run_folder.checkpoint, self.config)
            self.log("checkpoint")

    def log(self, event: str, **values: object) -> None:
        if self.processes.leads:
            values = {"step": self.state.step, "time": time.time(), **values}
            self.events.write(event, **values)
            if self.board is not None:
                self.board.add(event, values)


class Stopwatch:
    """Photos per second since it was started."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.photos = 0

    def count(self, photos: int) -> None:
        self.photos += photos

    def rate(self) -> float:
        return self.photos / max(time.monotonic() - self.started, 1e-9)
