"""What a camera wrote about a photo, made fit for a cut-out of it."""

import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from PIL import ExifTags, Image, ImageFile

from core.image_io.exif_directories import BIG_ENDIAN, LITTLE_ENDIAN, exif_bytes
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
_DIRECTORIES = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
_UNCALIBRATED = 0xFFFF
_INCH, _CENTIMETRE = 2, 3
_CM_PER_INCH = 2.54

# What Pillow raises on directories that point nowhere or hold values of the wrong kind.
DAMAGED_EXIF = (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError, OverflowError, struct.error)


def orientation_of(exif: Image.Exif) -> int:
    """EXIF orientation, 1 to 8; 1 (upright) where it is missing or out of range."""
    orientation = exif.get(_BASE.Orientation, UPRIGHT)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else UPRIGHT


def portable_exif(exif: Image.Exif, printed: "PrintResolution | None" = None) -> bytes | None:
    """EXIF bytes ("Exif", two zeros, then a TIFF directory) of an upright picture; None if nothing is worth keeping.

    `printed` is what the container itself says, for EXIF that says nothing of it. Raises: one of DAMAGED_EXIF.
    """
    kept = {tag: value for tag, value in directories(exif).items() if tag in _KEPT_TAGS or isinstance(value, dict)}
    if printed is not None and _BASE.XResolution not in kept:
        kept |= {_BASE.XResolution: printed.across, _BASE.YResolution: printed.down, _BASE.ResolutionUnit: _INCH}
    return exif_bytes(kept | {_BASE.Orientation: UPRIGHT}, _head(exif)) if kept else None


def directories(exif: Image.Exif) -> dict[int, Any]:
    """The main directory, with those for camera and place in it, and that for exchange in the camera's."""
    main = {tag: value for tag, value in exif.items() if tag not in _DIRECTORIES}
    for tag in _DIRECTORIES:
        values = {of: value for of, value in exif.get_ifd(tag).items() if of not in _DROPPED_EXIF_TAGS}
        if ExifTags.IFD.Interop in values:
            values[ExifTags.IFD.Interop] = exif.get_ifd(ExifTags.IFD.Interop)
        if values:
            main[tag] = values
    return main


def _head(exif: Image.Exif) -> bytes:
    """In the byte order of the camera: its notes are read in that of the directory."""
    return BIG_ENDIAN if exif.endian == ">" else LITTLE_ENDIAN


class PrintResolution(NamedTuple):
    """Pixels per inch; by it a layout program knows how large a scan is."""

    across: float
    down: float


def container_resolution(image: ImageFile.ImageFile) -> PrintResolution | None:
    """What a file says outside of its EXIF; None where it says nothing."""
    if "jfif" in image.info or "jfif_density" in image.info:
        # Not `dpi`, which Pillow makes up where a JPEG does not say it.
        per_unit, unit = image.info.get("jfif_density"), image.info.get("jfif_unit", 0)
        factor = {1: 1.0, 2: _CM_PER_INCH}.get(unit)
        found = None if factor is None or per_unit is None else tuple(value * factor for value in per_unit)
    else:
        found = image.info.get("dpi") if image.format == "PNG" else None  # a BMP has that of some screen
    return _sensible(*found) if found else None


def print_resolution(data: bytes) -> PrintResolution | None:
    """What EXIF as `portable_exif` gives it says; None where that is nothing. Raises: one of DAMAGED_EXIF."""
    exif = exif_from_bytes(data)
    across = exif.get(_BASE.XResolution)
    factor = {_INCH: 1.0, _CENTIMETRE: _CM_PER_INCH}.get(exif.get(_BASE.ResolutionUnit, _INCH))
    if across is None or factor is None:
        return None
    return _sensible(float(across) * factor, float(exif.get(_BASE.YResolution, across)) * factor)


def _sensible(across: float, down: float) -> PrintResolution | None:
    is_sensible = all(math.isfinite(value) and value > 0 for value in (across, down))
    return PrintResolution(float(across), float(down)) if is_sensible else None


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
    shorter = exif_bytes(directories(exif), _head(exif))
    return shorter if len(shorter) <= most_bytes else b""


def exif_from_bytes(data: bytes) -> Image.Exif:
    """EXIF as a container carries it; empty data is empty EXIF. Raises: one of DAMAGED_EXIF."""
    exif = Image.Exif()
    exif.load(data)
    return exif


def read_exif(
    get: Callable[[], Image.Exif], printed: PrintResolution | None = None
) -> tuple[int, bytes | None, tuple[str, ...]]:
    """Orientation, the bytes to keep (see `portable_exif`) and a warning if what `get` gives is damaged."""
    orientation = UPRIGHT
    try:
        exif = get()
        orientation = orientation_of(exif)
        return orientation, portable_exif(exif, printed), ()
    except DAMAGED_EXIF:
        return orientation, None, ("Its EXIF data is damaged and was left out.",)
