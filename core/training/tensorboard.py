"""The figures of a run for TensorBoard: an optional extra, beside the run's own events."""

from pathlib import Path
from typing import Any

from core.errors import ConfigError


class TensorBoard:
    """Writes to a folder that `tensorboard --logdir` opens; several runs in one folder lie over each other."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written before the first figures. Raises ConfigError where TensorBoard is not installed."""
        try:
            # Only where it is asked for: it is no dependency, and slow to import.
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise ConfigError(
                "run.tensorboard needs TensorBoard: install it (pip install tensorboard), or set it to false."
            ) from error
        self.make_writer = SummaryWriter
        self.folder = folder
        self.writer: SummaryWriter | None = None

    def add(self, event: str, values: dict[str, Any]) -> None:
        """Hear of an event of the run, as its event log does."""
        step = values["step"]
        if event in {"started", "rollback"}:
            # What was shown of later steps will be trained again.
            if self.writer is not None:
                self.writer.close()
            self.writer = self.make_writer(str(self.folder), purge_step=step + 1)
        elif self.writer is not None:
            for name, value in figures(event, values).items():
                self.writer.add_scalar(name, value, step)
            self.writer.flush()


def figures(event: str, values: dict[str, Any]) -> dict[str, float]:
    """The scalars of an event by their names; none of most kinds."""
    if event == "step":
        losses = {f"loss/{name}": loss for name, loss in values["losses"].items()}
        others = ("gradient_norm", "learning_rate", "photos_per_second", "memory_bytes")
        return losses | {f"run/{name}": values[name] for name in others}
    if event == "validation":
        return {f"{chosen}/{name}": v for chosen, row in values["sets"].items() for name, v in row.items()}
    return {}
