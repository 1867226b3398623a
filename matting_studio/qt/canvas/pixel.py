"""What is under the pointer."""

from dataclasses import dataclass
from math import floor

from matting_studio.app.document import Document


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
    from core.trimap import BACKGROUND, FOREGROUND, UNKNOWN  # noqa: PLC0415 - the window is up without it

    if document.photo is None:
        return None
    image = document.photo.image
    row, column = floor(y), floor(x)
    if not (0 <= row < image.shape[0] and 0 <= column < image.shape[1]):
        return None
    full = 2 ** (8 * image.itemsize) - 1
    red, green, blue = (round(int(sample) * 255 / full) for sample in image[row, column])
    if document.alpha is None or document.trimap is None:
        return PixelInfo(column, row, (red, green, blue), None, None)
    classes = {BACKGROUND: "background", UNKNOWN: "unknown", FOREGROUND: "foreground"}
    # A trimap read from elsewhere may hold other greys than the three: they count as unknown.
    trimap_class = classes.get(int(document.trimap[row, column]), "unknown")
    return PixelInfo(column, row, (red, green, blue), float(document.alpha[row, column]), trimap_class)
