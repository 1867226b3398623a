"""A photo with its matte and its look, made smaller together, for results with a largest size."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io import Photo
from matting_studio.app.crop import crop_box
from matting_studio.app.cutout import refined_alpha
from matting_studio.app.document import Snapshot
from matting_studio.app.look import Blurred, Look, Shadow


def scaled_down(snapshot: Snapshot, max_size_px: int) -> Snapshot:
    """The same at a size at which the longer side of its result has at most `max_size_px`; itself where it has that.

    The result is what the look's crop leaves. Lengths of the look become smaller along with the photo.
    """
    assert snapshot.alpha is not None
    assert snapshot.trimap is not None
    height, width = snapshot.alpha.shape
    if snapshot.look.crop.kind != "none":
        alpha = refined_alpha(snapshot.photo, snapshot.alpha, snapshot.look)
        box = crop_box(snapshot.look.crop, alpha)
        longer_px = max(box.bottom - box.top, box.right - box.left)
    else:
        longer_px = max(height, width)
    if longer_px <= max_size_px:
        return snapshot
    scale = max_size_px / longer_px
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return replace(
        snapshot,
        photo=_photo(snapshot.photo, size),
        alpha=cv2.resize(snapshot.alpha, size, interpolation=cv2.INTER_AREA),
        trimap=cv2.resize(snapshot.trimap, size, interpolation=cv2.INTER_NEAREST),
        look=_look(snapshot.look, scale),
    )


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
