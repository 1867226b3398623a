"""Which part of a photo is exported."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from matting_studio.app.edits import Box
from matting_studio.app.look import Crop

_SEEN = 0.1  # alphas below are haze, not hair


def crop_box(crop: Crop, alpha: NDArray[np.float32]) -> Box:
    """The rectangle that a crop stands for.

    `person` is the person with its margin, cut off at the photo's edge. `ratio` is the person with its margin, made
    wider or higher until it has the ratio. Sideways the person stays in the middle, upwards and downwards the box is
    moved into the photo as far as it fits. So it may leave the photo: the new background goes on there, and without one
    there is transparency.

    Args:
        crop: what is wanted.
        alpha: (H, W) in [0, 1], as it will be exported. Where nobody is seen, the whole photo is the person.
    """
    height, width = alpha.shape
    whole = Box(0, 0, height, width)
    if crop.kind == "none":
        return whole
    left, top, person_width, person_height = cv2.boundingRect((alpha > _SEEN).astype(np.uint8))
    if person_width == 0:
        left, top, person_width, person_height = 0, 0, width, height
    margin_px = round(crop.margin * person_height)
    if crop.kind == "person":
        return Box(top, left, top + person_height, left + person_width).grown(margin_px, height, width)

    least_width, least_height = person_width + 2 * margin_px, person_height + 2 * margin_px
    box_width = max(least_width, math.ceil(least_height * crop.ratio))
    box_height = max(least_height, round(box_width / crop.ratio))
    box_left = left + (person_width - box_width) // 2
    box_top = top + (person_height - box_height) // 2
    if box_height <= height:
        box_top = min(max(box_top, 0), height - box_height)
    return Box(box_top, box_left, box_top + box_height, box_left + box_width)


def cropped(picture: NDArray[np.generic], box: Box, *, border: int) -> NDArray[np.generic]:
    """The part of a picture (H, W) or (H, W, 3) in a box that may leave it.

    `border` is what lies outside: cv2.BORDER_CONSTANT for zeros, cv2.BORDER_REPLICATE for the nearest pixels.
    """
    height, width = picture.shape[:2]
    inside = box.overlap(Box(0, 0, height, width))
    if inside == box:
        return picture[box.slices]
    return cv2.copyMakeBorder(
        picture[inside.slices],
        inside.top - box.top,
        box.bottom - inside.bottom,
        inside.left - box.left,
        box.right - inside.right,
        border,
    )
