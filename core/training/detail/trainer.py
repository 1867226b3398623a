"""The detail network's training loop: it goes on from its checkpoint, and leaves the averaged weights at its end."""

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from core.atomic import write_atomically
from core.checkpoint import fill, floats_only, read_detail_weights, save_detail_weights
from core.device import pick_device
from core.network.detail import DetailNet
from core.normalisation import normalise
from core.training.batches import prepared_ahead
from core.training.detail.cascade import told_by_itself
from core.training.detail.config import DetailConfig
from core.training.detail.crops import DetailCrops
from core.training.detail.losses import detail_losses
from core.training.precision import computing_in, training_precision
from core.training.schedule import learning_rate

CLIP_NORM = 1.0
REPORT_STEPS = 20


class Report(NamedTuple):
    """Means over the steps since the report before."""

    step: int
    losses: dict[str, float]


class DetailTrainer:
    """Trains in a folder, from its start or from the checkpoint that is there. Raises CheckpointError for its base."""

    def __init__(self, config: DetailConfig, composites: Path, run: Path) -> None:
        self.config = config
        self.composites = composites
        self.checkpoint, self.weights = run / "checkpoint.pt", run / "detail.safetensors"
        self.device = pick_device("auto").torch
        self.precision = training_precision(self.device, mixed=True)
        torch.manual_seed(config.crops.seed)
        network = DetailNet()
        if config.base is not None and not self.checkpoint.exists():
            fill(network, read_detail_weights(config.base, remedy="choose another base"))
        self.network: DetailNet = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        average = get_ema_multi_avg_fn(config.ema_decay)  # type: ignore[no-untyped-call]
        self.averaged = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True).eval()
        self.optimiser = AdamW(self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
        self.step = 0
        if self.checkpoint.exists():
            self.restore(torch.load(self.checkpoint, map_location="cpu", weights_only=True))

    def train(self) -> Iterator[Report]:
        """Train to the last step; yields figures now and then. Stopping in between loses what no checkpoint has."""
        losses: list[dict[str, float]] = []
        with contextlib.closing(self.batches()) as batches:
            for batch in batches:
                losses.append(self.learn(batch))
                self.step += 1
                if self.step % REPORT_STEPS == 0:
                    yield Report(self.step, {name: fmean(each[name] for each in losses) for name in losses[0]})
                    losses = []
                if self.step % self.config.checkpoint_steps == 0:
                    self.save()
        self.save()
        notes = {"step": str(self.step), "config": self.config.model_dump_json()}
        save_detail_weights(self.weights, floats_only(self.averaged.module.state_dict()), notes)

    def batches(self) -> Generator[Tensor, None, None]:
        """Those from the next step on; to be closed, as their workers end with them."""
        crops = DetailCrops(self.config.crops, self.composites, self.config.composites.count, self.config.steps)
        return prepared_ahead(crops, self.step, self.config.steps, self.config.crops.workers)

    def learn(self, batch: Tensor) -> dict[str, float]:
        """One optimiser step on (N, 5, H, W) uint8; returns its losses."""
        config = self.config
        rate = learning_rate(
            self.step, highest=config.learning_rate, warmup_steps=config.warmup_steps, total_steps=config.steps
        )
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        batch = self.told(batch).to(self.device)
        images = normalise(batch[:, :3]).contiguous(memory_format=torch.channels_last)
        known, true = batch[:, 3:4].float() / 255, batch[:, 4:5].float() / 255
        with computing_in(self.precision, self.device):
            alpha = self.network(images, known)
        losses = detail_losses(alpha.float(), known, true, self.config.loss)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP_NORM, error_if_nonfinite=True)
        self.optimiser.step()
        self.averaged.update_parameters(self.network)
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def told(self, batch: Tensor) -> Tensor:
        """The batch, whose first crops (all are alike) are told what the averaged network says from further away."""
        count = round(len(batch) * self.config.crops.told_by_itself)
        if count == 0:
            return batch
        words = torch.cat([told_by_itself(self.averaged.module, batch[:count]), batch[count:, 3:4]])
        return torch.cat([batch[:, :3], words, batch[:, 4:]], dim=1)

    def save(self) -> None:
        content = {
            "step": self.step,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        with write_atomically(self.checkpoint) as file:
            torch.save(content, file)

    def restore(self, content: dict[str, Any]) -> None:
        self.step = content["step"]
        self.network.load_state_dict(content["network"])
        self.averaged.load_state_dict(content["averaged"])
        self.optimiser.load_state_dict(content["optimiser"])
