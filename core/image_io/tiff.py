"""TIFF files with 8 or 16 bits, a profile and EXIF (TIFF 6.0; Adobe Photoshop TIFF Technical Notes for deflate).

Pillow writes no 16-bit colour and OpenCV no metadata; Pillow's directory class does the tags, ISA-L the strips.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import BinaryIO

import numpy as np
from isal import isal_zlib
from PIL.TiffTags import LONG, SHORT, UNDEFINED

from core.image_io.exif import directories, exif_from_bytes
from core.image_io.exif_directories import TagDirectory, fill, hang
from core.image_io.in_order import in_order
from core.image_io.layers import Layers

_STRIP_BYTES = 1 << 18
_ISAL_LEVEL = 1  # zlib gains a few per cent on photos and takes several times as long

_IMAGE_WIDTH, _IMAGE_LENGTH, _BITS_PER_SAMPLE, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIP_OFFSETS, _ORIENTATION, _SAMPLES_PER_PIXEL, _ROWS_PER_STRIP, _STRIP_BYTE_COUNTS = 273, 274, 277, 278, 279
_PLANES, _PREDICTOR, _EXTRA_SAMPLES, _ICC_PROFILE = 284, 317, 338, 34675
_DEFLATE, _HORIZONTAL_DIFFERENCES, _INTERLEAVED, _STRAIGHT_ALPHA = 8, 2, 1, 2
_BLACK_IS_ZERO, _RGB = 1, 2


def write_tiff(file: BinaryIO, layers: Layers, icc_profile: bytes | None, exif: bytes | None) -> None:
    """Write grey, RGB or RGBA with straight alpha, compressed without loss.

    Raises: OSError.
    """
    height, width, channels = layers.height, layers.width, layers.channels
    rows_per_strip = max(1, _STRIP_BYTES // (width * channels * layers.bit_depth // 8))
    strips = list(_compressed_strips(layers, rows_per_strip))

    tags = TagDirectory()
    # In a TIFF the EXIF directories hang on the file's own.
    found = {} if exif is None else directories(exif_from_bytes(exif))
    fill(tags, found)
    _put(tags, _IMAGE_WIDTH, LONG, width)
    _put(tags, _IMAGE_LENGTH, LONG, height)
    _put(tags, _BITS_PER_SAMPLE, SHORT, (layers.bit_depth,) * channels)
    _put(tags, _COMPRESSION, SHORT, _DEFLATE)
    _put(tags, _PHOTOMETRIC, SHORT, _BLACK_IS_ZERO if channels == 1 else _RGB)
    _put(tags, _ORIENTATION, SHORT, 1)
    _put(tags, _SAMPLES_PER_PIXEL, SHORT, channels)
    _put(tags, _ROWS_PER_STRIP, LONG, rows_per_strip)
    _put(tags, _PLANES, SHORT, _INTERLEAVED)
    _put(tags, _PREDICTOR, SHORT, _HORIZONTAL_DIFFERENCES)
    if channels == 4:
        _put(tags, _EXTRA_SAMPLES, SHORT, _STRAIGHT_ALPHA)
    if icc_profile is not None:
        _put(tags, _ICC_PROFILE, UNDEFINED, icc_profile)
    sizes = [len(strip) for strip in strips]
    _put(tags, _STRIP_OFFSETS, LONG, (0,) * len(sizes))
    _put(tags, _STRIP_BYTE_COUNTS, LONG, tuple(sizes))
    behind = hang(tags, found)
    # Counted from the end of the directory: Pillow adds where that is when it lays the directory out.
    _put(tags, _STRIP_OFFSETS, LONG, tuple(accumulate(sizes[:-1], initial=len(behind))))
    tags.save(file)
    file.write(behind)
    file.writelines(strips)


def _compressed_strips(layers: Layers, rows_per_strip: int) -> Iterator[bytes]:
    def compress(rows: slice) -> bytes:
        strip = layers.rows(rows)
        differences = strip.copy()
        np.subtract(strip[:, 1:], strip[:, :-1], out=differences[:, 1:])  # wraps around, as the predictor is defined
        little_endian = differences.astype(differences.dtype.newbyteorder("<"), copy=False)
        return isal_zlib.compress(little_endian.data, _ISAL_LEVEL)

    tops = range(0, layers.height, rows_per_strip)
    return in_order(compress, (slice(top, min(top + rows_per_strip, layers.height)) for top in tops))


def _put(tags: TagDirectory, tag: int, kind: int, value: int | bytes | tuple[int, ...]) -> None:
    tags.tagtype[tag] = kind
    tags[tag] = value
