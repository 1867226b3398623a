"""Pictures into PNG files, a strip of rows at a time and several strips at once.

Libraries compress on one core, which for large photos takes longer than the network. Strips are filtered and compressed
each by itself, and joined: a deflate stream can be made to end at a byte (RFC 1951: with an empty stored block), and
Adler-32 of the whole follows from those of the strips (RFC 1950). The picture is never held as the file wants it.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from core.image_io.exif import print_resolution
from core.image_io.in_order import in_order
from core.image_io.layers import Layers
from core.image_io.png import SIGNATURE, chunk, exif_chunk, profile_chunk, resolution_chunk

_STRIP_BYTES = 1 << 21
_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # by the number of channels
_FILTER_UP = 2
_MEMORY_LEVEL = 9  # the most: blocks of 32,767 symbols
_ISAL_LEVEL = 1
_ZLIB_HEAD = b"\x78\x01"  # deflate with a window of 32 KiB
_ADLER_MODULUS = 65521

_QUICK = 2
"""Up to this effort ISA-L compresses: three times as fast as zlib's quickest way on photos, for files as small."""


class _Strip(NamedTuple):
    deflated: bytes
    checksum: int
    length_bytes: int
    """Before it was compressed."""


def write_png(file: BinaryIO, layers: Layers, *, icc_profile: bytes | None, exif: bytes | None, effort: int) -> None:
    """Write a picture of 8 or 16 bits.

    Args:
        file: open for writing.
        layers: the picture.
        icc_profile: describes the colours; None: sRGB.
        exif: as `Photo.exif` has it.
        effort: 0 (not compressed) to 9.

    Raises OSError where the file cannot be written.
    """
    file.write(SIGNATURE)
    file.write(chunk(b"IHDR", _header(layers)))
    if icc_profile is not None:
        file.write(profile_chunk(icc_profile))
    if exif is not None:
        file.write(exif_chunk(exif))
        # Programs that lay pages out look for it there, and not in EXIF.
        printed = print_resolution(exif)
        if printed is not None:
            file.write(resolution_chunk(printed))

    def pack(rows: slice) -> _Strip:
        filtered = _filtered_rows(layers, rows)
        deflated = _deflated(filtered, effort, is_last=rows.stop == layers.height)
        return _Strip(deflated, isal_zlib.adler32(filtered.data), filtered.nbytes)

    head, checksum = _ZLIB_HEAD, zlib.adler32(b"")
    for strip in in_order(pack, _strips(layers)):
        file.write(chunk(b"IDAT", head + strip.deflated))
        checksum = _joined_checksum(checksum, strip)
        head = b""
    file.write(chunk(b"IDAT", struct.pack(">I", checksum)))
    file.write(chunk(b"IEND", b""))


def _header(layers: Layers) -> bytes:
    colour_type = _COLOUR_TYPES[layers.channels]
    return struct.pack(">IIBBBBB", layers.width, layers.height, layers.bit_depth, colour_type, 0, 0, 0)


def _strips(layers: Layers) -> Iterator[slice]:
    row_bytes = layers.width * layers.channels * layers.bit_depth // 8
    step = max(1, _STRIP_BYTES // row_bytes)
    for top in range(0, layers.height, step):
        yield slice(top, min(top + step, layers.height))


def _filtered_rows(layers: Layers, rows: slice) -> NDArray[np.uint8]:
    """Rows as differences to the row above, each behind its filter's number."""
    above = max(rows.start - 1, 0)
    samples = layers.rows(slice(above, rows.stop))
    if samples.dtype == np.uint16:
        samples = samples.astype(">u2")  # the high byte first
    plain = np.ascontiguousarray(samples).reshape(len(samples), -1).view(np.uint8)
    filtered = np.empty((rows.stop - rows.start, 1 + plain.shape[1]), np.uint8)
    filtered[:, 0] = _FILTER_UP
    np.subtract(plain[1:], plain[:-1], out=filtered[above + 1 - rows.start :, 1:])
    if rows.start == 0:
        filtered[0, 1:] = plain[0]  # above the picture all is 0
    return filtered


def _deflated(rows: NDArray[np.uint8], effort: int, *, is_last: bool) -> bytes:
    """A deflate stream without zlib's own head and checksum; one that is not the last can be gone on with."""
    if 0 < effort <= _QUICK:
        quick = isal_zlib.compressobj(_ISAL_LEVEL, isal_zlib.DEFLATED, -zlib.MAX_WBITS)
        return quick.compress(rows.data) + quick.flush(isal_zlib.Z_FINISH if is_last else isal_zlib.Z_SYNC_FLUSH)
    thorough = zlib.compressobj(effort, zlib.DEFLATED, -zlib.MAX_WBITS, _MEMORY_LEVEL, zlib.Z_FILTERED)
    return thorough.compress(rows.data) + thorough.flush(zlib.Z_FINISH if is_last else zlib.Z_SYNC_FLUSH)


def _joined_checksum(before: int, strip: _Strip) -> int:
    """Adler-32 of what came before and a strip, from those of both."""
    low_before, high_before = before & 0xFFFF, before >> 16
    low, high = strip.checksum & 0xFFFF, strip.checksum >> 16
    joined_low = (low_before + low - 1) % _ADLER_MODULUS
    joined_high = (high_before + high + strip.length_bytes * (low_before - 1)) % _ADLER_MODULUS
    return joined_high << 16 | joined_low
