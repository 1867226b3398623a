"""Photos in and out: every common format, upright, colour-managed, at 8 and 16 bits.

photo = read_photo("portrait.heic")
write_image("cutout.png", foreground, alpha=alpha, bit_depth=photo.bit_depth,
            icc_profile=photo.icc_profile, exif=photo.exif)
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.image_io.colour import FromSrgb
    from core.image_io.encoding import BitDepth, Encoding
    from core.image_io.formats import READABLE_SUFFIXES, WRITABLE_SUFFIXES, Format, is_photo_path
    from core.image_io.photo import Photo
    from core.image_io.reading import DEFAULT_MAX_MEGAPIXELS, measure_photo, read_photo, read_photo_bytes
    from core.image_io.samples import IntegerSamples, Samples, as_float, integer_dtype, to_bit_depth
    from core.image_io.writing import write_image

__all__ = [
    "DEFAULT_MAX_MEGAPIXELS",
    "READABLE_SUFFIXES",
    "WRITABLE_SUFFIXES",
    "BitDepth",
    "Encoding",
    "Format",
    "FromSrgb",
    "IntegerSamples",
    "Photo",
    "Samples",
    "as_float",
    "integer_dtype",
    "is_photo_path",
    "measure_photo",
    "read_photo",
    "read_photo_bytes",
    "to_bit_depth",
    "write_image",
]

_HOMES = {
    "colour": ("FromSrgb",),
    "encoding": ("BitDepth", "Encoding"),
    "formats": ("READABLE_SUFFIXES", "WRITABLE_SUFFIXES", "Format", "is_photo_path"),
    "photo": ("Photo",),
    "reading": ("DEFAULT_MAX_MEGAPIXELS", "measure_photo", "read_photo", "read_photo_bytes"),
    "samples": ("IntegerSamples", "Samples", "as_float", "integer_dtype", "to_bit_depth"),
    "writing": ("write_image",),
}


def __getattr__(name: str) -> object:
    """Whoever only asks which files are photos need not wait for the decoders: a tenth of a second."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"core.image_io.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
