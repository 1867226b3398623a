"""The network as the studio uses it: loaded when first needed, kept until another is chosen, on one thread only.

What computes is imported here and as late as possible, so that the window is there before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from core.errors import CheckpointError
from matting_studio.app.edits import Base, Edit, fold
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import JobContext, Progress
from matting_studio.app.torch_libraries import load_aside

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.image_io import Photo
    from core.memory_plan import Limit
    from core.predictor import MattingPredictor

SHIPPED_MODEL = "Portrait model"


@dataclass(frozen=True)
class NetworkChoice:
    """What mattes are made with."""

    model: Path | None = None
    """None is the model that comes with the program."""
    device: str = "auto"
    size_px: int | None = None
    """The working size; None is what the model recommends."""
    quality: str = "balanced"
    """A value of `core.working_size.Quality`, which is not imported before the network is."""
    model_file: Fingerprint | None = None
    """The model file as it was when it was chosen: a training writes a better model into the same place. None for the
    model that comes with the program."""

    def as_found_now(self) -> Self:
        """The same choice, of what the model file holds now."""
        return replace(self, model_file=None if self.model is None else Fingerprint.of(self.model))

    def check_model(self) -> None:
        """Raises CheckpointError where the model file is another one by now than was chosen."""
        if self.as_found_now() != self:
            raise CheckpointError(
                f"The model file {self.model} has changed since it was chosen, as a training does that finds a better "
                "one. Start again to use it."
            )


@dataclass(frozen=True)
class NetworkState:
    """What is loaded, in words."""

    choice: NetworkChoice
    model: str
    device: str
    """Device, library and precision, such as `CPU · OpenVINO bfloat16`."""


class NetworkBench:
    def __init__(self) -> None:
        self._predictor: MattingPredictor | None = None
        self._choice: NetworkChoice | None = None

    def load(self, choice: NetworkChoice, context: JobContext) -> NetworkState:
        """Make a choice ready for use.

        Raises CheckpointError and DeviceError; what was loaded before stays then.
        """
        from core.engine import needs_pytorch  # noqa: PLC0415

        if needs_pytorch(choice.device):
            load_aside()
        from core.predictor import MattingPredictor  # noqa: PLC0415
        from core.working_size import Quality  # noqa: PLC0415

        if self._predictor is None or choice != self._choice:
            context.token.raise_if_cancelled()
            context.report(Progress("Loading the model"))
            quality = Quality(choice.quality)
            self._predictor = MattingPredictor.from_checkpoint(choice.model, choice.device, choice.size_px, quality)
            self._choice = choice
        model = choice.model.stem if choice.model else SHIPPED_MODEL
        return NetworkState(choice, model, self._predictor.engine.description)

    def matte(self, photo: Photo, context: JobContext, limit: Limit | None) -> tuple[Base, tuple[str, ...]]:
        """The matte of a photo, and what memory was too short for, in sentences.

        Raises DeviceError, JobCancelled.
        """
        from core.green_screen import network_picture  # noqa: PLC0415

        context.report(Progress("Running the network"))
        matte = self._loaded.predict(
            network_picture(photo),
            on_progress=lambda done: context.report(Progress("Looking at the outline", done)),
            should_stop=context.token.raise_if_cancelled,
            limit=limit,
        )
        return Base(matte.alpha, matte.trimap), matte.warnings

    def solve(
        self,
        image: NDArray[np.generic],
        base: Base,
        edits: Sequence[Edit],
        edit: Edit,
        *,
        context: JobContext,
        limit: Limit | None,
    ) -> NDArray[np.float32]:
        """Alpha (h, w) for the pixels that one of the edits declared unknown, with all the edits in place.

        Raises CheckpointError where no model could be loaded, DeviceError, JobCancelled.
        """
        from core.local_solve import solve_unknown  # noqa: PLC0415

        predictor = self._loaded

        def infer(crop: NDArray[np.generic]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
            matte = predictor.predict(crop, limit=limit)
            return matte.alpha, matte.trimap

        shown = fold(base, edits, base.box)
        return solve_unknown(
            image,
            shown.alpha,
            shown.trimap,
            edit.box.slices,
            infer,
            look_closer=partial(predictor.look_closer, should_stop=context.token.raise_if_cancelled),
            size_px=predictor.size_px,
            wanted=edit.coverage > 0,
            should_stop=context.token.raise_if_cancelled,
        )

    @property
    def _loaded(self) -> MattingPredictor:
        if self._predictor is None:
            raise CheckpointError("No model is loaded. Wait until it is, or choose another one, then try again.")
        return self._predictor
