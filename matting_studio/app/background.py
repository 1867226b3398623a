"""New backgrounds by name - a colour, a picture, the photo's own out of focus - in a photo's own colour space."""

import io
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.composite import Colour, blurred_backdrop, fit_background, parse_colour
from core.errors import MattingError
from core.image_io import Photo, as_float, read_photo, to_bit_depth

Background = Colour | Photo | Literal["blur"]
"""An sRGB colour, a picture that fills the frame, or the photo's own background out of focus."""

BLUR_RADIUS = 0.02
"""Radius of the blur as a part of the photo's longer side: the look of a portrait lens."""


class BackgroundError(MattingError):
    """A text names no background."""


def parse_background(text: str) -> Background:
    """Read COLOUR, FILE or `blur`. Raises BackgroundError, and ImageReadError where a file is no picture."""
    if text == "blur":
        return "blur"
    try:
        return parse_colour(text)
    except ValueError as error:
        if not Path(text).exists():
            raise BackgroundError(
                f"'{text}' is no background: give a colour such as white or #1e90ff, a picture file, or blur."
            ) from error
    return read_photo(text)


def backdrop(background: Background, photo: Photo, alpha: NDArray[np.float32]) -> Colour | NDArray[np.float32]:
    """What the cut-out of a photo is laid over, in the photo's own colour space.

    Args:
        background: as `parse_background` gives it.
        photo: the photo that was cut out.
        alpha: (H, W) in [0, 1], its matte.

    Returns:
        A colour, or (H, W, 3) float32 in [0, 1].
    """
    if background == "blur":
        return blurred_backdrop(as_float(photo.pixels), alpha, BLUR_RADIUS * max(alpha.shape))
    if isinstance(background, Photo):
        # Pictures of one camera share a profile: then nothing is converted, and nothing is lost.
        alike = background.icc_profile == photo.icc_profile
        picture = background.pixels if alike else from_srgb(to_bit_depth(background.image, 8), photo.icc_profile)
        return fit_background(as_float(picture), alpha.shape, "fill")
    if photo.icc_profile is None:
        return background
    patch = np.array(background, np.float32).reshape(1, 1, 3)
    red, green, blue = as_float(from_srgb(to_bit_depth(patch, 8), photo.icc_profile))[0, 0].tolist()
    return red, green, blue


def from_srgb(pixels: NDArray[np.uint8], icc_profile: bytes | None) -> NDArray[np.uint8]:
    """sRGB (H, W, 3) in the space of an RGB profile that a photo carries; None is sRGB itself."""
    if icc_profile is None:
        return pixels
    target = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        target,
        "RGB",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return np.asarray(transform.apply(Image.fromarray(pixels)), np.uint8)
