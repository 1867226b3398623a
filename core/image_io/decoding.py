"""From an open file to upright RGB samples. Each library is used for what it reads without loss.

Pillow reads most things but reduces 16-bit colour to 8 bits, so that goes through OpenCV; HEIC goes through libheif.
BGR, bands, turned and premultiplied pixels do not leave this module.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from core.image_io import png
from core.image_io.colour import ProfileMode, SrgbTransform, UnusableProfileError
from core.image_io.exif import DAMAGED_EXIF, orientation_of, portable_exif
from core.image_io.formats import SIGNATURE_BYTES, Format
from core.image_io.orientation import UPRIGHT, as_stored, upright_size
from core.image_io.samples import IntegerSamples, bands

# What the decoders raise on damaged files, beside each other's own kinds of error.
DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    EOFError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    NotImplementedError,
    Image.DecompressionBombError,
    struct.error,
    zlib.error,
    cv2.error,
)

# Pillow's classes are used directly: Image.open would apply a limit of its own that is one for the whole process.
_PILLOW_READERS: dict[Format, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.TIFF: TiffImageFile,
    Format.WEBP: WebPImageFile,
    Format.BMP: BmpImageFile,
    Format.GIF: GifImageFile,
}
_READABLE_MODES = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"})
_MODES_WITH_ALPHA = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_MODES_OF_GREY = frozenset({"1", "L", "LA", "La"})

_PNG_BIT_DEPTH_OFFSET = 24


class PhotoFile:
    """A photo whose header has been read and whose pixels have not."""

    def __init__(self, file: BinaryIO, image_format: Format) -> None:
        """`file` stands at its start and stays open until `decode` is done. Raises: one of DECODING_ERRORS."""
        head = file.read(SIGNATURE_BYTES)
        file.seek(0)
        self._file = file
        self._format = image_format
        self._png_bits = head[_PNG_BIT_DEPTH_OFFSET] if image_format is Format.PNG else 8
        self._image: ImageFile.ImageFile | pillow_heif.HeifFile
        if image_format is Format.HEIC:
            self._image = pillow_heif.open_heif(file, convert_hdr_to_8bit=False)
        else:
            self._image = _PILLOW_READERS[image_format](file)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels, as the header claims them and before the photo is turned upright."""
        width, height = self._image.size
        return width, height

    def decode(self) -> Decoded:
        """Read the pixels. Raises: UnsupportedPixelsError, MemoryError or one of DECODING_ERRORS."""
        if isinstance(self._image, PngImageFile) and self._png_bits == 16:
            return _decode_deep_png(self._image, _rest_of(self._file))
        if isinstance(self._image, TiffImageFile) and _is_deep_tiff(self._image):
            return _decode_deep_tiff(self._image, self._file)
        if isinstance(self._image, ImageFile.ImageFile):
            return _decode_with_pillow(self._image)
        return _decode_heif(self._image)


def _decode_with_pillow(image: ImageFile.ImageFile) -> Decoded:
    if image.mode not in _READABLE_MODES:
        raise UnsupportedPixelsError(f"its pixels are of the kind {image.mode}; save it as RGB with 8 or 16 bits")
    image.load()  # a TIFF is turned upright by this, and its orientation forgotten
    orientation, exif, warnings = _read_exif(image)
    profile = image.info.get("icc_profile")
    transform: SrgbTransform | None = None
    profile_mode = _profile_mode_to_convert(image.mode, profile)
    if profile_mode is not None:
        # The colour space of a press or of a grey scale cannot hold a colour cut-out: the photo goes to sRGB for good.
        try:
            transform = SrgbTransform(profile, profile_mode)
        except UnusableProfileError as error:
            warnings += (f"Its colour profile was left out: {error}.",)
        profile = None

    width, height = upright_size(*image.size, orientation)
    pixels = np.empty((height, width, 3), np.uint8)
    has_alpha = image.mode in _MODES_WITH_ALPHA or "transparency" in image.info
    alpha = np.empty((height, width), np.uint8) if has_alpha else None
    stored_pixels = as_stored(pixels, orientation)
    stored_alpha = None if alpha is None else as_stored(alpha, orientation)
    for rows in bands(stored_pixels):
        band = image.crop((0, rows.start, image.width, rows.stop))
        if stored_alpha is not None:
            # There is no direct way from premultiplied grey to RGBA.
            rgba = np.asarray((band.convert("LA") if band.mode == "La" else band).convert("RGBA"))
            stored_alpha[rows] = rgba[..., 3]
            stored_pixels[rows] = rgba[..., :3]
        if transform is not None:
            stored_pixels[rows] = transform.convert_image(band.convert(profile_mode))
        elif stored_alpha is None:
            stored_pixels[rows] = np.asarray(band.convert("RGB"))
    return Decoded(pixels, alpha, profile, exif, warnings)


def _profile_mode_to_convert(mode: str, profile: bytes | None) -> ProfileMode | None:
    """The kind of a profile that has to be used up while unpacking; None for an RGB profile, which can be kept."""
    if profile is None:
        return None
    if mode == "CMYK":
        return "CMYK"
    # Programs put RGB profiles on grey pictures too; those fit as soon as grey is written as RGB.
    return "L" if mode in _MODES_OF_GREY and profile[16:20] == b"GRAY" else None
