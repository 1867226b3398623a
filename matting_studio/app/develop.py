"""A look applied to pixels: the stages that a preview and a full-size result have in common.

All take a part of a photo at a scale, so what is seen and what is written are made by the same code. Lengths of a look
are in pixels of the photo.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.backdrop import Part, gradient, place_picture
from core.composite import composite
from core.errors import ImageReadError
from core.image_io import IntegerSamples, Photo, Samples, as_float, read_photo, to_bit_depth
from core.light import ColourStatistics, colour_statistics, falling_light, lit, match_colours
from core.refinement import refine
from core.shadow import cast_shadow, darken
from matting_studio.app.crop import cropped
from matting_studio.app.edits import Box
from matting_studio.app.look import Background, Gradient, Look, Picture, Plain, Refinement, Shadow

_Rgb = NDArray[np.float32]  # (h, w, 3) in [0, 1]
_Plane = NDArray[np.float32]  # (h, w) in [0, 1]

_WRAP_RADIUS = 0.01  # of the photo's longer side
_SAMPLES = 60_000  # pixels that statistics are made of


def reach_px(look: Look) -> int:
    """How far from a pixel the matte still has an effect on it, in pixels of the photo."""
    refinement, shadow = look.refinement, look.shadow
    reach = abs(refinement.edge_shift_px) + 2 * refinement.feather_px
    if shadow is not None:
        reach += 1.5 * shadow.blur_px + max(abs(shadow.shift_x_px), abs(shadow.shift_y_px))
    return math.ceil(reach)


def refined(alpha: _Plane, refinement: Refinement, scale: float) -> _Plane:
    """The matte adjusted, but for the choice of the largest person, which takes the whole photo to be seen."""
    return refine(
        alpha,
        edge_shift_px=refinement.edge_shift_px * scale,
        feather_px=refinement.feather_px * scale,
        black_point=refinement.black_point,
        white_point=refinement.white_point,
    )


def decontaminated(image: Samples, foreground: Samples, strength: float) -> Samples:
    """The photo's colours, as far as wanted replaced by the estimated ones of the person; all of one type."""
    if strength == 1:
        return foreground
    return cv2.addWeighted(foreground, strength, image, 1 - strength, 0)


def thrown(shadow: Shadow, alpha: _Plane, scale: float) -> _Plane:
    """Where a shadow falls, not yet weakened by its opacity."""
    return cast_shadow(
        alpha,
        blur_px=shadow.blur_px * scale,
        shift_x_px=shadow.shift_x_px * scale,
        shift_y_px=shadow.shift_y_px * scale,
    )


def thrown_around(shadow: Shadow, alpha: _Plane, scale: float, box: Box) -> NDArray[np.float32]:
    """The same in a box that may leave the photo, whose whole alpha is given: nobody goes on there."""
    height, width = alpha.shape
    room = box.joined(Box(0, 0, height, width))
    falls = thrown(shadow, cropped(alpha, room, border=cv2.BORDER_CONSTANT), scale)
    return falls[box.within(room)]


def read_background(background: Background) -> Photo | None:
    """The picture that a background needs; None where it needs none. Raises ImageReadError.

    One with transparency lies over white, as on paper: the colours that it hides are nobody's concern.
    """
    if not isinstance(background, Picture):
        return None
    try:
        photo = read_photo(background.path)
    except ImageReadError as error:
        raise ImageReadError(f"The background picture cannot be used. {error}") from error
    if photo.alpha is None:
        return photo
    same = photo.pixels is photo.image
    image = _over_white(photo.image, photo.alpha)
    pixels = image if same else _over_white(photo.pixels, photo.alpha)
    return replace(photo, image=image, pixels=pixels, alpha=None)


def _over_white(picture: IntegerSamples, alpha: _Plane) -> IntegerSamples:
    """(h, w, 3) of its own type; white is the same in all RGB spaces."""
    white = composite(as_float(picture), alpha, (1.0, 1.0, 1.0))
    return to_bit_depth(white, 8 if picture.dtype == np.uint8 else 16)


def colours_to_match(foreground: Samples, alpha: _Plane, backdrop: _Rgb) -> tuple[ColourStatistics, ColourStatistics]:
    """Colours of the person and of its new background, both over a whole photo, at any scales."""
    return colour_statistics(_sample(foreground), _sample(alpha)), colour_statistics(_sample(backdrop))


def _sample(picture: Samples) -> NDArray[np.float32]:
    """A regular sample of the pixels of (H, W) or (H, W, 3)."""
    step = max(1, math.isqrt(picture.shape[0] * picture.shape[1] // _SAMPLES))
    return as_float(np.ascontiguousarray(picture[step // 2 :: step, step // 2 :: step]))


def painted(background: Background, part: Part, picture: IntegerSamples | None) -> _Rgb:
    """A background that has nothing to do with the photo, in sRGB.

    `picture` holds the pixels of a Picture; the result is in their colour space then.

    Raises ValueError where the background takes more than that to be painted.
    """
    match background:
        case Plain():
            return np.full((part.height, part.width, 3), background.colour, np.float32)
        case Gradient():
            return gradient(part, background.start, background.end, background.angle_degrees)
        case Picture(placement=where) if picture is not None:
            return as_float(
                place_picture(picture, part, where.fit, zoom=where.zoom, shift_x=where.shift_x, shift_y=where.shift_y)
            )
    raise ValueError(f"A background of the kind {background.kind} cannot be painted without what it is made from.")


@dataclass(frozen=True, eq=False)
class Layers:
    """What lies over each other, of one part of a photo."""

    foreground: _Rgb
    alpha: _Plane
    shadow: _Plane | None
    light: _Rgb | None
    """What falls from the backdrop on the person, where light wrap is wanted."""
    backdrop: _Rgb


def laid(layers: Layers, look: Look, colours: tuple[ColourStatistics, ColourStatistics] | None) -> _Rgb:
    """The person on its new background.

    `colours` are the person's and the background's over the whole photo; None where they are not to be matched.
    """
    foreground, backdrop = layers.foreground, layers.backdrop
    if colours is not None:
        foreground = match_colours(foreground, *colours, strength=look.colour_match)
    if layers.light is not None:
        foreground = lit(foreground, layers.light, look.light_wrap)
    if layers.shadow is not None and look.shadow is not None:
        backdrop = darken(backdrop, layers.shadow, look.shadow.opacity)
    return composite(foreground, layers.alpha, backdrop)


def wrapping_light(alpha: _Plane, backdrop: _Rgb) -> _Rgb:
    """The light from a backdrop on a person, both of a whole photo, at any scale."""
    return falling_light(alpha, backdrop, _WRAP_RADIUS * max(alpha.shape))


def enlarged(small: NDArray[np.generic], scale: float, box: Box, *, smooth: bool) -> NDArray[np.generic]:
    """A part of a picture that was worked out for the whole photo at a smaller scale.

    Args:
        small: (h, w) or (h, w, 3).
        scale: pixels of `small` per pixel of the result, at most 1.
        box: what of the result is wanted, in its pixels.
        smooth: interpolated, or each pixel the nearest one.
    """
    mapping = np.array(
        [[scale, 0, (box.left + 0.5) * scale - 0.5], [0, scale, (box.top + 0.5) * scale - 0.5]], dtype=np.float64
    )
    return cv2.warpAffine(
        small,
        mapping,
        (box.right - box.left, box.bottom - box.top),
        flags=(cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
