"""HEIC by libheif, with the 10 and 12 bits that cameras write."""

from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray

from core.image_io.decoded import Decoded
from core.image_io.exif import exif_from_bytes, read_exif
from core.image_io.named_space import NamedSpace, profile_or_made
from core.image_io.samples import repeat_high_bits, unpremultiply


def decode_heif(heif: pillow_heif.HeifFile) -> Decoded:
    """Read the pixels of an opened file. Raises: ValueError, EOFError, SyntaxError, RuntimeError, OSError."""
    samples: NDArray[Any] = np.asarray(heif)
    pixels = np.empty((*samples.shape[:2], 3), samples.dtype)
    pixels[:] = samples[..., np.newaxis] if samples.ndim == 2 else samples[..., :3]
    alpha = samples[..., 3].copy() if heif.has_alpha else None
    stored_bits: int = heif.info["bit_depth"]
    if samples.dtype == np.uint16 and stored_bits < 16:
        repeat_high_bits(pixels, stored_bits)  # libheif leaves the low bits zero
        if alpha is not None:
            repeat_high_bits(alpha, stored_bits)
    if alpha is not None and heif.premultiplied_alpha:
        unpremultiply(pixels, alpha)
    # The pixels come upright: in HEIF the turn belongs to the picture, and EXIF orientation has no say (ISO 23008-12).
    _, exif, warnings = read_exif(lambda: exif_from_bytes(heif.info.get("exif") or b""))
    profile, profile_warnings = profile_or_made(heif.info.get("icc_profile"), _named_space(heif))
    return Decoded(pixels, alpha, profile, exif, warnings + profile_warnings)


def _named_space(heif: pillow_heif.HeifFile) -> NamedSpace | None:
    nclx: dict[str, Any] | None = heif.info.get("nclx_profile")
    return None if nclx is None else NamedSpace(nclx["color_primaries"], nclx["transfer_characteristics"])
