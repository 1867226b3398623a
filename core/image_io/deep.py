"""PNG and TIFF with 16 bits per sample, AVIF with 10 and 12.

Pillow reads their headers, but would cut the pixels to 8 bits; OpenCV keeps them, but for those of grey_alpha.py.
"""

import io
from typing import Any, BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

from core.image_io import png
from core.image_io.avif import AvifFile
from core.image_io.colour import is_grey_profile
from core.image_io.decoded import Decoded, UnsupportedPixelsError
from core.image_io.exif import container_resolution, read_exif
from core.image_io.grey_alpha import GreyAlphaTiff
from core.image_io.orientation import UPRIGHT, as_stored, upright_size
from core.image_io.samples import repeat_high_bits, unpremultiply

_PNG_BIT_DEPTH_OFFSET = 24
_OPAQUE = 65535

_BITS, _PHOTOMETRIC, _CHANNELS, _PLANES, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 258, 262, 277, 284, 338, 339
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_ALPHA_UNSPECIFIED, _ALPHA_PREMULTIPLIED = 0, 1
_UNSIGNED, _FLOAT = 1, 3
# The last four: palette, press, YCbCr, Lab.
_COLOUR_CHANNELS: dict[object, int] = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, 3: 1, 5: 4, 6: 3, 8: 3}
_HEADER_BYTES = 8
_BIG_TIFF, _BIG_HEADER_BYTES = 43, 16
_INTERLEAVED = 1


def png_bit_depth(head: bytes) -> int:
    """Bits per sample of a PNG file, or of its palette's numbers, by its first bytes."""
    return head[_PNG_BIT_DEPTH_OFFSET]


def is_deep_png(head: bytes) -> bool:
    """Whether a PNG file holds 16 bits, by its first bytes."""
    return png_bit_depth(head) == 16


def is_deep_tiff(image: TiffImageFile) -> bool:
    """Whether a TIFF holds 16 bits that OpenCV can save from being cut; those for the press it cannot."""
    return max(image.tag_v2.get(_BITS, (1,))) == 16 and image.mode != "CMYK"


def first_directory(file: BinaryIO) -> ImageFileDirectory_v2:
    """What a TIFF says of its first page. Raises what Pillow does where the directory is damaged."""
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    if header[2] == _BIG_TIFF:
        header += file.read(_BIG_HEADER_BYTES - _HEADER_BYTES)
    tags = ImageFileDirectory_v2(header)
    file.seek(tags.next)
    tags.load(file)
    file.seek(0)
    return tags


def check_samples(tags: ImageFileDirectory_v2) -> None:
    """Of a TIFF that Pillow does not open: what of its samples is not read, if it is they and no damage.

    Raises: UnsupportedPixelsError.
    """
    if _FLOAT in tags.get(_SAMPLE_FORMAT, ()):
        raise UnsupportedPixelsError(
            f"its samples are {max(tags.get(_BITS, (32,)))}-bit floats; save it as RGB with 8 or 16 bits"
        )
    if max(tags.get(_BITS, (1,))) > 16:
        raise UnsupportedPixelsError(f"its samples have {max(tags[_BITS])} bits; save it as RGB with 8 or 16 bits")
    bits, channels, extra = tags.get(_BITS, ()), tags.get(_CHANNELS, 1), len(tags.get(_EXTRA_SAMPLES, ()))
    colours = _COLOUR_CHANNELS.get(tags.get(_PHOTOMETRIC))
    # Where the counts agree, nothing is damaged: a selection was saved along, say, or ink for a press has an alpha.
    if colours is not None and len(bits) == channels == colours + extra:
        depths = " and ".join(str(depth) for depth in sorted(set(bits)))
        raise UnsupportedPixelsError(
            f"it has {channels} channel{'s' * (channels > 1)} of {depths} bits; "
            f"save it as RGB or RGBA with 8 or 16 bits{', without extra channels' * (extra > 0)}"
        )


def decode_deep_png(image: PngImageFile, data: bytes) -> Decoded:
    """`image` is the opened header, `data` the whole file. Raises: ValueError, cv2.error."""
    if "exif" not in image.info and (exif_after_pixels := png.find_chunk(io.BytesIO(data), b"eXIf")) is not None:
        image.info["exif"] = exif_after_pixels
    # Not image.getexif, which unpacks all pixels to find such a late chunk.
    orientation, exif, warnings = read_exif(lambda: Image.Image.getexif(image), container_resolution(image))
    samples = _decode(data)
    pixels, alpha = _split_bgr(samples, orientation)
    if samples.ndim == 2 and (see_through := image.info.get("transparency")) is not None:
        # One grey named as transparent; of a colour OpenCV makes an alpha channel itself.
        alpha = np.multiply(pixels[..., 0] != see_through, _OPAQUE, dtype=np.uint16)
    profile, profile_warnings = _usable_profile(image, samples)
    return Decoded(pixels, alpha, profile, exif, warnings + profile_warnings)


