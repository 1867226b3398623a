"""What a camera wrote about a photo, made fit for a cut-out of it."""

import struct
from collections.abc import Callable

from PIL import ExifTags, Image

from core.image_io.orientation import UPRIGHT

_BASE = ExifTags.Base
# Of the main directory only what is about the photo. A TIFF keeps the layout of its pixels there too, and the thumbnail
# directory holds a small picture of the old background: neither may travel.
_KEPT_TAGS = frozenset(
    {
        _BASE.ImageDescription,
        _BASE.Make,
        _BASE.Model,
        _BASE.XResolution,
        _BASE.YResolution,
        _BASE.ResolutionUnit,
        _BASE.Software,
        _BASE.DateTime,
        _BASE.Artist,
        _BASE.HostComputer,
        _BASE.Copyright,
        _BASE.Rating,
        _BASE.XPTitle,
        _BASE.XPComment,
        _BASE.XPAuthor,
        _BASE.XPKeywords,
        _BASE.XPSubject,
    }
)
# The size is wrong as soon as the photo is turned or cropped.
_DROPPED_EXIF_TAGS = frozenset({_BASE.ExifImageWidth, _BASE.ExifImageHeight})
_UNCALIBRATED = 0xFFFF

# What Pillow raises on directories that point nowhere or hold values of the wrong kind.
DAMAGED_EXIF = (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError, OverflowError, struct.error)


def orientation_of(exif: Image.Exif) -> int:
    """EXIF orientation, 1 to 8; 1 (upright) where it is missing or out of range."""
    orientation = exif.get(_BASE.Orientation, UPRIGHT)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else UPRIGHT


def portable_exif(exif: Image.Exif) -> bytes | None:
    """EXIF bytes ("Exif", two zeros, then a TIFF directory) of an upright picture; None if nothing is worth keeping.

    Raises: one of DAMAGED_EXIF.
    """
    kept = Image.Exif()
    for tag in sorted(_KEPT_TAGS):
        if tag in exif:
            kept[tag] = exif[tag]
    for directory in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        values = {tag: value for tag, value in exif.get_ifd(directory).items() if tag not in _DROPPED_EXIF_TAGS}
        if ExifTags.IFD.Interop in values:
            values[ExifTags.IFD.Interop] = exif.get_ifd(ExifTags.IFD.Interop)
        if values:
            kept[directory] = values
    if not len(kept):
        return None
    kept[_BASE.Orientation] = UPRIGHT
    return kept.tobytes()


def is_adobe_rgb(data: bytes) -> bool:
    """Whether EXIF as `portable_exif` gives it says so, as cameras do that write no profile (DCF 2.0, optional colour
    space). Raises: one of DAMAGED_EXIF."""
    exif = exif_from_bytes(data)
    is_uncalibrated = exif.get_ifd(ExifTags.IFD.Exif).get(_BASE.ColorSpace) == _UNCALIBRATED
    return is_uncalibrated and exif.get_ifd(ExifTags.IFD.Interop).get(ExifTags.Interop.InteropIndex) == "R03"


def exif_within(data: bytes, most_bytes: int) -> bytes:
    """EXIF as `portable_exif` gives it, without the camera's own notes where it is too long with them.

    Empty where that is still too long. Raises: one of DAMAGED_EXIF.
    """
    if len(data) <= most_bytes:
        return data
    exif = exif_from_bytes(data)
    exif.get_ifd(ExifTags.IFD.Exif).pop(_BASE.MakerNote, None)
    shorter = exif.tobytes()
    return shorter if len(shorter) <= most_bytes else b""


def exif_from_bytes(data: bytes) -> Image.Exif:
    """EXIF as a container carries it; empty data is empty EXIF. Raises: one of DAMAGED_EXIF."""
    exif = Image.Exif()
    exif.load(data)
    return exif


def read_exif(get: Callable[[], Image.Exif]) -> tuple[int, bytes | None, tuple[str, ...]]:
    """Orientation, the bytes to keep (see `portable_exif`) and a warning if what `get` gives is damaged."""
    orientation = UPRIGHT
    try:
        exif = get()
        orientation = orientation_of(exif)
        return orientation, portable_exif(exif), ()
    except DAMAGED_EXIF:
        return orientation, None, ("Its EXIF data is damaged and was left out.",)
