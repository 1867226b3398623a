"""Which network a batch asks, wherever it runs: here, or on the workers of a cluster."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.checkpoint import read_model, shipped_model
from core.device import named_device, pick_device
from core.errors import CheckpointError
from matting_studio.app.batch.fingerprint import model_key

if TYPE_CHECKING:
    from core.predictor import MattingPredictor


@dataclass(frozen=True)
class Network:
    """What `MattingPredictor.from_checkpoint` is given."""

    model: Path | None
    device: str
    size_px: int | None
    quality: str

    def key(self) -> str:
        """What `model_key` says of the model file as it is now. Raises CheckpointError."""
        return model_key(self.model or shipped_model(), self.size_px, self.quality)

    def check(self, *, is_here: bool) -> None:
        """Look at model and device without loading anything onto it; `is_here`: on this machine.

        Raises CheckpointError and DeviceError as `load` would.
        """
        read_model(self.model or shipped_model())
        if is_here:
            pick_device(self.device)
        elif self.device != "auto":
            named_device(self.device)

    def load(self, key: str) -> "MattingPredictor":
        """The model that had this key. Raises CheckpointError, also where the file is another one by now; DeviceError.

        The journal would say of mattes that one model has made that they are another one's.
        """
        # Only here: whoever plans needs no network.
        from core.predictor import MattingPredictor  # noqa: PLC0415
        from core.working_size import Quality  # noqa: PLC0415

        predictor = MattingPredictor.from_checkpoint(self.model, self.device, self.size_px, Quality(self.quality))
        if self.model is not None and self.key() != key:
            raise CheckpointError(
                f"The model file {self.model} has changed since the batch began, as a training does that finds a "
                "better one. Start the batch again."
            )
        return predictor
