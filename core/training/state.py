"""All that a run must remember to go on exactly where it was."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.optim import AdamW, Optimizer

from core.atomic import write_atomically
from core.checkpoint import TRAINING_FORMAT, ModelFile, plain_weights, unpickled
from core.errors import CheckpointError, TrainingError
from core.network import MTGINet
from core.training.config import ScheduleConfig, TrainingConfig
from core.training.ema import AveragedNetwork
from core.training.initialisation import build_network
from core.training.learnt import learn_what_losses_reach

OWN_SETTINGS = ("betas", "weight_decay")
"""What the configuration says of the optimiser; the learning rate is set at each step."""


@dataclass
class TrainingState:
    network: MTGINet
    averaged: AveragedNetwork
    optimiser: Optimizer
    step: int = 0
    generation: int = 0
    """How often the run was rolled back; each time other crops are drawn."""
    mean_norm: float | None = None
    """Running mean of the gradient's norm."""
    best: dict[str, float] = field(default_factory=dict)
    """Best validation figures so far."""

    @classmethod
    def start(cls, config: TrainingConfig, device: torch.device) -> "TrainingState":
        network = build_network(config.network, config.data.seed).to(device)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        learn_what_losses_reach(network, config.loss)
        averaged = AveragedNetwork(network, config.schedule.ema_decay)
        return cls(network, averaged, build_optimiser(network, config.schedule))

    def content(self, config: TrainingConfig) -> dict[str, Any]:
        """A checkpoint's content: tensors and plain values only."""
        return {
            "format": TRAINING_FORMAT,
            "width": self.network.width,
            "step": self.step,
            "generation": self.generation,
            "mean_norm": self.mean_norm,
            "best": self.best,
            "network": self.network.state_dict(),
            "averaged": self.averaged.network.state_dict(),
            "averaged_updates": self.averaged.updates,
            "optimiser": self.optimiser.state_dict(),
            "config": config.model_dump_json(),
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Become what a checkpoint holds. Raises TrainingError, nothing changed, where its network is another."""
        own, kept = (
            {name: tensor.shape for name, tensor in weights.items()}
            for weights in (self.network.state_dict(), content["network"])
        )
        if own != kept:
            raise TrainingError(
                "The checkpoint's network is not the configured one: network.width and network.spectral_norm must be "
                "what they were when the run was started."
            )
        self.step, self.generation = content["step"], content["generation"]
        self.mean_norm, self.best = content["mean_norm"], dict(content["best"])
        self.network.load_state_dict(content["network"])
        self.averaged.network.load_state_dict(content["averaged"])
        self.averaged.updates = content["averaged_updates"]
        # A checkpoint's groups hold the settings of when it was written; a run goes on with those of now.
        settings = [{name: group[name] for name in OWN_SETTINGS} for group in self.optimiser.param_groups]
        self.optimiser.load_state_dict(content["optimiser"])
        for group, own in zip(self.optimiser.param_groups, settings, strict=True):
            group.update(own)

    def save(self, path: Path, config: TrainingConfig) -> None:
        """Write a checkpoint, whole or not at all."""
        with write_atomically(path) as file:
            torch.save(self.content(config), file)

    def load(self, path: Path) -> None:
        """Become what a checkpoint file holds.

        Raises TrainingError as `restore` does, CheckpointError where the file is damaged or another one, OSError where
        it cannot be read.
        """
        content = unpickled(path)
        if content.get("format") != TRAINING_FORMAT:
            raise CheckpointError(f"{path.name} is no checkpoint of a training run.")
        try:
            self.restore(content)
        except KeyError as error:
            raise CheckpointError(f"{path.name} is no complete checkpoint: {error} is missing.") from error

    def model(self, notes: dict[str, str]) -> ModelFile:
        """The averaged network as a model file's content."""
        return ModelFile(plain_weights(self.averaged.network), self.network.width, notes)


def build_optimiser(network: MTGINet, schedule: ScheduleConfig) -> Optimizer:
    """AdamW; without weight decay it is the published Adam. Norms and biases are never decayed.

    Weights that no loss reaches are in it too, and it leaves them alone: a run may go on with other losses.
    """
    decayed = [p for p in network.parameters() if p.ndim > 1]
    free = [p for p in network.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [{"params": decayed}, {"params": free, "weight_decay": 0.0}]
    return AdamW(groups, schedule.learning_rate, betas=schedule.betas, weight_decay=schedule.weight_decay, fused=True)
