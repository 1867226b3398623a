"""Chunks of a PNG file (PNG specification, third edition, section 5)."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE_AND_HEADER_BYTES = 33
"""The signature (8 bytes) and the header chunk (25): metadata may be put in right after these."""


def profile_chunk(icc_profile: bytes) -> bytes:
    """An iCCP chunk."""
    return _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile))


def exif_chunk(exif: bytes) -> bytes:
    """An eXIf chunk; `exif` with or without its leading "Exif" and two zeros, which PNG leaves out."""
    return _chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))


def find_chunk(png: bytes, kind: bytes) -> bytes | None:
    """The data of the first chunk of a kind, wherever it stands in the file; None if there is none."""
    return next((data for found, data in _chunks(png) if found == kind), None)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    view = memoryview(png)
    position = 8
    while position + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        # Only metadata is copied out; picture data may be hundreds of megabytes.
        data = b"" if kind == b"IDAT" else bytes(view[position + 8 : position + 8 + length])
        yield kind, data
        position += 12 + length
