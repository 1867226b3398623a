"""HEIC by libheif, with the 10 and 12 bits that cameras write."""

from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray

from core.image_io.decoded import Decoded
from core.image_io.exif import exif_from_bytes, read_exif
from core.image_io.made_profile import BT_2020, DISPLAY_P3, profile_of
from core.image_io.samples import unpremultiply

# Numbers of ITU-T H.273: those of BT.709, which sRGB shares, and "unspecified". Curves of cameras and of sRGB differ by
# what no viewer makes a difference of.
_SRGB_PRIMARIES = frozenset({1, 2})
_OTHER_PRIMARIES = {9: BT_2020, 12: DISPLAY_P3}
_SRGB_CURVES = frozenset({1, 2, 6, 13, 14, 15})

_TAKEN_AS_SRGB = (
    "Its colours are not sRGB and have no colour profile: they were taken as sRGB and look flat. Save it as sRGB, or "
    "with a colour profile."
)


def decode_heif(heif: pillow_heif.HeifFile) -> Decoded:
    """Read the pixels of an opened file. Raises: ValueError, EOFError, SyntaxError, RuntimeError, OSError."""
    samples: NDArray[Any] = np.asarray(heif)
    pixels = np.empty((*samples.shape[:2], 3), samples.dtype)
    pixels[:] = samples[..., np.newaxis] if samples.ndim == 2 else samples[..., :3]
    alpha = samples[..., 3].copy() if heif.has_alpha else None
    stored_bits: int = heif.info["bit_depth"]
    if samples.dtype == np.uint16 and stored_bits < 16:
        # libheif leaves the low bits zero. White is white only when the high bits are repeated there.
        pixels |= pixels >> stored_bits
        if alpha is not None:
            alpha |= alpha >> stored_bits
    if alpha is not None and heif.premultiplied_alpha:
        unpremultiply(pixels, alpha)
    # The pixels come upright: in HEIF the turn belongs to the picture, and EXIF orientation has no say (ISO 23008-12).
    _, exif, warnings = read_exif(lambda: exif_from_bytes(heif.info.get("exif") or b""))
    profile, profile_warnings = _profile(heif.info)
    return Decoded(pixels, alpha, profile, exif, warnings + profile_warnings)


def _profile(info: dict[str, Any]) -> tuple[bytes | None, tuple[str, ...]]:
    """The profile that a file has, or one for the colour space that it gives by numbers instead; and a warning."""
    nclx: dict[str, Any] | None = info.get("nclx_profile")
    if nclx is None:
        return info.get("icc_profile"), ()
    primaries = nclx["color_primaries"]
    if nclx["transfer_characteristics"] in _SRGB_CURVES:
        if primaries in _SRGB_PRIMARIES:
            return None, ()
        if primaries in _OTHER_PRIMARIES:
            return profile_of(_OTHER_PRIMARIES[primaries]), ()
    return None, (_TAKEN_AS_SRGB,)
