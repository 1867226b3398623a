"""From an open file to upright RGB samples, by whichever library reads that kind of file without loss."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

import cv2
import numpy as np
import pillow_heif
from PIL import ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from core.image_io import png
from core.image_io.avif import AvifFile
from core.image_io.colour import SrgbTransform, UnusableProfileError, is_grey_profile
from core.image_io.decoded import Decoded, UnsupportedPixelsError
from core.image_io.deep import (
    check_samples,
    decode_deep_avif,
    decode_deep_png,
    decode_deep_tiff,
    first_directory,
    is_deep_png,
    is_deep_tiff,
    png_bit_depth,
)
from core.image_io.exif import container_resolution, is_adobe_rgb, read_exif
from core.image_io.formats import SIGNATURE_BYTES, Format
from core.image_io.grey_alpha import GreyAlphaTiff, is_grey_alpha
from core.image_io.heif import decode_heif
from core.image_io.made_profile import ADOBE_RGB, profile_of
from core.image_io.named_space import NamedSpace, profile_or_made
from core.image_io.orientation import as_stored, upright_size
from core.image_io.pages import left_out
from core.image_io.samples import bands

# What the libraries raise on damaged files; found by damaging files in thousands of ways.
DECODING_ERRORS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
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
    Format.AVIF: AvifFile,
    Format.BMP: BmpImageFile,
    Format.GIF: GifImageFile,
}
_READABLE_MODES = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"})
_MODES_WITH_ALPHA = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_MODES_OF_GREY = frozenset({"1", "L", "LA", "La"})
_NAMED_SPACE_BYTES = 4  # of a cICP chunk; one that is damaged says nothing, and the photo is sound


class PhotoFile:
    """A photo whose header has been read and whose pixels have not."""

    def __init__(self, file: BinaryIO, image_format: Format) -> None:
        """`file` stands at its start and stays open until `decode` is done.

        Raises: UnsupportedPixelsError or one of DECODING_ERRORS.
        """
        self._file = file
        self._head = file.read(SIGNATURE_BYTES)
        file.seek(0)
        self._image: ImageFile.ImageFile | pillow_heif.HeifFile
        if image_format is Format.HEIC:
            self._image = pillow_heif.open_heif(file, convert_hdr_to_8bit=False)
        elif image_format is Format.TIFF:
            self._image = _open_tiff(file)
        else:
            self._image = _PILLOW_READERS[image_format](file)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels, as the header claims them: of the upright photo in TIFF and HEIC only."""
        width, height = self._image.size
        return width, height

    @property
    def sample_bytes(self) -> int:
        """How many bytes a sample is going to take in memory."""
        image = self._image
        if isinstance(image, pillow_heif.HeifFile):
            deep = ";16" in image.mode
        elif isinstance(image, TiffImageFile):
            deep = is_deep_tiff(image)
        elif isinstance(image, AvifFile):
            deep = image.bits > 8
        else:
            deep = isinstance(image, PngImageFile) and is_deep_png(self._head)
        return 2 if deep else 1

    def decode(self) -> Decoded:
        """Read the pixels, once. Raises: UnsupportedPixelsError, MemoryError or one of DECODING_ERRORS."""
        warnings = self._take_named_space()
        decoded = self._decode()
        return replace(decoded, warnings=decoded.warnings + warnings + self._left_out())

    def _take_named_space(self) -> tuple[str, ...]:
        """See that the photo has a profile where it only names its colour space. Returns warnings."""
        image = self._image
        if isinstance(image, AvifFile):
            space = image.space
        elif isinstance(image, PngImageFile):
            space = _named_space(self._file)
        else:
            return ()
        profile, warnings = profile_or_made(image.info.get("icc_profile"), space)
        if profile is not None:
            image.info["icc_profile"] = profile
        return warnings

    def _decode(self) -> Decoded:
        image = self._image
        if isinstance(image, PngImageFile) and is_deep_png(self._head):
            return decode_deep_png(image, self._contents())
        if isinstance(image, AvifFile) and image.bits > 8:
            return decode_deep_avif(image, self._contents()) or _cut(_decode_with_pillow(image), image.bits)
        if isinstance(image, TiffImageFile) and is_deep_tiff(image):
            return decode_deep_tiff(image, self._contents())
        if isinstance(image, PngImageFile):
            _scale_transparent_grey(image, png_bit_depth(self._head))
        if isinstance(image, ImageFile.ImageFile):
            return _decode_with_pillow(image)
        return decode_heif(image)

    def _left_out(self) -> tuple[str, ...]:
        try:
            return left_out(self._image)
        except DECODING_ERRORS:
            return ()  # damage behind the photo does not concern it, and nobody can say what was there

    def _contents(self) -> bytes:
        self._file.seek(0)
        return self._file.read()


