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
    BMP = "BMP"
    GIF = "GIF"


READABLE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".hif", ".bmp", ".gif"}
)

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
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})


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
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return Format.HEIC
    return None
