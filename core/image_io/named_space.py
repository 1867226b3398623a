"""Colour spaces that a file only names, by the numbers of ITU-T H.273, instead of holding a profile."""

from typing import NamedTuple

from core.image_io.made_profile import BT_2020, DISPLAY_P3, profile_of


class NamedSpace(NamedTuple):
    """Code points of ITU-T H.273."""

    primaries: int
    curve: int
    """Its "transfer characteristics"."""


# The numbers of BT.709, which sRGB shares, and "unspecified". Curves of cameras and of sRGB differ by what no viewer
# makes a difference of.
_SRGB_PRIMARIES = frozenset({1, 2})
_OTHER_PRIMARIES = {9: BT_2020, 12: DISPLAY_P3}
_SRGB_CURVES = frozenset({1, 2, 6, 13, 14, 15})

_TAKEN_AS_SRGB = (
    "Its colours are not sRGB and have no colour profile: they were taken as sRGB and look flat. Save it as sRGB, or "
    "with a colour profile."
)


def profile_or_made(profile: bytes | None, space: NamedSpace | None) -> tuple[bytes | None, tuple[str, ...]]:
    """The profile that a file has, or one for the colour space that it names instead; None stands for sRGB.

    And a warning where there is neither and the space is none that is known, such as those of HDR.
    """
    if profile is not None or space is None:
        return profile, ()
    if space.curve in _SRGB_CURVES:
        if space.primaries in _SRGB_PRIMARIES:
            return None, ()
        if space.primaries in _OTHER_PRIMARIES:
            return profile_of(_OTHER_PRIMARIES[space.primaries]), ()
    return None, (_TAKEN_AS_SRGB,)
