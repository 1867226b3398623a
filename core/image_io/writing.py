"""Pictures into files, whole or not at all."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

import cv2
from PIL import Image

from core.atomic import write_atomically
from core.errors import ImageWriteError
from core.image_io.encoding import BitDepth, Encoding
from core.image_io.exif import DAMAGED_EXIF, exif_within, print_resolution
from core.image_io.formats import WRITABLE_SUFFIXES, Format
from core.image_io.layers import Layers
from core.image_io.png_writing import write_png
from core.image_io.samples import Samples
from core.image_io.tiff import write_tiff

_LARGEST_SIDE_PX = {Format.JPEG: 65_500, Format.WEBP: 16_383}

# Lossless WebP takes its quality as the effort spent. Measured on 12 megapixels: five times what PNG takes, and a third
# smaller.
_LOSSLESS_WEBP_EFFORT = 20
_WEBP_METHOD = 2

_SENTENCES = {
    errno.ENOSPC: "the disk is full. Make room, or choose another folder",
    errno.EDQUOT: "your share of the disk is used up. Make room, or choose another folder",
    errno.EFBIG: "it is larger than a file may be here. Raise that limit, or choose another format",
    errno.EACCES: "there is no permission to write there. Choose another folder",
    errno.EPERM: "there is no permission to write there. Choose another folder",
    errno.EROFS: "the disk is read-only. Choose another folder",
    errno.ENOENT: "its folder does not exist. Create it first",
    errno.ENOTDIR: "its folder is a file. Choose another folder",
    errno.EISDIR: "there is a folder of that name. Choose another name",
    errno.ENAMETOOLONG: "its name is too long. Choose a shorter one",
}
_REPLACES_WHAT_IS_OPEN = os.name != "nt"
_IS_OPEN = "another program may have it open. Close it there, or choose another name"

_LARGEST_EXIF_IN_JPEG_BYTES = 65_533
"""Of a segment, whose length has 16 bits and counts itself."""


def write_image(
    path: str | os.PathLike[str],
    pixels: Samples,
    *,
    alpha: Samples | None = None,
    bit_depth: BitDepth = 8,
    icc_profile: bytes | None = None,
    exif: bytes | None = None,
    encoding: Encoding | None = None,
) -> None:
    """Write a picture in the format that the suffix of `path` names (WRITABLE_SUFFIXES).

    `pixels` are (H, W, 3) RGB or (H, W) grey, `alpha` (H, W) straight; each uint8, uint16 or float32 in [0, 1], and
    converted to `bit_depth`. JPEG and WebP hold 8 bits whatever is asked for. `icc_profile` describes `pixels`
    (None: sRGB); `exif` is as `Photo.exif` has it, and a JPEG carries what its 64 KB have room for, the camera's own
    notes last. Colours under alpha 0 are written as they are given.

    Raises: ImageWriteError with a sentence: a suffix that is not written, alpha in a JPEG, a picture too large for
    the format, no folder, no permission, no room. ValueError if shapes do not fit.
    """
    path = Path(path)
    image_format = WRITABLE_SUFFIXES.get(path.suffix.lower())
    if image_format is None:
        names = ", ".join(WRITABLE_SUFFIXES)
        raise ImageWriteError(f"{path} cannot be written: end its name in one of {names}.")
    _check_shapes(pixels, alpha, icc_profile)
    if image_format is Format.JPEG and alpha is not None:
        raise ImageWriteError(f"{path} cannot be written: JPEG has no transparency. Use PNG, WebP or TIFF.")
    height, width = pixels.shape[:2]
    limit_px = _LARGEST_SIDE_PX.get(image_format)
    if limit_px is not None and max(height, width) > limit_px:
        raise ImageWriteError(
            f"{path} cannot be written: {image_format.value} holds at most {limit_px} pixels a side, and the picture "
            f"is {width} x {height}. Use PNG or TIFF."
        )
    if image_format in (Format.JPEG, Format.WEBP):
        bit_depth = 8
    try:
        with write_atomically(path) as file:
            _encode(
                file,
                image_format,
                Layers(pixels, alpha, bit_depth),
                icc_profile=icc_profile,
                exif=exif,
                encoding=encoding or Encoding(),
            )
    except OSError as error:
        reason = _SENTENCES.get(error.errno or 0, f"{error.strerror or error}. Choose another folder or format")
        if error.errno == errno.EACCES and path.exists() and not _REPLACES_WHAT_IS_OPEN:
            reason = _IS_OPEN
        raise ImageWriteError(f"{path} cannot be written: {reason}.") from error
    except (cv2.error, MemoryError, *DAMAGED_EXIF) as error:
        raise ImageWriteError(f"{path} cannot be written as {image_format.value} ({error}).") from error


def _check_shapes(pixels: Samples, alpha: Samples | None, icc_profile: bytes | None) -> None:
    if pixels.size == 0 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise ValueError(f"Pixels must be (H, W, 3) or (H, W), not {pixels.shape}.")
    if alpha is not None and alpha.shape != pixels.shape[:2]:
        raise ValueError(f"Alpha is {alpha.shape} and must be {pixels.shape[:2]}, as the pixels are.")
    if pixels.ndim == 2 and icc_profile is not None:
        raise ValueError("A grey picture takes no RGB colour profile.")


def _encode(
    file: BinaryIO,
    image_format: Format,
    layers: Layers,
    *,
    icc_profile: bytes | None,
    exif: bytes | None,
    encoding: Encoding,
) -> None:
    match image_format:
        case Format.PNG:
            write_png(file, layers, icc_profile=icc_profile, exif=exif, effort=encoding.png_compression)
        case Format.TIFF:
            write_tiff(file, layers, icc_profile, exif)
        case Format.WEBP:
            # `exact` keeps the colours under full transparency: the next program may want to soften the edge.
            Image.fromarray(layers.joined()).save(
                file,
                "WEBP",
                lossless=encoding.webp_quality is None,
                quality=_LOSSLESS_WEBP_EFFORT if encoding.webp_quality is None else encoding.webp_quality,
                method=_WEBP_METHOD,
                exact=True,
                icc_profile=icc_profile,
                exif=exif or b"",
            )
        case Format.JPEG:
            printed = None if exif is None else print_resolution(exif)
            Image.fromarray(layers.joined()).save(
                file,
                "JPEG",
                quality=encoding.jpeg_quality,
                subsampling="4:4:4",
                icc_profile=icc_profile,
                dpi=printed or (0, 0),
                exif=b"" if exif is None else exif_within(exif, _LARGEST_EXIF_IN_JPEG_BYTES),
            )
