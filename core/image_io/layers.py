"""A picture to be written, as the arrays that it is made of: they are joined where and when a file wants them."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.image_io.encoding import BitDepth
from core.image_io.samples import IntegerSamples, Samples, bands, integer_dtype, to_bit_depth


@dataclass(frozen=True, eq=False)
class Layers:
    pixels: Samples
    """(H, W, 3) RGB or (H, W) grey."""
    alpha: Samples | None
    """(H, W), straight."""
    bit_depth: BitDepth
    """Of the file."""

    @property
    def height(self) -> int:
        return len(self.pixels)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def channels(self) -> int:
        """1 grey, 3 RGB, 4 RGBA; grey with alpha becomes RGBA."""
        if self.alpha is not None:
            return 4
        return 1 if self.pixels.ndim == 2 else 3

    def rows(self, rows: slice) -> IntegerSamples:
        """(h, W) or (h, W, C) of some rows, at the bit depth of the file."""
        colours = to_bit_depth(self.pixels[rows], self.bit_depth)
        if self.alpha is None:
            return colours
        planes = [colours] * 3 if colours.ndim == 2 else cv2.split(colours)
        # Several times faster than writing every fourth sample, four times.
        joined = np.empty((*colours.shape[:2], 4), integer_dtype(self.bit_depth))
        cv2.merge([*planes, to_bit_depth(self.alpha[rows], self.bit_depth)], dst=joined)
        return joined

    def joined(self) -> IntegerSamples:
        """All rows, without another full-size copy in between."""
        if self.alpha is None:
            return to_bit_depth(self.pixels, self.bit_depth)
        rgba = np.empty((self.height, self.width, 4), integer_dtype(self.bit_depth))
        for rows in bands(rgba):
            rgba[rows] = self.rows(rows)
        return rgba
