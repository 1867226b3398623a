"""Chunks of a PNG file (PNG specification, third edition, section 5)."""

import os
import struct
import zlib
from typing import BinaryIO

from core.image_io.exif import PrintResolution

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_METRES_PER_INCH = 0.0254
_METRE = 1
_LARGEST = 2**31 - 1


def profile_chunk(icc_profile: bytes) -> bytes:
    """An iCCP chunk."""
    return chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile))


def exif_chunk(exif: bytes) -> bytes:
    """An eXIf chunk; `exif` with or without its leading "Exif" and two zeros, which PNG leaves out."""
    return chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))


def resolution_chunk(printed: PrintResolution) -> bytes:
    """A pHYs chunk."""
    per_metre = (min(round(value / _METRES_PER_INCH), _LARGEST) for value in printed)
    return chunk(b"pHYs", struct.pack(">IIB", *per_metre, _METRE))


def find_chunk(png: BinaryIO, kind: bytes, before: bytes = b"IEND") -> bytes | None:
    """The data of the first chunk of a kind that stands before one of another; None if there is none.

    The file is read from its start and stands elsewhere afterwards.
    """
    png.seek(len(SIGNATURE))
    while len(head := png.read(8)) == 8:
        length, found = struct.unpack(">I4s", head)
        if found == kind:
            return png.read(length)
        if found == before:
            return None
        png.seek(length + 4, os.SEEK_CUR)
    return None


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of any kind."""
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))
