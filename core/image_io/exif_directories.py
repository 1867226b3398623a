"""EXIF directories as bytes, their text, their fractions and the kinds of their values as the camera wrote them.

Pillow lays a directory out, but guesses what kind each value is of, and writes a question mark for whatever is not
ASCII: a photographer's name and the sign of a copyright are mostly UTF-8. It reads text as Latin-1, byte for byte, so
that it can be given the bytes again.
"""

import struct
from collections.abc import Mapping
from typing import Any, ClassVar

from PIL import ExifTags, TiffTags
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2
from PIL.TiffTags import ASCII, BYTE, LONG, RATIONAL, SIGNED_RATIONAL, UNDEFINED

Directory = Mapping[int, Any]
"""Values by their tags, as Pillow reads them; a directory that hangs on it is one of its values."""

LITTLE_ENDIAN, BIG_ENDIAN = b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"
"""What a TIFF begins with whose first directory follows at once."""
HEAD_BYTES = len(LITTLE_ENDIAN)

_BASE, _GPS = ExifTags.Base, ExifTags.GPS
_SIGNED = frozenset({_BASE.ShutterSpeedValue, _BASE.BrightnessValue, _BASE.ExposureBiasValue, _BASE.AmbientTemperature})
# Of the GPS directory these are undefined and other bytes are numbers; of the main one all are numbers (EXIF 2.32).
_UNDEFINED_OF_GPS = frozenset({_GPS.GPSProcessingMethod, _GPS.GPSAreaInformation})


class TagDirectory(ImageFileDirectory_v2):
    """Pillow's directory, but for fractions, which are written as they are given: it would reduce 10/1250 to 1/125."""

    def fractions(self, *values: IFDRational | float) -> bytes:
        return b"".join(self._fraction("L", value) or self.write_rational(value) for value in values)

    def signed_fractions(self, *values: IFDRational | float) -> bytes:
        return b"".join(self._fraction("l", value) or self.write_signed_rational(value) for value in values)

    def _fraction(self, code: str, value: IFDRational | float) -> bytes | None:
        """None for what is no fraction of two whole numbers of that kind."""
        if not isinstance(value, IFDRational):
            return None
        order = "<" if self.prefix == b"II" else ">"
        try:
            return struct.pack(f"{order}2{code}", value.numerator, value.denominator)
        except struct.error:
            return None

    # Where Pillow looks up how a value of a kind is written; it declares this of each directory and shares it.
    _write_dispatch: ClassVar[dict[int, Any]] = ImageFileDirectory_v2._write_dispatch | {  # type: ignore[misc]
        RATIONAL: fractions,
        SIGNED_RATIONAL: signed_fractions,
    }


def exif_bytes(main: Directory, head: bytes) -> bytes:
    """EXIF as a container carries it: "Exif", two zeros, `head`, the directory and those that hang on it."""
    directory = TagDirectory(head)
    fill(directory, main)
    behind = hang(directory, main)
    return b"Exif\0\0" + head + directory.tobytes(HEAD_BYTES) + behind


def fill(directory: TagDirectory, values: Directory) -> None:
    """Put values into a directory; those that are directories themselves are left to `hang`.

    Text in the place of a number is refused where the directory is laid out, as Pillow does.
    """
    for tag, value in values.items():
        if isinstance(value, Mapping):
            continue
        if isinstance(value, str) and TiffTags.lookup(tag, directory.group).type in (None, ASCII):
            directory.tagtype[tag] = ASCII
            directory[tag] = value.encode("latin-1")
            continue
        if isinstance(value, bytes):
            directory.tagtype[tag] = _kind_of_bytes(directory.group, tag)
        elif directory.group == ExifTags.IFD.Exif and tag in _SIGNED:
            directory.tagtype[tag] = SIGNED_RATIONAL
        directory[tag] = value


def hang(directory: TagDirectory, values: Directory, offset: int = HEAD_BYTES) -> bytes:
    """What follows on a directory that starts at `offset` and is full otherwise: those of `values` that hang on it.

    The directory is told where they lie.
    """
    below = {tag: value for tag, value in values.items() if isinstance(value, Mapping)}
    for tag in below:
        _point(directory, tag, 0)
    place = offset + len(directory.tobytes(offset))
    behind = b""
    for tag, hung in below.items():
        _point(directory, tag, place)
        lower = TagDirectory(prefix=directory.prefix, group=tag)
        fill(lower, hung)
        further = hang(lower, hung, place)
        laid_out = lower.tobytes(place) + further
        behind += laid_out
        place += len(laid_out)
    return behind


def _point(directory: TagDirectory, tag: int, place: int) -> None:
    directory.tagtype[tag] = LONG
    directory[tag] = place


def _kind_of_bytes(group: int | None, tag: int) -> int:
    if group is None:
        return BYTE
    return BYTE if group == ExifTags.IFD.GPSInfo and tag not in _UNDEFINED_OF_GPS else UNDEFINED
