"""Pieces of cloth, paint and leather: belts, cuffs and badges on people, stripes and signs in the scene behind them.

True alphas seldom have the first, and networks take them for gaps; the second keep them from being a sign of people.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import bounds
from core.training.layers import LUMA, Picture, mix, unit

MOST_PIECES = 3
OPAQUE = 0.9
"""Alpha above which a pixel may be a piece's middle."""
BELOW_THE_HEAD = 0.75
"""How many pieces of a person have their middle in the lower half of what is seen of it."""
BAND = ((0.3, 1.5), (0.03, 0.12))
"""Length and width of a belt, a cuff or a strap, in widths of what it lies on."""
PATCH = ((0.06, 0.35), (0.06, 0.35))
"""The same of a badge, a pocket, a glove or a sign."""
STRIPES = (0.015, 0.06)
"""From one stripe to the next, in widths of what the piece lies on."""
SHADED = 0.5
"""How much of the light and shade below it a piece keeps at least."""


def add_pieces(colours: Picture, opacity: NDArray[np.float32], rng: np.random.Generator) -> Picture:
    """A layer (H, W, 3) of this opacity (H, W) with one to three pieces in colours of their own.

    The opacity stays what it is, so a piece that hangs over the outline ends there. A layer that is nowhere opaque is
    returned as it is.
    """
    solid = opacity > OPAQUE
    box = bounds(solid)
    if box is None:
        return colours
    rows, columns = box
    width = columns.stop - columns.start
    lower = solid.copy()
    lower[: (rows.start + rows.stop) // 2] = False
    for _ in range(int(rng.integers(1, MOST_PIECES + 1))):
        places = np.flatnonzero(lower if rng.random() < BELOW_THE_HEAD and lower.any() else solid)
        y, x = divmod(int(places[rng.integers(len(places))]), solid.shape[1])
        cover = piece(solid.shape, (x, y), width, rng)
        colours = mix(cloth(colours, width, rng), cover, colours)
    return colours


def piece(shape: tuple[int, ...], middle: tuple[int, int], width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """How much of each pixel (H, W) a piece covers: a band or a patch, with smooth edges."""
    is_band = rng.random() < 0.5
    length, thickness = (max(rng.uniform(*limits) * width, 1.0) for limits in (BAND if is_band else PATCH))
    is_level = is_band and rng.random() < 0.6  # as belts are
    angle = rng.normal(0, 15) if is_level else rng.uniform(0, 180)
    box = (middle, (length, thickness), angle)
    cover = np.zeros(shape, np.uint8)
    if is_band or rng.random() < 0.5:
        corners = np.rint(cv2.boxPoints(box)).astype(np.int32)
        cv2.fillConvexPoly(cover, corners, (255,), lineType=cv2.LINE_AA)
    else:
        cv2.ellipse(cover, box, (255,), thickness=cv2.FILLED, lineType=cv2.LINE_AA)
    return unit(cover)


def cloth(below: Picture, width: int, rng: np.random.Generator) -> Picture:
    """Plain or striped (H, W, 3), in the light of what it lies on."""
    height, length = below.shape[:2]
    first, second = (colour(rng) for _ in range(2))
    dyed = np.broadcast_to(first, below.shape)
    if rng.random() < 0.3:
        y, x = np.mgrid[:height, :length].astype(np.float32)
        angle, period = rng.uniform(0, np.pi), max(rng.uniform(*STRIPES) * width, 3.0)
        across = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
        dyed = np.where(np.sin(across * np.float32(2 * np.pi / period))[..., None] > 0, first, second)
    grey = (below @ LUMA)[..., None]
    shade = np.clip(grey / max(float(grey.mean()), 0.05), 0, 2)
    kept = np.float32(rng.uniform(SHADED, 1))
    return np.asarray(np.clip(dyed * (1 - kept + kept * shade), 0, 1), dtype=np.float32)


def colour(rng: np.random.Generator) -> NDArray[np.float32]:
    """A colour (3,) as clothes have them, from black to white and from grey to gaudy."""
    vivid = rng.uniform(0, 1, 3)
    grey = vivid.mean()
    return np.asarray(grey + (vivid - grey) * rng.uniform(0, 1), dtype=np.float32)
