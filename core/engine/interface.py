"""What every engine is: pictures in, alpha and trimap logits out, as arrays. Nothing here needs PyTorch."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.architecture import DETAIL_STRIDE, STRIDE
from core.device import Device


class RawMatte(NamedTuple):
    alpha: NDArray[np.float32]
    """(H, W) in [0, 1]."""
    trimap_logits: NDArray[np.float32]
    """(3, H/16, W/16): background, unknown, foreground."""


class Engine(Protocol):
    """One network on one device. Any thread may call it; calls wait for each other."""

    @property
    def device(self) -> Device: ...

    @property
    def description(self) -> str:
        """Device, library and precision as a person reads them: `CPU · OpenVINO bfloat16`."""
        ...

    @property
    def at_once(self) -> int:
        """How many pictures of one size it is fastest with; 1 where a batch gains nothing."""
        ...

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        """(H, W, 3) RGB, uint8, uint16 or float in [0, 1], H and W multiples of STRIDE.

        Raises MemoryError where the device has no room for it, ValueError where the size does not fit.
        """
        ...

    def run_batch(self, images: Sequence[NDArray[np.generic]]) -> list[RawMatte]:
        """As `run`, for any number of pictures of one shape and type; `at_once` of them share the device."""
        ...


class DetailEngine(Protocol):
    """The detail network on one device. Any thread may call it."""

    @property
    def device(self) -> Device: ...

    @property
    def at_once(self) -> int:
        """How many tiles it is fastest with."""
        ...

    def refine(
        self, pictures: Sequence[NDArray[np.generic]], alphas: Sequence[NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Tiles of one shape and what is known of their alphas -> their alphas, in [0, 1].

        A tile is (H, W, 3) RGB, uint8, uint16 or float in [0, 1], its alpha (H, W), H and W multiples of DETAIL_STRIDE.
        Raises MemoryError and ValueError as an Engine does.
        """
        ...


def check_tile(picture: NDArray[np.generic], alpha: NDArray[np.float32]) -> None:
    """Raises ValueError where a tile and its alpha do not fit each other or the detail network."""
    if picture.shape != (*alpha.shape, 3) or 0 in alpha.shape or any(side % DETAIL_STRIDE for side in alpha.shape):
        raise ValueError(
            f"A tile of the shape {picture.shape} with an alpha of {alpha.shape} does not fit: both have one size, a "
            f"multiple of {DETAIL_STRIDE} px."
        )


def check_size(image: NDArray[np.generic]) -> None:
    """Raises ValueError where a picture is not (H, W, 3) with H and W multiples of STRIDE."""
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape or image.shape[0] % STRIDE or image.shape[1] % STRIDE:
        raise ValueError(f"A picture of the shape {image.shape} does not fit: pad it to multiples of {STRIDE} px.")
