"""Which part of a photo is exported."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from matting_studio.app.edits import Box
from matting_studio.app.look import Crop

_SEEN = 0.1  # alphas below are haze, not hair
_CUT = 0.01  # of the photo's side: who comes so near to its edge goes on beyond it
_HEADROOM = 1.1  # the highest box around a bust, in heights of what is seen of the person with its margin
_HEAD = 0.25  # the part of a person, from the top, that the box stays around where it cannot hold all


def crop_box(crop: Crop, alpha: NDArray[np.float32]) -> Box:
    """The rectangle that a crop stands for.

    `person` is the person with its margin, cut off at the photo's edge. `ratio` is the person with its margin, made
    wider or higher until it has the ratio. Sideways the person stays in the middle, upwards and downwards the box is
    moved into the photo as far as it fits. So it may leave the photo: the new background goes on there, and without one
    there is transparency.

    But nobody hovers over that with a straight cut: where the photo cuts a person off, the box ends too. What is
    missing is added on the other side, above the head for a bust; where both sides are cut off, or there would be more
    air than person, the box is smaller and holds the head.

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
    person = Box(top, left, top + person_height, left + person_width)
    if crop.kind == "person":
        return person.grown(margin_px, height, width)
    return _with_ratio(crop.ratio, person, margin_px, alpha)


def _with_ratio(ratio: float, person: Box, margin_px: int, alpha: NDArray[np.float32]) -> Box:
    height, width = alpha.shape
    reach_y, reach_x = _CUT * height, _CUT * width
    cut_top, cut_bottom = person.top <= reach_y, person.bottom >= height - reach_y
    cut_left, cut_right = person.left <= reach_x, person.right >= width - reach_x
    wanted = Box(
        0 if cut_top else person.top - margin_px,
        0 if cut_left else person.left - margin_px,
        height if cut_bottom else person.bottom + margin_px,
        width if cut_right else person.right + margin_px,
    )
    wanted_width, wanted_height = wanted.right - wanted.left, wanted.bottom - wanted.top

    box_width = max(wanted_width, math.ceil(wanted_height * ratio))
    box_height = max(wanted_height, round(box_width / ratio))
    highest = min(
        width / ratio if cut_left and cut_right else math.inf,
        height if cut_top and cut_bottom else math.inf,
        _HEADROOM * wanted_height if cut_bottom else math.inf,
    )
    if box_height > highest:
        box_height = max(1, math.floor(highest + 1e-6))
        box_width = max(1, round(box_height * ratio))

    middle = (person.left + person.right) / 2 if box_width >= wanted_width else _middle_of_head(person, alpha)
    box_left = math.floor(middle - box_width / 2)
    box_left = _held(box_left, box_width, width, starts=cut_left, ends=cut_right)
    box_top = wanted.top
    if box_height >= wanted_height:
        box_top = person.top + (person.bottom - person.top - box_height) // 2
    if box_height <= height:
        box_top = min(max(box_top, 0), height - box_height)
    box_top = _held(box_top, box_height, height, starts=cut_top, ends=cut_bottom)
    return Box(box_top, box_left, box_top + box_height, box_left + box_width)


def _held(start: int, length: int, photo_length: int, *, starts: bool, ends: bool) -> int:
    """Where a side of the box starts when it may not begin before the photo, or not end after it."""
    start = max(start, 0) if starts else start
    return min(start, photo_length - length) if ends else start


def _middle_of_head(person: Box, alpha: NDArray[np.float32]) -> float:
    """Where the upper part of a person has its centre of gravity, from the photo's left edge."""
    rows = max(1, round(_HEAD * (person.bottom - person.top)))
    columns = alpha[person.top : person.top + rows].sum(axis=0)
    total = float(columns.sum())
    return float(np.arange(0.5, len(columns)) @ columns) / total if total > 0 else (person.left + person.right) / 2


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
