"""What every decoder hands on."""

from dataclasses import dataclass

from core.image_io.samples import IntegerSamples


class UnsupportedPixelsError(Exception):
    """A sound file whose kind of pixels is not read. The message says what to save it as."""


@dataclass(frozen=True)
class Decoded:
    """A photo as it comes out of its file: upright, RGB, straight alpha."""

    pixels: IntegerSamples
    """(H, W, 3) in the space of `icc_profile`."""
    alpha: IntegerSamples | None
    """(H, W)."""
    icc_profile: bytes | None
    """As the file has it, or made for the space that it names; not yet looked into. None stands for sRGB."""
    exif: bytes | None
    warnings: tuple[str, ...]
