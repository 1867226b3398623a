"""Colour profiles: from a photo's own colour space to sRGB, which is what the network has learnt on."""

import io
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.image_io.samples import IntegerSamples, bands, to_bit_depth

ProfileMode = Literal["RGB", "L", "CMYK"]

_SPACE_OF_MODE = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
# Profiles that call themselves sRGB differ by rounding. Two levels of 255 are not seen by anybody.
_SRGB_TOLERANCE_LEVELS = 2


class UnusableProfileError(Exception):
    """A colour profile is broken, or describes another kind of picture than the one it came with."""


def is_grey_profile(profile: bytes) -> bool:
    """Whether a profile says that it is for grey pictures (ICC.1 specification, profile header)."""
    return profile[16:20] == b"GRAY"


def leads_back(profile: bytes) -> bool:
    """Whether there is a way from sRGB into an RGB profile's space. That of a scanner may lead out of it only."""
    try:
        # Nothing is going to be converted, so no tables are worked out: a millisecond, and not seconds.
        _way_from_srgb(profile, ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE)
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return False
    return True


class FromSrgb:
    """The way from sRGB into the space of an RGB profile that a photo carries.

    Working it out takes seconds for a profile made of tables, so it is done once for all parts of a picture.
    """

    def __init__(self, profile: bytes) -> None:
        self._transform = _way_from_srgb(profile, ImageCms.Flags.BLACKPOINTCOMPENSATION)

    def convert(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W, 3)."""
        return np.asarray(self._transform.apply(Image.fromarray(pixels)), np.uint8)


def _way_from_srgb(profile: bytes, flags: ImageCms.Flags) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        "RGB",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags,
    )


class SrgbTransform:
    """The way from an ICC profile's colour space to sRGB, 8 bits per sample, by Little CMS."""

    def __init__(self, profile: bytes, mode: ProfileMode) -> None:
        """`mode` is the kind of picture that is going to be converted: RGB, grey (L) or CMYK.

        Raises: UnusableProfileError.
        """
        self._mode = mode
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            space = source.profile.xcolor_space.strip()
            if space != _SPACE_OF_MODE[mode]:
                raise UnusableProfileError(f"it is made for {space} pictures")
            self._transform = ImageCms.buildTransform(
                source,
                ImageCms.createProfile("sRGB"),
                mode,
                "RGB",
                ImageCms.Intent.PERCEPTUAL,
                ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (OSError, ValueError, TypeError, ImageCms.PyCMSError) as error:
            raise UnusableProfileError("it is damaged") from error

    def convert_image(self, image: Image.Image) -> NDArray[np.uint8]:
        """A Pillow image, brought to the transform's mode first, as sRGB (H, W, 3)."""
        converted = self._transform.apply(image.convert(self._mode))
        return np.asarray(converted, np.uint8)

    def convert(self, pixels: IntegerSamples) -> NDArray[np.uint8]:
        """RGB pixels (H, W, 3) of 8 or 16 bits as sRGB (H, W, 3) of 8 bits."""
        result = np.empty(pixels.shape, np.uint8)
        for rows in bands(pixels):
            eight_bit: NDArray[Any] = to_bit_depth(pixels[rows], 8)
            result[rows] = self.convert_image(Image.fromarray(np.ascontiguousarray(eight_bit)))
        return result

    def changes_nothing(self) -> bool:
        """Whether an RGB profile is sRGB itself, judged by what it does to colours and not by its name."""
        levels = np.linspace(0, 255, 9).round().astype(np.uint8)
        colours = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(1, -1, 3)
        change = self.convert(colours).astype(int) - colours
        return bool(np.abs(change).max() <= _SRGB_TOLERANCE_LEVELS)
