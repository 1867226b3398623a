"""What is under the pointer."""

from dataclasses import dataclass

import numpy as np

from core.trimap import BACKGROUND, FOREGROUND, UNKNOWN
from matting_studio.app.document import Document

_CLASSES = {BACKGROUND: "background", UNKNOWN: "unknown", FOREGROUND: "foreground"}


@dataclass(frozen=True)
class PixelInfo:
    """One pixel of a photo."""

    x: int
    y: int
    colour: tuple[int, int, int]
    """sRGB of the original, 0 … 255."""
    alpha: float | None
    """0 … 1, with all edits; None while there is no matte."""
    trimap: str | None
    """Its class: background, unknown or foreground."""


def pixel_at(document: Document, x: float, y: float) -> PixelInfo | None:
    """The pixel at a point of the photo; None beside it, or while there is no photo."""
    if document.photo is None:
        return None
    image = document.photo.image
    row, column = int(np.floor(y)), int(np.floor(x))
    if not (0 <= row < image.shape[0] and 0 <= column < image.shape[1]):
        return None
    full = np.iinfo(image.dtype).max
    red, green, blue = (round(int(sample) * 255 / full) for sample in image[row, column])
    if document.alpha is None or document.trimap is None:
        return PixelInfo(column, row, (red, green, blue), None, None)
    # A trimap read from elsewhere may hold other greys than the three: they count as unknown.
    trimap_class = _CLASSES.get(int(document.trimap[row, column]), "unknown")
    return PixelInfo(column, row, (red, green, blue), float(document.alpha[row, column]), trimap_class)
