"""A photo in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.image_io.encoding import BitDepth
from core.image_io.formats import Format
from core.image_io.samples import IntegerSamples


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo, upright, in sRGB and in its own colour space.

    Its samples stay integers: a 100-megapixel photo takes 300 MB so, and 1.2 GB as floats. Use `as_float` on the part
    that is worked on.
    """

    image: IntegerSamples
    """(H, W, 3) sRGB, uint8 or uint16: what the network and the screen get."""

    pixels: IntegerSamples
    """(H, W, 3) RGB in the photo's own colour space, uint8 or uint16: what is written. The very array `image` where
    that space is sRGB."""

    alpha: NDArray[np.float32] | None
    """(H, W) in [0, 1], straight (not premultiplied), as the file has it; None if the photo is opaque throughout."""

    icc_profile: bytes | None
    """The profile that describes `pixels`; None stands for sRGB."""

    exif: bytes | None
    """What the camera wrote, orientation reset to upright and without the thumbnail; ready for `write_image`."""

    format: Format
    path: Path | None
    """Where it was read from; None if it came from memory."""

    warnings: tuple[str, ...] = ()
    """Sentences about what could not be honoured, such as a broken colour profile."""

    @property
    def bit_depth(self) -> BitDepth:
        """Bits per sample of `pixels`."""
        return 16 if self.pixels.dtype == np.uint16 else 8
