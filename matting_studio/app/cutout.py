"""From a photo, its matte and a look to the cut-out: colours without the old background, in the photo's own space."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.foreground import estimate_foreground
from core.image_io import IntegerSamples, Photo, Samples, write_image
from core.refinement import largest_person
from matting_studio.app.develop import decontaminated, enlarged, refined
from matting_studio.app.edits import Box
from matting_studio.app.look import Look
from matting_studio.app.pyramid import halved, overview_level

_BAND_ROWS = 512


@dataclass(frozen=True, eq=False)
class Cutout:
    """A person without the old background, at the photo's own size."""

    photo: Photo
    matte: NDArray[np.float32]
    """(H, W) in [0, 1], what it was made from."""
    foreground: IntegerSamples
    """(H, W, 3) straight colours, in the photo's own colour space and of its type."""
    alpha: NDArray[np.float32]
    """(H, W) in [0, 1]."""


def opacity(photo: Photo, alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matte's alpha (H, W), times the one that the photo already has."""
    return alpha if photo.alpha is None else alpha * photo.alpha


def refined_alpha(photo: Photo, matte: NDArray[np.float32], look: Look) -> NDArray[np.float32]:
    """The alpha (H, W) after all that the look does to it; the photo's own counts too."""
    alpha = opacity(photo, matte)
    if look.refinement.keep_largest:
        # Found on the same level as in a preview, so that both show the same person.
        level = overview_level(*alpha.shape)
        person = largest_person(halved(alpha, level)).astype(np.float32)
        alpha = alpha * enlarged(person, 0.5**level, Box(0, 0, *alpha.shape), smooth=False)
    return refined(alpha, look.refinement, 1.0)


def cut_out(photo: Photo, matte: NDArray[np.float32], look: Look) -> Cutout:
    """Estimate the foreground colours under a matte (H, W) in [0, 1], and refine its alpha.

    Raises ValueError where matte and photo differ in size.
    """
    return Cutout(photo, matte, clean_colours(photo, matte, look), refined_alpha(photo, matte, look))


def clean_colours(photo: Photo, matte: NDArray[np.float32], look: Look) -> IntegerSamples:
    """The photo's pixels without the old background, as far as the look wants that.

    An alpha that the photo already has plays no part: its colours are straight. Raises ValueError where matte and photo
    differ in size.
    """
    foreground = estimate_foreground(photo.pixels, matte)
    if look.decontaminate < 1:
        for top in range(0, foreground.shape[0], _BAND_ROWS):
            rows = slice(top, top + _BAND_ROWS)
            foreground[rows] = decontaminated(photo.pixels[rows], foreground[rows], look.decontaminate)
    return foreground


def write_like(
    photo: Photo,
    path: str | os.PathLike[str],
    pixels: Samples,
    alpha: NDArray[np.float32] | None = None,
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
    )
