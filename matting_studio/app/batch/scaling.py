"""A photo with its matte and its look, made smaller together, for results with a largest size."""

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io import Photo
from matting_studio.app.crop import crop_box
from matting_studio.app.cutout import refined_alpha
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Box
from matting_studio.app.look import Blurred, Look, Shadow


def scaled_down(snapshot: Snapshot, max_size_px: int) -> Snapshot:
    """The same at a size at which the longer side of its result has `max_size_px`; itself where it has less.

    The result is what the look's crop leaves, and it is found at the photo's own size: searched anew in the small
    matte, it would be a pixel larger here and smaller there. Those with one ratio become all of one size. Lengths of
    the look become smaller along with the photo.
    """
    assert snapshot.alpha is not None
    assert snapshot.trimap is not None
    height, width = snapshot.alpha.shape
    crop, box = snapshot.look.crop, Box(0, 0, height, width)
    if crop.kind != "none":
        box = crop_box(crop, refined_alpha(snapshot.photo, snapshot.alpha, snapshot.look))
    box_height, box_width = box.bottom - box.top, box.right - box.left
    longer_px = max(box_height, box_width)
    if longer_px <= max_size_px:
        return snapshot
    ratio = crop.ratio if crop.kind == "ratio" else box_width / box_height
    result_height = max(1, round(min(max_size_px, max_size_px / ratio)))
    result_width = max(1, round(min(max_size_px, max_size_px * ratio)))
    # The two differ by less than a pixel over the whole box.
    down, across = result_height / box_height, result_width / box_width
    top, left = _nearest(box.top * down), _nearest(box.left * across)
    result = Box(top, left, top + result_height, left + result_width)
    # Where the box ends with the photo, it does so here.
    size = (
        max(_nearest(width * across), result.right if box.right <= width else 1),
        max(_nearest(height * down), result.bottom if box.bottom <= height else 1),
    )
    return replace(
        snapshot,
        photo=_photo(snapshot.photo, size),
        alpha=cv2.resize(snapshot.alpha, size, interpolation=cv2.INTER_AREA),
        trimap=cv2.resize(snapshot.trimap, size, interpolation=cv2.INTER_NEAREST),
        look=_look(snapshot.look, max_size_px / longer_px),
        box=result,
    )


def _nearest(value: float) -> int:
    """Rounded so that whole numbers can be added before or after."""
    return math.floor(value + 0.5)


def _photo(photo: Photo, size: tuple[int, int]) -> Photo:
    pixels = _shrunk(photo.pixels, size)
    return replace(
        photo,
        pixels=pixels,
        image=pixels if photo.image is photo.pixels else _shrunk(photo.image, size),
        alpha=None if photo.alpha is None else _shrunk(photo.alpha, size),
    )


def _shrunk(picture: NDArray, size: tuple[int, int]) -> NDArray:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _look(look: Look, scale: float) -> Look:
    refinement = look.refinement.model_copy(
        update={
            "edge_shift_px": look.refinement.edge_shift_px * scale,
            "feather_px": look.refinement.feather_px * scale,
        }
    )
    background, shadow = look.background, look.shadow
    if isinstance(background, Blurred):
        background = Blurred(radius_px=background.radius_px * scale)
    if shadow is not None:
        shadow = Shadow(
            opacity=shadow.opacity,
            blur_px=shadow.blur_px * scale,
            shift_x_px=shadow.shift_x_px * scale,
            shift_y_px=shadow.shift_y_px * scale,
        )
    return look.model_copy(update={"refinement": refinement, "background": background, "shadow": shadow})