def decode_deep_tiff(image: TiffImageFile, data: bytes) -> Decoded:
    """`image` is the opened header, `data` the whole file. Raises: UnsupportedPixelsError, ValueError, cv2.error."""
    tags = image.tag_v2
    photometric = tags.get(_PHOTOMETRIC)
    is_unsigned = set(tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))) == {_UNSIGNED}
    if photometric not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB) or not is_unsigned:
        raise UnsupportedPixelsError("its 16-bit pixels are neither RGB nor grey; save it as RGB")
    if photometric == _RGB and tags.get(_PLANES, _INTERLEAVED) != _INTERLEAVED:
        raise UnsupportedPixelsError("it stores 16-bit colours plane by plane; save it with interleaved colours")
    samples = image.samples() if isinstance(image, GreyAlphaTiff) else _decode(data)
    _, exif, warnings = read_exif(image.getexif)
    if photometric == _WHITE_IS_ZERO:
        samples = np.invert(samples)
    pixels, alpha = _split_bgr(samples, UPRIGHT)  # OpenCV turns TIFFs upright by itself, whatever the flags
    alpha_kind = tags.get(_EXTRA_SAMPLES, (None,))[0]
    if alpha_kind == _ALPHA_UNSPECIFIED:
        alpha = None  # a saved selection or the like
    if alpha is not None and alpha_kind == _ALPHA_PREMULTIPLIED:
        unpremultiply(pixels, alpha)
    profile, profile_warnings = _usable_profile(image, samples)
    return Decoded(pixels, alpha, profile, exif, warnings + profile_warnings)


def decode_deep_avif(image: AvifFile, data: bytes) -> Decoded | None:
    """`image` is the opened header, `data` the whole file. None where this OpenCV knows no AVIF, or not such pixels."""
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16:
        return None
    orientation, exif, warnings = read_exif(image.getexif)
    pixels, alpha = _split_bgr(samples, orientation)
    for plane in (pixels, alpha):
        if plane is not None:
            np.left_shift(plane, 16 - image.bits, out=plane)
            repeat_high_bits(plane, image.bits)
    return Decoded(pixels, alpha, image.info.get("icc_profile"), exif, warnings)


def _decode(data: bytes) -> NDArray[Any]:
    """Samples (H, W), (H, W, 3) BGR or (H, W, 4) BGRA. Never by path, which fails outside ASCII."""
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None:
        raise ValueError("the pixels are incomplete")
    if samples.dtype != np.uint16:
        raise UnsupportedPixelsError("its 16-bit pixels are neither RGB nor grey; save it as RGB")
    return samples


def _split_bgr(samples: NDArray[Any], orientation: int) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Upright RGB pixels and alpha."""
    width, height = upright_size(samples.shape[1], samples.shape[0], orientation)
    pixels = np.empty((height, width, 3), samples.dtype)
    as_stored(pixels, orientation)[:] = samples[..., np.newaxis] if samples.ndim == 2 else samples[..., 2::-1]
    if samples.ndim == 2 or samples.shape[2] == 3:
        return pixels, None
    alpha = np.empty((height, width), samples.dtype)
    as_stored(alpha, orientation)[:] = samples[..., 3]
    return pixels, alpha


def _usable_profile(image: ImageFile.ImageFile, samples: NDArray[Any]) -> tuple[bytes | None, tuple[str, ...]]:
    """The profile, unless it is for grey: the way from there to RGB would leave only 8 bits."""
    profile: bytes | None = image.info.get("icc_profile")
    if profile is not None and is_grey_profile(profile) and _is_grey(samples):
        return None, ("Its 16-bit greys were taken as sRGB and their own colour profile was left out.",)
    return profile, ()


def _is_grey(samples: NDArray[Any]) -> bool:
    """Whether all colours are grey: OpenCV gives grey with alpha as BGRA."""
    return samples.ndim == 2 or bool((samples[..., :2] == samples[..., 1:3]).all())
