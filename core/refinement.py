"""Adjusting a finished alpha: the largest person only, contrast, the outline in or out, softer."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.blur import blur
from core.boxes import bounds, grown, whole
from core.unit_interval import ROUNDING, check_unit_interval

_Plane = NDArray[np.float32]  # (H, W) in [0, 1]

_SEEN = 1 / 255  # alphas up to this are not seen, and nothing is moved or softened on their account
_PERSON = 0.5  # what is more opaque belongs to somebody
_HAIR = 0.05  # what is less opaque connects nothing
_NARROWEST_CONTRAST = 1 / 255
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def refine(
    alpha: _Plane,
    *,
    edge_shift_px: float = 0.0,
    feather_px: float = 0.0,
    black_point: float = 0.0,
    white_point: float = 1.0,
    keep_largest: bool = False,
) -> _Plane:
    """Adjust an alpha; in this order: largest person, contrast, edge shift, feather.

    Args:
        alpha: (H, W) float32 in [0, 1]; it is not written to.
        edge_shift_px: moves the outline out (positive) or in, hair with its softness; fractions count.
        feather_px: softens the outline where it is. Twice the Gaussian's sigma.
        black_point: alpha that becomes 0; what lies between is stretched.
        white_point: alpha that becomes 1. Where it is not above the black point, the outline becomes hard.
        keep_largest: takes away all but the largest person and what hangs on it.

    Returns:
        (H, W) float32 in [0, 1]; the alpha itself if nothing is to be done.

    Raises:
        ValueError: the feather is negative, or alpha leaves [0, 1], as NaN does.
    """
    check_unit_interval(alpha, "alpha", ROUNDING)
    if not feather_px >= 0:
        raise ValueError(f"The feather is 0 px or more, not {feather_px}.")
    if keep_largest:
        alpha = alpha * largest_person(alpha)
    if (black_point, white_point) != (0.0, 1.0):
        alpha = stretch(alpha, black_point, white_point)
    if edge_shift_px == 0 and feather_px == 0:
        return alpha
    person = bounds(alpha > _SEEN)
    if person is None:
        return alpha
    around = grown(person, math.ceil(max(edge_shift_px, 0) + 2 * feather_px) + 1, whole(alpha.shape))
    moved = _shift_edge(np.ascontiguousarray(alpha[around]), edge_shift_px)
    refined = alpha.copy()
    refined[around] = blur(moved, feather_px / 2)
    return refined


def largest_person(alpha: _Plane) -> NDArray[np.bool_]:
    """Where the largest person is, its hair and whatever touches it included; (H, W).

    The largest connected region with alpha above 0.5 is the person. Regions connected to it through alphas of 0.05 and
    more stay; all others, islands and other people, go. Everything is kept where nobody is seen.
    """
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((alpha > _PERSON).astype(np.uint8))
    if count <= 1:
        return np.ones(alpha.shape, dtype=np.bool_)
    largest = 1 + int(np.argmax(statistics[1:, cv2.CC_STAT_AREA]))
    row, column = divmod(int(np.argmax(labels.reshape(-1) == largest)), alpha.shape[1])
    _, soft_labels = cv2.connectedComponents((alpha > _HAIR).astype(np.uint8))
    person = (soft_labels == soft_labels[row, column]).astype(np.uint8)
    # The faint fringe outside the threshold belongs to the hair too.
    kept: NDArray[np.bool_] = cv2.dilate(person, _CROSS, iterations=3).view(np.bool_)
    return kept


def stretch(alpha: _Plane, black_point: float, white_point: float) -> _Plane:
    """Contrast: black_point and below becomes 0, white_point and above 1, linear between. (H, W) float32."""
    width = max(white_point - black_point, _NARROWEST_CONTRAST)
    stretched: _Plane = np.subtract(alpha, black_point, dtype=np.float32)
    stretched *= np.float32(1 / width)
    return np.clip(stretched, 0, 1, out=stretched)


def _shift_edge(alpha: _Plane, shift_px: float) -> _Plane:
    """Grey dilation or erosion: each level of alpha moves as a whole, so a soft outline stays as soft as it was.

    Between two whole radii alphas are mixed, which moves an outline by the fraction.
    """
    whole, fraction = divmod(abs(shift_px), 1)
    moved = _grow(alpha, int(whole), outwards=shift_px > 0)
    if fraction == 0:
        return moved
    further = _grow(moved, 1, outwards=shift_px > 0)
    mixed: _Plane = cv2.addWeighted(moved, 1 - fraction, further, fraction, 0).astype(np.float32, copy=False)
    return mixed


def _grow(alpha: _Plane, radius_px: int, *, outwards: bool) -> _Plane:
    """Maximum, or minimum, within an octagon: a square of 0.414 of the radius grown by crosses is a regular one.

    A disk of that size would cost many times as much and differs by 8 % at most. What lies outside the frame does not
    count.
    """
    if radius_px == 0:
        return alpha
    change = cv2.dilate if outwards else cv2.erode
    square_px = round(radius_px * (math.sqrt(2) - 1))
    grown = change(alpha, np.ones((2 * square_px + 1, 2 * square_px + 1), np.uint8))
    result: _Plane = change(grown, _CROSS, iterations=radius_px - square_px).astype(np.float32, copy=False)
    return result