def _named_space(file: BinaryIO) -> NamedSpace | None:
    """Of a PNG, by its cICP chunk (PNG specification, 11.3.2.6)."""
    place = file.tell()
    chunk = png.find_chunk(file, b"cICP", before=b"IDAT")
    file.seek(place)
    return NamedSpace(*chunk[:2]) if chunk is not None and len(chunk) == _NAMED_SPACE_BYTES else None


def _cut(decoded: Decoded, bits: int) -> Decoded:
    return replace(decoded, warnings=(*decoded.warnings, f"Of its {bits} bits per colour 8 were read."))


def _open_tiff(file: BinaryIO) -> TiffImageFile:
    try:
        return TiffImageFile(file)
    except SyntaxError:
        # Pillow says the same of a damaged header and of samples that it does not know.
        tags = first_directory(file)
        if is_grey_alpha(tags):
            return GreyAlphaTiff(file)
        check_samples(tags)
        raise


def _scale_transparent_grey(image: PngImageFile, bit_depth: int) -> None:
    """Pillow brings samples of 2 and 4 bits to 255, but not the one grey that a PNG may name as transparent."""
    if image.mode == "L" and "transparency" in image.info:
        highest = 2**bit_depth - 1
        # Only so many bits of it count (PNG specification, 11.3.1.1); a grey already scaled would come out the same.
        image.info["transparency"] = (image.info["transparency"] & highest) * (255 // highest)


def _decode_with_pillow(image: ImageFile.ImageFile) -> Decoded:
    if image.mode not in _READABLE_MODES:
        raise UnsupportedPixelsError(f"its pixels are of the kind {image.mode}; save it as RGB with 8 or 16 bits")
    image.load()  # a TIFF is turned upright by this, and its orientation forgotten
    orientation, exif, warnings = read_exif(image.getexif, container_resolution(image))
    profile: bytes | None = image.info.get("icc_profile")
    transform: SrgbTransform | None = None
    if profile is None and image.mode != "CMYK" and exif is not None and is_adobe_rgb(exif):
        profile = profile_of(ADOBE_RGB)
    if profile is not None and _cannot_hold_colour(image.mode, profile):
        # The space of a printing press or of grey scales cannot describe a colour cut-out: to sRGB for good.
        try:
            transform = SrgbTransform(profile, "CMYK" if image.mode == "CMYK" else "L")
        except UnusableProfileError as error:
            warnings += (f"Its colour profile was left out: {error}.",)
        profile = None

    width, height = upright_size(*image.size, orientation)
    pixels = np.empty((height, width, 3), np.uint8)
    stored_pixels = as_stored(pixels, orientation)
    has_alpha = image.mode in _MODES_WITH_ALPHA or "transparency" in image.info
    alpha = np.empty((height, width), np.uint8) if has_alpha else None
    stored_alpha = None if alpha is None else as_stored(alpha, orientation)
    for rows in bands(stored_pixels):
        band = image.crop((0, rows.start, image.width, rows.stop))
        if band.mode == "La":
            band = band.convert("LA")  # there is no direct way from premultiplied grey to RGBA
        colours = np.asarray(band.convert("RGBA" if has_alpha else "RGB"))
        stored_pixels[rows] = colours[..., :3] if transform is None else transform.convert_image(band)
        if stored_alpha is not None:
            stored_alpha[rows] = colours[..., 3]
    return Decoded(pixels, alpha, profile, exif, warnings)


def _cannot_hold_colour(mode: str, profile: bytes) -> bool:
    # Programs put RGB profiles on grey pictures too; those fit as soon as the grey is written as RGB.
    return mode == "CMYK" or (mode in _MODES_OF_GREY and is_grey_profile(profile))
