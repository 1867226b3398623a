"""TIFFs of 16-bit grey with alpha, which Pillow does not know and OpenCV cuts to 8 bits.

Pillow is told of four channels of 8 bits: those are the bytes of two of 16, and it unpacks them untouched.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

_BITS, _PHOTOMETRIC, _FILL_ORDER, _CHANNELS, _PLANES, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 258, 262, 266, 277, 284, 338, 339
_BLACK_IS_ZERO, _RGB = 1, 2
_UNSIGNED = 1
_FIRST_BIT_HIGHEST, _INTERLEAVED = 1, 1

_AS_BYTES = {_BITS: (8, 8, 8, 8), _CHANNELS: 4, _PHOTOMETRIC: _RGB}
_NATIVE, _BYTE_ORDERS = "=", {b"II": "<", b"MM": ">"}


def is_grey_alpha(tags: ImageFileDirectory_v2) -> bool:
    """Whether a TIFF holds 16 bits of grey and of one channel more, pixel by pixel."""
    return (
        tags.get(_BITS) == (16, 16)
        and tags.get(_CHANNELS) == 2
        and tags.get(_PHOTOMETRIC) == _BLACK_IS_ZERO
        and tags.get(_FILL_ORDER, _FIRST_BIT_HIGHEST) == _FIRST_BIT_HIGHEST
        and tags.get(_PLANES, _INTERLEAVED) == _INTERLEAVED
        and set(tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))) == {_UNSIGNED}
    )


class GreyAlphaTiff(TiffImageFile):
    """A TIFF whose first page `is_grey_alpha`; its tags stay as the file has them."""

    def _setup(self) -> None:
        tags = self.tag_v2
        if not is_grey_alpha(tags):
            super()._setup()  # another page
            return
        # Pillow's directory lends itself for a moment only: whoever asks later shall see what the file says.
        of_the_file = {tag: tags[tag] for tag in (*_AS_BYTES, _EXTRA_SAMPLES) if tag in tags}
        tags.pop(_EXTRA_SAMPLES, None)
        tags.update(_AS_BYTES)
        try:
            super()._setup()
        finally:
            tags.update(of_the_file)

    def samples(self) -> NDArray[Any]:
        """Upright 16-bit samples (H, W, 4), BGRA, as OpenCV gives a PNG of this kind."""
        self.load()
        # libtiff hands on numbers, Pillow's own reader of uncompressed files the bytes as they stand there.
        order = _NATIVE if self.use_load_libtiff else _BYTE_ORDERS[self.tag_v2.prefix]
        grey_and_alpha = np.asarray(self).view(f"{order}u2").astype(np.uint16, copy=False)
        return grey_and_alpha[..., (0, 0, 0, 1)]
