"""A cut-out over something new: a colour, a picture, or its own photo blurred.

Everything is mixed in sRGB-encoded values, not in linear light, as image editors and browsers do: the alpha was
estimated from encoded values, and a file exported with alpha then looks elsewhere as it looks here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from core.enlarge import enlarged_part
from core.image_io.samples import IntegerSamples, Samples, as_float, bit_depth_of, to_bit_depth
from core.transition_blocks import transition_blocks

Colour = tuple[float, float, float]

_Picture = NDArray[np.float32]  # (H, W, 3) in [0, 1]

_BAND_PX = 1 << 20  # pixels worked on at once: temporaries stay small beside a 24-megapixel photo
_NO_BACKGROUND_SEEN = 0.5


def composite(
    foreground: NDArray[np.floating], alpha: NDArray[np.floating], background: Colour | NDArray[np.floating]
) -> NDArray[np.float32]:
    """alpha · foreground + (1 − alpha) · background.

    Args:
        foreground: (H, W, 3) float in [0, 1], straight (not premultiplied) colours.
        alpha: (H, W) float in [0, 1].
        background: three floats in [0, 1], or (H, W, 3) float in [0, 1]; `backdrop.place_picture` brings a
            picture to size.

    Returns:
        (H, W, 3) float32 in [0, 1]; exactly the foreground where alpha is 1, exactly the background where it is 0.

    Raises:
        ValueError: sizes differ, an array is not float, or the colour leaves [0, 1].
    """
    _check_picture(foreground, "foreground")
    _check_alpha(alpha, foreground)
    if isinstance(background, tuple):
        if len(background) != 3 or not all(0 <= value <= 1 for value in background):
            raise ValueError(f"A background colour is three values in [0, 1], not {background}.")
        backdrop: NDArray[np.floating] = np.broadcast_to(np.array(background, dtype=np.float32), foreground.shape)
    else:
        _check_picture(background, "background")
        if background.shape != foreground.shape:
            raise ValueError(
                f"The background is {background.shape[:2]} and the foreground {foreground.shape[:2]}; "
                "bring it to size with place_picture."
            )
        backdrop = background
    result = np.empty(foreground.shape, dtype=np.float32)
    for rows in _bands(*alpha.shape):
        opacity = _three_channels(alpha[rows])
        np.multiply(foreground[rows], opacity, out=result[rows], casting="same_kind")
        np.subtract(1, opacity, out=opacity)
        np.multiply(backdrop[rows], opacity, out=opacity, casting="same_kind")
        result[rows] += opacity
    return result


def composite_samples(
    foreground: IntegerSamples, alpha: NDArray[np.float32], background: IntegerSamples
) -> IntegerSamples:
    """`composite` of pictures whose samples are integers, rounded: only what is neither is mixed.

    Args:
        foreground: (H, W, 3) uint8 or uint16, straight colours.
        alpha: (H, W) float32 in [0, 1].
        background: (H, W, 3) of the foreground's type; it may be a broadcast colour.

    Returns:
        (H, W, 3) of their type.
    """
    result = background.copy()
    cv2.copyTo(foreground, (alpha > 0.5).view(np.uint8), result)
    # Nearer to 0 or 1 than this, mixing would be rounded away.
    sure = 0.5 / np.iinfo(foreground.dtype).max
    for block in transition_blocks(alpha, sure):
        part = block.slices
        mixed = composite(as_float(foreground[part]), alpha[part], as_float(background[part]))
        result[part] = to_bit_depth(mixed, bit_depth_of(result))
    return result


@dataclass(frozen=True, eq=False)
class Defocused:
    """A photo's own background, out of focus; any part of it can be had without all of it being made."""

    small: NDArray[np.float32]
    """(h, w, 3) in [0, 1]: all of it, as small as the blur allows."""
    height: int
    width: int

    def part(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """(h, w, 3) in [0, 1] at the photo's size; beyond the photo's edges its outermost pixels go on."""
        return enlarged_part(self.small, (self.height, self.width), rows, columns)

    def at(self, height: int, width: int) -> NDArray[np.float32]:
        """All of it at another size, (height, width, 3) in [0, 1]."""
        # Not cubic: where it enlarges edges of this softness it ripples, twice as far off as straight lines are.
        interpolation = cv2.INTER_AREA if height < self.small.shape[0] else cv2.INTER_LINEAR
        return cv2.resize(self.small, (width, height), interpolation=interpolation).astype(np.float32, copy=False)


def blurred_backdrop(image: Samples, alpha: NDArray[np.floating], radius_px: float) -> NDArray[np.float32]:
    """The photo's own background, out of focus, at once: see `defocused`. (H, W, 3) float32 in [0, 1]."""
    return defocused(image, alpha, radius_px).at(*alpha.shape)


def defocused(image: Samples, alpha: NDArray[np.floating], radius_px: float) -> Defocused:
    """The photo's own background, out of focus: composite the cut-out over it for the portrait look.

    The person is taken out before blurring and the hole filled from the background around it, from coarse to fine
    (push-pull: Gortler, Grzeszczuk, Szeliski, Cohen: "The Lumigraph", SIGGRAPH 1996). So no glow of the person's
    colours surrounds the cut-out.

    Args:
        image: (H, W, 3) uint8, uint16 or float in [0, 1].
        alpha: (H, W) float in [0, 1].
        radius_px: radius of the blur, twice the Gaussian's sigma; 0 only fills the hole.

    Returns:
        The backdrop; grey where alpha leaves no background to be seen at all.

    Raises:
        ValueError: sizes differ, the alpha is not float, or the radius is negative.
    """
    _check_shape(image, "image")
    _check_alpha(alpha, image)
    if not radius_px >= 0:
        raise ValueError(f"The radius of a blur is 0 px or more, not {radius_px}.")
    height, width = alpha.shape
    # Work so small that sigma is about 2 px there: a wide blur hides the loss, and costs the same as a narrow one.
    factor = max(1, min(int(radius_px / 4), height, width))
    backdrop = _fill_holes(*_shrink_background(image, alpha, factor))
    if radius_px > 0:
        cv2.GaussianBlur(backdrop, (0, 0), radius_px / 2 / factor, dst=backdrop)
    return Defocused(backdrop, height, width)


def parse_colour(text: str) -> Colour:
    """A colour as people write it.

    Args:
        text: "#rrggbb", "#rgb", or a CSS name such as "white" or "teal"; case and spaces around it do not matter.

    Returns:
        (red, green, blue), each in [0, 1].

    Raises:
        ValueError: the text names no opaque colour.
    """
    refusal = f'"{text}" is no opaque colour; write #rrggbb, #rgb or a name such as white.'
    try:
        channels = ImageColor.getrgb(text.strip())
    except ValueError:
        raise ValueError(refusal) from None
    if len(channels) != 3:
        raise ValueError(refusal)
    red, green, blue = channels
    return red / 255, green / 255, blue / 255


def _check_shape(picture: Samples | NDArray[np.floating], name: str) -> None:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
        raise ValueError(f"The {name} must have the shape (H, W, 3) and at least one pixel; it has {picture.shape}.")


def _check_picture(picture: NDArray[np.floating], name: str) -> None:
    _check_shape(picture, name)
    if not np.issubdtype(picture.dtype, np.floating):
        raise ValueError(f"The {name} must be float in [0, 1]; it is {picture.dtype}.")


def _check_alpha(alpha: NDArray[np.floating], picture: Samples | NDArray[np.floating]) -> None:
    if alpha.shape != picture.shape[:2]:
        raise ValueError(f"The alpha is {alpha.shape} and the picture {picture.shape[:2]}; give both one size.")
    if not np.issubdtype(alpha.dtype, np.floating):
        raise ValueError(f"The alpha must be float in [0, 1]; it is {alpha.dtype}.")


def _bands(height: int, width: int, multiple_px: int = 1) -> Iterator[slice]:
    """Slices of rows of about `_BAND_PX` pixels, each but the last a multiple of so many rows high."""
    step = max(1, _BAND_PX // (width * multiple_px)) * multiple_px
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _three_channels(plane: NDArray[np.floating]) -> _Picture:
    """(H, W) to (H, W, 3): multiplying such arrays is several times faster than broadcasting a last axis of 1."""
    repeated = np.empty((*plane.shape, 3), dtype=np.float32)
    cv2.cvtColor(np.ascontiguousarray(plane, dtype=np.float32), cv2.COLOR_GRAY2RGB, dst=repeated)
    return repeated


def _shrink_background(
    image: Samples, alpha: NDArray[np.floating], factor: int
) -> tuple[_Picture, NDArray[np.float32]]:
    """The background premultiplied with its weight, and the weight in [0, 1], both `factor` times smaller.

    Rows and columns left over at the end are dropped: fewer than a fourth of the blur's radius.
    """
    small_height, small_width = alpha.shape[0] // factor, alpha.shape[1] // factor
    used_height, used_width = small_height * factor, small_width * factor
    colours = np.empty((small_height, small_width, 3), dtype=np.float32)
    weights = np.empty((small_height, small_width), dtype=np.float32)
    for rows in _bands(used_height, used_width, factor):
        small_rows = slice(rows.start // factor, rows.stop // factor)
        small_size = (small_width, small_rows.stop - small_rows.start)
        # Even a tenth of the person in a pixel would tint the blur: such pixels count for nothing.
        weight = np.clip(1 - 10 * alpha[rows, :used_width], 0, 1).astype(np.float32, copy=False)
        premultiplied = _three_channels(weight)
        part = image[rows, :used_width]
        premultiplied *= part if np.issubdtype(part.dtype, np.floating) else as_float(part)
        colours[small_rows] = cv2.resize(premultiplied, small_size, interpolation=cv2.INTER_AREA)
        weights[small_rows] = cv2.resize(weight, small_size, interpolation=cv2.INTER_AREA)
    return colours, weights


def _fill_holes(premultiplied: _Picture, weight: NDArray[np.float32]) -> _Picture:
    """Colours everywhere, from colours premultiplied with a weight; coarser levels add what it is short of 1."""
    height, width = weight.shape
    if weight.min() >= 1:
        return premultiplied
    if height == width == 1:
        present = float(weight[0, 0])
        return premultiplied / present if present > 0 else np.full_like(premultiplied, _NO_BACKGROUND_SEEN)
    coarse_size = (max(1, width // 2), max(1, height // 2))
    coarse_premultiplied = cv2.resize(premultiplied, coarse_size, interpolation=cv2.INTER_AREA).reshape(
        coarse_size[1], coarse_size[0], 3
    )
    coarse_weight = cv2.resize(weight, coarse_size, interpolation=cv2.INTER_AREA).reshape(coarse_size[::-1])
    # A coarse pixel that saw the weight of one whole fine pixel, of four, is sure of its colour.
    gain = 1 / np.maximum(coarse_weight, 0.25)
    filled = _fill_holes(
        (coarse_premultiplied * _three_channels(gain)).astype(np.float32, copy=False),
        (coarse_weight * gain).astype(np.float32, copy=False),
    )
    upsampled = np.empty_like(premultiplied)
    cv2.resize(filled, (width, height), dst=upsampled)
    for rows in _bands(height, width):
        upsampled[rows] *= _three_channels(1 - weight[rows])
        upsampled[rows] += premultiplied[rows]
    return upsampled
