"""Where in its frame a crop has its people, and which part of a photo it shows."""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import bounds, whole
from core.training.config import AugmentationConfig

S = TypeVar("S", np.uint8, np.float32)

VISIBLE = 0.02
"""Alpha above which a pixel counts as part of a person when a cut-out's extent is measured."""

FAR_HEIGHT = 0.6
"""In heights of the frame: who is smaller need not stand on its lower edge."""
HORIZON = 0.6
"""Highest place of anybody's feet, in heights of the frame from above."""
NARROW = 0.5
"""Legs, as a part of the width of who stands on them."""
FAR_ASIDE, NEAR_ASIDE = 0.1, 0.25
"""How near to the sides of the frame people's middle may be, in widths of the frame."""


def place(
    premultiplied: NDArray[np.float32], rng: np.random.Generator, height: int, width: int, settings: AugmentationConfig
) -> NDArray[np.float32]:
    """Scale, turn, mirror and put a cut-out (h, w, 4) into a frame (H, W, 4).

    A cut-out that ends at the chest stands on the bottom edge of the frame, as in a portrait. Who is seen to the feet
    and is far away stands anywhere on the ground. Whom the cut-out's own photo cut off at a side is seen through a
    window of it: elsewhere there would be a straight edge where their shoulder goes on.
    """
    if rng.random() < settings.flip:
        premultiplied = np.ascontiguousarray(premultiplied[:, ::-1])
    if cut_off_at_a_side(premultiplied[..., 3]):
        left, top, w, h = window(rng, premultiplied.shape, height, width, settings.photo_window)
        return resize(premultiplied[top : top + h, left : left + w], height, width)
    left, top, right, bottom = extent(premultiplied[..., 3])
    close = rng.random() < settings.close_up
    relative = rng.uniform(*(settings.close_up_height if close else settings.person_height))
    if not close and cut_off_at_top(premultiplied[..., 3]):
        relative = max(relative, 1.15)
    scale = relative * height / (bottom - top)
    turn = rng.uniform(-1, 1) * settings.rotation_degrees
    if close:
        anchor = point_of_the_outline(premultiplied[..., 3], rng)
        goal = (width * rng.uniform(0.2, 0.8), height * rng.uniform(0.2, 0.8))
    else:
        # The bottom edge of a turned chest must stay below the frame.
        hidden = abs(np.sin(np.radians(turn))) * (right - left) * scale / 2
        tall = relative > 1
        anchor = ((left + right) / 2, float(top if tall else bottom))
        if cut_off_at_top(premultiplied[..., 3]):
            level = -hidden
        elif tall:
            level = rng.uniform(-0.08, 0.12) * height
        elif relative < FAR_HEIGHT and seen_to_the_feet(premultiplied[..., 3]):
            level = rng.uniform(HORIZON, 1.0) * height
        else:
            level = rng.uniform(1.0, 1.08) * height + hidden
        aside = FAR_ASIDE if relative < FAR_HEIGHT else NEAR_ASIDE
        goal = (width * rng.uniform(aside, 1 - aside), level)
    if scale < 1:  # shrink by areas first: a warp alone would alias
        size = (max(1, round(premultiplied.shape[1] * scale)), max(1, round(premultiplied.shape[0] * scale)))
        premultiplied = np.asarray(cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        anchor, scale = (anchor[0] * scale, anchor[1] * scale), 1.0
    matrix = cv2.getRotationMatrix2D(anchor, turn, scale)
    matrix[:, 2] += np.array(goal) - np.array(anchor)
    return np.asarray(cv2.warpAffine(premultiplied, matrix, (width, height), flags=cv2.INTER_LINEAR), dtype=np.float32)


def extent(alpha: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is visible; the whole frame where nothing is."""
    rows, columns = bounds(alpha > VISIBLE) or whole(alpha.shape)
    return columns.start, rows.start, columns.stop, rows.stop


def cut_off_at_top(alpha: NDArray[np.float32]) -> bool:
    """Whether the cut-out's own photo ended at the head: such a person must reach the frame's upper edge."""
    return float((alpha[0] > 0.5).mean()) > 0.03


def cut_off_at_a_side(alpha: NDArray[np.float32]) -> bool:
    """Whether the cut-out's own photo ended at a shoulder, or beside the hair."""
    return any(float((alpha[:, side] > 0.5).mean()) > 0.05 for side in (0, -1))


def seen_to_the_feet(alpha: NDArray[np.float32]) -> bool:
    """Whether a cut-out becomes narrow towards its lower end, as legs do and a chest does not."""
    left, top, right, bottom = extent(alpha)
    lowest = alpha[bottom - max(1, (bottom - top) // 50) : bottom]
    return float((lowest > 0.5).any(axis=0).sum()) < NARROW * (right - left)


def point_of_the_outline(alpha: NDArray[np.float32], rng: np.random.Generator) -> tuple[float, float]:
    """A random transition pixel (x, y); the centre where there is none."""
    points = np.flatnonzero((alpha > 0.1) & (alpha < 0.9))
    if not len(points):
        return alpha.shape[1] / 2, alpha.shape[0] / 2
    y, x = divmod(int(points[rng.integers(len(points))]), alpha.shape[1])
    return float(x), float(y)


def window(
    rng: np.random.Generator, size: tuple[int, ...], height: int, width: int, part: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Left, top, width, height of a random window of the frame's aspect ratio, `part` of the largest that fits."""
    fit = min(size[0] / height, size[1] / width) * rng.uniform(*part)
    h, w = max(1, int(height * fit)), max(1, int(width * fit))
    return int(rng.integers(size[1] - w + 1)), int(rng.integers(size[0] - h + 1)), w, h


def resize(picture: NDArray[S], height: int, width: int) -> NDArray[S]:
    shrinks = picture.shape[0] > height
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=interpolation), dtype=picture.dtype)
