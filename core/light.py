"""Making a cut-out belong to its new background: its colours, and the light around its edges."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.blur import blur

_Picture = NDArray[np.float32]  # (H, W, 3) in [0, 1]

_LIGHTNESS_SHARE = 0.35  # a person before a white wall is not a white person
_GAIN_LIMIT = 1.5


@dataclass(frozen=True)
class ColourStatistics:
    """Mean and standard deviation of L*, a* and b*."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


def colour_statistics(picture: _Picture, weight: NDArray[np.float32] | None = None) -> ColourStatistics:
    """Statistics of a picture (H, W, 3), sRGB in [0, 1], in CIE L*a*b*; `weight` (H, W) says how much pixels count.

    Where all weights are 0, all pixels count the same.
    """
    values = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    weights = None if weight is None or not weight.any() else weight.reshape(-1)
    mean = np.average(values, axis=0, weights=weights)
    variance = np.average(np.square(values), axis=0, weights=weights) - np.square(mean)
    deviation = np.sqrt(np.maximum(variance, 0))
    return ColourStatistics(
        (float(mean[0]), float(mean[1]), float(mean[2])),
        (float(deviation[0]), float(deviation[1]), float(deviation[2])),
    )


def match_colours(
    foreground: _Picture, person: ColourStatistics, backdrop: ColourStatistics, strength: float
) -> _Picture:
    """A person's colours moved towards a background's.

    Mean and spread of L*, a*, b* are carried over, after Reinhard, Ashikhmin, Gooch, Shirley: "Color Transfer between
    Images", IEEE Computer Graphics and Applications 2001, but in CIE L*a*b* and with restraint: about a third of the
    difference in mean lightness, and contrasts changed by a factor of 1.5 at most.

    Args:
        foreground: (H, W, 3) sRGB in [0, 1].
        person, backdrop: `colour_statistics` of the person, weighted with its alpha, and of what is behind it.
        strength: 0 nothing … 1.

    Returns:
        (H, W, 3) float32 in [0, 1]; the foreground itself for strength 0.
    """
    if strength == 0:
        return foreground
    here, there = np.array(person.mean), np.array(backdrop.mean)
    gain = np.clip(
        np.array(backdrop.deviation) / np.maximum(np.array(person.deviation), 1e-3), 1 / _GAIN_LIMIT, _GAIN_LIMIT
    )
    target = here + (there - here) * np.array((_LIGHTNESS_SHARE, 1.0, 1.0))
    # (value - here) · gain + target, mixed with value by strength: one gain and one offset per channel.
    factor = 1 + strength * (gain - 1)
    offset = strength * (target - here * gain)
    matched = cv2.transform(
        cv2.cvtColor(foreground, cv2.COLOR_RGB2LAB), np.column_stack([np.diag(factor), offset]).astype(np.float32)
    )
    result: _Picture = np.clip(cv2.cvtColor(matched, cv2.COLOR_LAB2RGB), 0, 1, dtype=np.float32)
    return result


def falling_light(alpha: NDArray[np.float32], backdrop: _Picture, radius_px: float) -> _Picture:
    """The background's light that falls around a person's edges, for `lit`.

    Light wrap as in Brinkmann: "The Art and Science of Digital Compositing", 2nd edition 2008: the backdrop is cut out
    where the person is and blurred; what of it then lies over the person is the light. It has no detail, and may be
    worked out on a smaller picture.

    Args:
        alpha: (H, W) in [0, 1].
        backdrop: (H, W, 3) in [0, 1].
        radius_px: how far inwards the light reaches; twice the Gaussian's sigma.

    Returns:
        (H, W, 3) float32 in [0, 1].
    """
    return blur(backdrop * cv2.cvtColor(1 - alpha, cv2.COLOR_GRAY2RGB), radius_px / 2)


def lit(foreground: _Picture, light: _Picture, strength: float) -> _Picture:
    """A person's colours (H, W, 3) with so much of a light, in [0, 1], screened onto them.

    Bright backgrounds glow around the edges, a black one adds nothing.
    """
    glowing: _Picture = 1 - (1 - foreground) * (1 - np.float32(strength) * light)
    return glowing
