"""New backgrounds by name - a colour, a picture, the photo's own out of focus - and looks that use them."""

from pathlib import Path
from typing import Literal

from core.composite import Colour, parse_colour
from core.errors import MattingError
from core.image_io import Photo
from matting_studio.app.develop import read_background
from matting_studio.app.look import Blurred, Look, Picture, Plain

Background = Colour | Photo | Literal["blur"]
"""An sRGB colour, a picture that fills the frame, or the photo's own background out of focus."""

BLUR_RADIUS = 0.02
"""Radius of the blur as a part of the photo's longer side: the look of a portrait lens."""

LARGEST_BLUR_PX = 500.0


_CHOICES = "a colour such as white or #1e90ff, a picture file, or blur"


class BackgroundError(MattingError):
    """A text names no background."""


def parse_background(text: str) -> Background:
    """Read COLOUR, FILE or `blur`. Raises BackgroundError, and ImageReadError where a file is no picture."""
    if text == "blur":
        return "blur"
    try:
        return parse_colour(text)
    except ValueError as error:
        if not text.strip():
            raise BackgroundError(f"The background is empty: give {_CHOICES}.") from error
        if _is_missing(Path(text)):
            is_path = Path(text).suffix != "" or len(Path(text).parts) > 1
            fault = f"There is no file {text}" if is_path else f"'{text}' is no background"
            raise BackgroundError(f"{fault}: give {_CHOICES}.") from error
    photo = read_background(Picture(path=Path(text)))
    assert photo is not None
    return photo


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:
        return False  # whoever reads it says why it cannot be


def look_before(background: Background | None, photo: Photo) -> Look:
    """The look that puts a photo's person before a background; None leaves it transparent."""
    if background is None:
        return Look()
    if background == "blur":
        return Look(background=Blurred(radius_px=min(LARGEST_BLUR_PX, BLUR_RADIUS * max(photo.image.shape))))
    if isinstance(background, Photo):
        return Look(background=Picture(path=background.path or Path()))
    return Look(background=Plain(colour=background))
