"""The full-size result of a document: what the preview shows, in the photo's own colour space."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.backdrop import Part
from core.composite import Defocused, composite_samples, defocused
from core.image_io import BitDepth, FromSrgb, IntegerSamples, Photo, as_float, integer_dtype, to_bit_depth
from core.shadow import with_shadow
from matting_studio.app.crop import crop_box, cropped
from matting_studio.app.cutout import Cutout, cut_out
from matting_studio.app.develop import (
    Layers,
    colours_to_match,
    enlarged,
    laid,
    painted,
    read_background,
    thrown_around,
    wrapping_light,
)
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Box
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Blurred, Look, Plain, Transparent
from matting_studio.app.pyramid import halved, overview_level

_Rgb = NDArray[np.float32]  # (h, w, 3) in [0, 1]
_Plane = NDArray[np.float32]  # (h, w) in [0, 1]

_BAND_PIXELS = 1 << 21


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished cut-out, cropped as the look says."""

    foreground: IntegerSamples
    """(h, w, 3) straight colours, in the photo's own colour space and of its type. A shadow on transparency is part of
    it."""
    alpha: _Plane
    """(h, w) in [0, 1]."""
    composite: IntegerSamples | None
    """(h, w, 3): foreground and shadow on the background, in the photo's own space; None if that is transparent."""
    box: Box
    """What of the photo it is; it may leave the photo."""


def finish(snapshot: Snapshot, token: CancelToken) -> Finished:
    """Work out a document's result at full size.

    Raises:
        ValueError: there is no matte yet.
        ImageReadError: the background picture cannot be read.
        JobCancelled: the token was cancelled; it is looked at between the stages.
    """
    if snapshot.alpha is None:
        raise ValueError("There is no matte to finish yet.")
    photo, look = snapshot.photo, snapshot.look
    picture = read_background(look.background)
    cutout = cut_out(photo, snapshot.alpha, look)
    token.raise_if_cancelled()
    return complete(cutout, look, picture, token, photo.bit_depth, box=snapshot.box)


def complete(
    cutout: Cutout,
    look: Look,
    picture: Photo | None,
    token: CancelToken,
    bit_depth: BitDepth,
    *,
    box: Box | None = None,
) -> Finished:
    """Put a cut-out, made with the same look, on its background, and crop it.

    The new background is given in sRGB and brought to the photo's space, with 8 bits where that takes a profile.

    Args:
        cutout: at the photo's size.
        look: its background, shadow, light and crop are used here.
        picture: what `read_background` gives for the look's background.
        token: looked at between the stages; raises JobCancelled.
        bit_depth: of what is mixed here.
        box: what of the photo it is; None for what the look's crop says.
    """
    foreground, alpha = cutout.foreground, cutout.alpha
    box = crop_box(look.crop, alpha) if box is None else box
    cropped_foreground = cropped(foreground, box, border=cv2.BORDER_REPLICATE)
    cropped_alpha = cropped(alpha, box, border=cv2.BORDER_CONSTANT)
    shadow = None if look.shadow is None else thrown_around(look.shadow, alpha, 1.0, box)
    if isinstance(look.background, Transparent):
        if look.shadow is not None and shadow is not None:
            joined = _shadowed(cropped_foreground, cropped_alpha, shadow, look.shadow.opacity, bit_depth)
            return Finished(*joined, None, box)
        return Finished(cropped_foreground, cropped_alpha, None, box)

    token.raise_if_cancelled()
    ground = _Ground.under(cutout, look, picture)
    colours = light = None
    if look.colour_match > 0:
        colours = colours_to_match(foreground, alpha, ground.overview())
    if look.light_wrap > 0:
        light = wrapping_light(halved(alpha, ground.overview_level), ground.overview())
    untouched = colours is None and light is None and shadow is None
    composite = np.empty(cropped_foreground.shape, integer_dtype(bit_depth))
    for rows in _bands(composite):
        token.raise_if_cancelled()
        part = Box(box.top + rows.start, box.left, box.top + rows.stop, box.right)
        if untouched:
            front = to_bit_depth(cropped_foreground[rows], bit_depth)
            composite[rows] = composite_samples(front, cropped_alpha[rows], ground.samples(part, bit_depth))
            continue
        layers = Layers(
            as_float(cropped_foreground[rows]),
            cropped_alpha[rows],
            None if shadow is None else shadow[rows],
            None if light is None else enlarged(light, 0.5**ground.overview_level, part, smooth=True),
            ground.part(part),
        )
        composite[rows] = to_bit_depth(laid(layers, look, colours), bit_depth)
    return Finished(cropped_foreground, cropped_alpha, composite, box)


