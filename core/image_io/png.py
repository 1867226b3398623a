"""Chunks of a PNG file (PNG specification, third edition, section 5)."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def profile_chunk(icc_profile: bytes) -> bytes:
    """An iCCP chunk."""
    return chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile))


def exif_chunk(exif: bytes) -> bytes:
    """An eXIf chunk; `exif` with or without its leading "Exif" and two zeros, which PNG leaves out."""
    return chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))


def find_chunk(png: bytes, kind: bytes) -> bytes | None:
    """The data of the first chunk of a kind, wherever it stands in the file; None if there is none."""
    return next((data for found, data in _chunks(png) if found == kind), None)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of any kind."""
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    view = memoryview(png)
    position = len(SIGNATURE)
    while position + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        # Only metadata is copied out; picture data may be hundreds of megabytes.
        data = b"" if kind == b"IDAT" else bytes(view[position + 8 : position + 8 + length])
        yield kind, data
        position += 12 + length
