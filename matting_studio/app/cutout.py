"""From a photo and its matte to what is written: colours without the old background, in the photo's own space."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.composite import Colour, composite
from core.foreground import estimate_foreground
from core.image_io import Encoding, Photo, write_image


@dataclass(frozen=True, eq=False)
class Cutout:
    """A person without the old background, at the photo's own size."""

    photo: Photo
    foreground: NDArray[np.float32]
    """(H, W, 3) in [0, 1], straight colours in the photo's own colour space."""
    alpha: NDArray[np.float32]
    """(H, W) in [0, 1]."""


def opacity(photo: Photo, alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matte's alpha (H, W), times the one that the photo already has."""
    return alpha if photo.alpha is None else alpha * photo.alpha


def cut_out(photo: Photo, alpha: NDArray[np.float32]) -> Cutout:
    """Estimate the foreground colours under the matte's alpha (H, W) in [0, 1].

    An alpha that the photo already has makes the cut-out thinner; its colours are straight, so they are not touched.
    Raises ValueError where alpha and photo differ in size.
    """
    return Cutout(photo, estimate_foreground(photo.pixels, alpha), opacity(photo, alpha))


def lay_over(cutout: Cutout, backdrop: Colour | NDArray[np.float32]) -> NDArray[np.float32]:
    """The cut-out over a colour or a picture (H, W, 3), both in the photo's own space: (H, W, 3) in [0, 1]."""
    return composite(cutout.foreground, cutout.alpha, backdrop)


def write_like(
    photo: Photo,
    path: str | os.PathLike[str],
    pixels: NDArray[np.float32],
    alpha: NDArray[np.float32] | None = None,
    encoding: Encoding | None = None,
) -> None:
    """Write pixels (H, W, 3) with the bit depth, the colour profile and the EXIF of the photo they come from.

    Raises ImageWriteError.
    """
    write_image(
        path,
        pixels,
        alpha=alpha,
        bit_depth=photo.bit_depth,
        icc_profile=photo.icc_profile,
        exif=photo.exif,
        encoding=encoding,
    )