def _shadowed(
    foreground: IntegerSamples, alpha: _Plane, shadow: _Plane, opacity: float, bit_depth: BitDepth
) -> tuple[IntegerSamples, _Plane]:
    """A cut-out with its shadow, as straight colours and alpha."""
    colours, joined = np.empty(foreground.shape, integer_dtype(bit_depth)), np.empty_like(alpha)
    for rows in _bands(colours):
        mixed, joined[rows] = with_shadow(as_float(foreground[rows]), alpha[rows], shadow[rows], opacity)
        colours[rows] = to_bit_depth(mixed, bit_depth)
    return colours, joined


@dataclass(frozen=True, eq=False)
class _Ground:
    """What is behind the person, in the photo's own colour space."""

    photo: Photo
    look: Look
    picture: Photo | None
    blurred: Defocused | None
    """The photo's own background out of focus, where it is wanted."""

    @classmethod
    def under(cls, cutout: Cutout, look: Look, picture: Photo | None) -> "_Ground":
        """What a look puts behind a cut-out."""
        blurred = None
        if isinstance(look.background, Blurred):
            blurred = defocused(cutout.photo.pixels, cutout.matte, look.background.radius_px)
        return cls(cutout.photo, look, picture, blurred)

    @property
    def overview_level(self) -> int:
        return overview_level(*self.photo.pixels.shape[:2])

    def part(self, box: Box) -> _Rgb:
        """What is behind a box of the photo, which may leave it."""
        if self.blurred is not None:
            return self.blurred.part(*box.slices)
        height, width = self.photo.pixels.shape[:2]
        return self._painted(Part(height, width, 1.0, box.top, box.left, box.bottom - box.top, box.right - box.left))

    def samples(self, box: Box, bit_depth: BitDepth) -> IntegerSamples:
        """The same as integers; not to be written to."""
        if isinstance(self.look.background, Plain):
            colour = to_bit_depth(self.part(Box(0, 0, 1, 1)), bit_depth)
            return np.broadcast_to(colour, (box.bottom - box.top, box.right - box.left, 3))
        return to_bit_depth(self.part(box), bit_depth)

    def overview(self) -> _Rgb:
        """All of it, small: the preview's overview."""
        height, width = self.photo.pixels.shape[:2]
        level = self.overview_level
        if self.blurred is not None:
            return self.blurred.at(height >> level, width >> level)
        return self._painted(Part(height, width, 0.5**level, 0, 0, height >> level, width >> level))

    def _painted(self, part: Part) -> _Rgb:
        profile = self.photo.icc_profile
        if self.picture is not None and self.picture.icc_profile == profile:
            # Pictures of one camera share a profile: then nothing is converted, and nothing is lost.
            return painted(self.look.background, part, self.picture.pixels)
        image = None if self.picture is None else self.picture.image
        srgb = painted(self.look.background, part, image)
        if self._from_srgb is None:
            return srgb
        return as_float(self._from_srgb.convert(to_bit_depth(srgb, 8)))

    @cached_property
    def _from_srgb(self) -> FromSrgb | None:
        return None if self.photo.icc_profile is None else FromSrgb(self.photo.icc_profile)


def _bands(picture: IntegerSamples) -> Iterator[slice]:
    """Slices of rows: so no second full-size background is held."""
    height, width = picture.shape[:2]
    step = max(1, _BAND_PIXELS // width)
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))
