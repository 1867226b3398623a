"""Mattes in little room: as PNG, for project files and for documents that are not shown."""

import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io import as_float, to_bit_depth
from matting_studio.app.edits import Base

_COMPRESSION = 1
"""Of 9. More takes several times as long and saves little on mattes."""

_HEADER_BYTES = 33
_SIGNATURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_BITS_OF_DTYPE = {np.dtype(np.uint8): 8, np.dtype(np.uint16): 16}


class PackingError(Exception):
    """Packed data is damaged, or is not of the size or depth that was expected."""


def pack_levels(levels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """(H, W) uint8 or uint16 as a grey PNG, without loss."""
    encoded, data = cv2.imencode(".png", levels, [cv2.IMWRITE_PNG_COMPRESSION, _COMPRESSION])
    if not encoded:
        raise PackingError("the PNG encoder failed")
    return data.tobytes()


def unpack_levels(data: bytes, height: int, width: int, dtype: type[np.uint8] | type[np.uint16]) -> NDArray[np.generic]:
    """The (height, width) levels of a PNG by `pack_levels`. Raises PackingError before anything large is unpacked."""
    expected = width.to_bytes(4) + height.to_bytes(4) + bytes([_BITS_OF_DTYPE[np.dtype(dtype)], 0])
    header = data[:_HEADER_BYTES]
    if not header.startswith(_SIGNATURE) or header[16:26] != expected:
        raise PackingError(f"a grey PNG of {width} x {height} pixels was expected")
    if zlib.crc32(header[12:29]) != int.from_bytes(header[29:33]):
        raise PackingError("the PNG's header is damaged")
    levels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if levels is None or levels.shape != (height, width) or levels.dtype != dtype:
        raise PackingError("the PNG is damaged")
    return levels


def pack_alpha(alpha: NDArray[np.float32]) -> bytes:
    """(H, W) in [0, 1] as a 16-bit PNG: exact to half a step of 65535."""
    return pack_levels(to_bit_depth(alpha, 16))


def unpack_alpha(data: bytes, height: int, width: int) -> NDArray[np.float32]:
    """(height, width) in [0, 1]. Raises PackingError."""
    return as_float(unpack_levels(data, height, width, np.uint16))


@dataclass(frozen=True)
class PackedBase:
    """A Base as PNGs: alpha to 1/65535, the trimap exactly."""

    height: int
    width: int
    alpha: bytes
    trimap: bytes


def pack(base: Base) -> PackedBase:
    """Takes about half a second for 24 megapixels."""
    return PackedBase(*base.alpha.shape, pack_alpha(base.alpha), pack_levels(base.trimap))


def unpack(packed: PackedBase) -> Base:
    """Raises PackingError."""
    size = packed.height, packed.width
    trimap = unpack_levels(packed.trimap, *size, np.uint8)
    if not np.isin(np.unique(trimap), (0, 128, 255)).all():
        raise PackingError("the trimap has values that are none of 0, 128 and 255")
    return Base(unpack_alpha(packed.alpha, *size), trimap)
