"""The network of a batch and its preview: loaded once, used by one thread at a time."""

import threading
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.memory_plan import Limit, Result, Size
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.torch_libraries import load_aside

if TYPE_CHECKING:
    from core.predictor import Matte, MattingPredictor


class InTurn:
    """A predictor that several threads may ask; each waits for its turn."""

    def __init__(self, predictor: "MattingPredictor") -> None:
        self._predictor = predictor
        self._lock = threading.Lock()

    def predict(
        self, image: NDArray[np.generic], *, result: Result = Result.MATTE, limit: Limit | None = None
    ) -> "Matte":
        """Of a photo (H, W, 3) sRGB. Raises DeviceError."""
        with self._lock:
            return self._predictor.predict(image, result=result, limit=limit)

    def expected_bytes(self, photo: Size, limit: Limit, result: Result = Result.MATTE) -> int:
        return self._predictor.expected_bytes(photo, limit, result)


class BatchNetwork:
    """Keeps the network that was asked for last. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[NetworkChoice, InTurn] | None = None

    def load(self, choice: NetworkChoice) -> InTurn:
        """Raises CheckpointError and DeviceError."""
        with self._lock:
            if self._loaded is None or self._loaded[0] != choice:
                # What computes comes as late as possible.
                from core.engine import needs_pytorch  # noqa: PLC0415

                if needs_pytorch(choice.device):
                    load_aside()
                from core.predictor import MattingPredictor  # noqa: PLC0415
                from core.working_size import Quality  # noqa: PLC0415

                quality = Quality(choice.quality)
                predictor = MattingPredictor.from_checkpoint(choice.model, choice.device, choice.size_px, quality)
                choice.check_model()
                self._loaded = choice, InTurn(predictor)
            return self._loaded[1]

    def forget(self) -> None:
        """Let the memory go as soon as nobody uses the network any more."""
        with self._lock:
            self._loaded = None
