"""Which file formats are read and written, told by the first bytes of a file or by its suffix."""

import os
from enum import Enum
from pathlib import PurePath


class Format(Enum):
    """A file format, with its name as people write it."""

    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    WEBP = "WebP"
    HEIC = "HEIC"
    AVIF = "AVIF"
    BMP = "BMP"
    GIF = "GIF"


_JPEG_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
_HEIC_SUFFIXES = frozenset({".heic", ".heif", ".hif"})
READABLE_SUFFIXES = _JPEG_SUFFIXES | _HEIC_SUFFIXES | {".png", ".tif", ".tiff", ".webp", ".avif", ".bmp", ".gif"}

WRITABLE_SUFFIXES = {
    ".png": Format.PNG,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
    ".webp": Format.WEBP,
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
}

SIGNATURE_BYTES = 32
"""How much of a file `format_of` needs to see."""

_SIGNATURES = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"II*\0", Format.TIFF),
    (b"MM\0*", Format.TIFF),
    (b"II+\0", Format.TIFF),  # BigTIFF
    (b"MM\0+", Format.TIFF),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
    (b"BM", Format.BMP),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_GENERAL_BRANDS = frozenset({b"mif1", b"msf1"})


def is_photo_path(path: str | os.PathLike[str]) -> bool:
    """Whether a name looks like a photo that can be read. Hidden files are none: they are other programs' leavings."""
    name = PurePath(path)
    return name.suffix.lower() in READABLE_SUFFIXES and not name.name.startswith(".")


def format_of(head: bytes) -> Format | None:
    """The format of a file that starts with `head` (SIGNATURE_BYTES of it); None if it is not one that is read."""
    for signature, image_format in _SIGNATURES:
        if head.startswith(signature):
            return image_format
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[4:8] == b"ftyp":
        return _format_of_brands([head[start : start + 4] for start in (8, *range(16, len(head), 4))])
    return None


def _format_of_brands(brands: list[bytes]) -> Format | None:
    """By a file's own brand, which is first; where that is one of the general ones, by those that it goes with."""
    own, *others = brands
    if own in _AVIF_BRANDS or (own in _GENERAL_BRANDS and not _AVIF_BRANDS.isdisjoint(others)):
        return Format.AVIF
    return Format.HEIC if own in _HEIF_BRANDS | _GENERAL_BRANDS else None
