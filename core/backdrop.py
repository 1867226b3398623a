"""New backgrounds for a photo or a part of it, at any scale: gradients, and pictures that were moved and scaled."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.composite import Colour

Fit = Literal["fill", "fit", "tile"]

_MOST_AT_ONCE_PX = 4096


@dataclass(frozen=True)
class Part:
    """A rectangle of a photo, seen at a scale; it may reach beyond the photo."""

    photo_height_px: int
    photo_width_px: int
    scale: float
    """Pixels of the part per pixel of the photo."""
    top: int
    """In pixels of the part, as are the others."""
    left: int
    height: int
    width: int

    @classmethod
    def whole(cls, height: int, width: int) -> "Part":
        """All of a photo, at its own size."""
        return cls(height, width, 1.0, 0, 0, height, width)


def gradient(part: Part, start: Colour, end: Colour, angle_degrees: float) -> NDArray[np.float32]:
    """A linear gradient over the photo, as CSS Images Level 3 lays it: the colours are met in opposite corners.

    Args:
        part: what of the photo is wanted.
        start, end: in [0, 1]; mixed as they are given, encoded.
        angle_degrees: direction from start to end; 0 is to the right, 90 downwards.

    Returns:
        (height, width, 3) float32 in [0, 1].
    """
    along_x, along_y = math.cos(math.radians(angle_degrees)), math.sin(math.radians(angle_degrees))
    photo_width, photo_height = part.photo_width_px * part.scale, part.photo_height_px * part.scale
    length = photo_width * abs(along_x) + photo_height * abs(along_y)
    x = (part.left + 0.5 + np.arange(part.width) - photo_width / 2) * (along_x / length)
    y = (part.top + 0.5 + np.arange(part.height) - photo_height / 2) * (along_y / length)
    position = np.clip((y[:, None] + x).astype(np.float32) + np.float32(0.5), 0, 1)
    mixed = np.empty((part.height, part.width, 3), dtype=np.float32)
    for channel in range(3):
        mixed[..., channel] = start[channel] + position * np.float32(end[channel] - start[channel])
    return mixed


def place_picture(
    picture: NDArray[Any], part: Part, how: Fit, *, zoom: float = 1.0, shift_x: float = 0.0, shift_y: float = 0.0
) -> NDArray[Any]:
    """A background picture where a person put it behind the photo.

    Args:
        picture: (h, w, 3), uint8, uint16 or float32.
        part: what of the photo is wanted.
        how: "fill" covers the photo, "fit" shows all of the picture, both centred; "tile" repeats it from the photo's
            top left, one pixel of the picture to one of the photo.
        zoom: its size against that.
        shift_x, shift_y: in widths and heights of the photo, to the right and downwards.

    Returns:
        (height, width, 3) of the picture's type; black where the picture does not reach.

    Raises:
        ValueError: zoom is not above 0.
    """
    if not zoom > 0:
        raise ValueError(f"The zoom of a background picture is above 0, not {zoom}.")
    own_height, own_width = picture.shape[:2]
    photo_height, photo_width = part.photo_height_px * part.scale, part.photo_width_px * part.scale
    match how:
        case "tile":
            scale = part.scale * zoom
            left, top = 0.0, 0.0
        case "fill" | "fit":
            choose = max if how == "fill" else min
            scale = choose(photo_height / own_height, photo_width / own_width) * zoom
            left, top = (photo_width - own_width * scale) / 2, (photo_height - own_height * scale) / 2
    left += shift_x * photo_width - part.left
    top += shift_y * photo_height - part.top

    small = _shrunken(picture, scale)
    step_x, step_y = small.shape[1] / (own_width * scale), small.shape[0] / (own_height * scale)
    if how == "tile":
        x = (np.arange(part.width) + 0.5 - left) * step_x - 0.5
        y = (np.arange(part.height) + 0.5 - top) * step_y - 0.5
        return _sample_repeated(small, x, y)
    mapping = np.array([[step_x, 0, (0.5 - left) * step_x - 0.5], [0, step_y, (0.5 - top) * step_y - 0.5]])
    placed = cv2.warpAffine(
        small,
        mapping,
        (part.width, part.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # Replicated first and cut off then: interpolation would darken the outermost row otherwise.
    rows = _covered(top, own_height * scale, part.height)
    columns = _covered(left, own_width * scale, part.width)
    placed[: rows.start], placed[rows.stop :] = 0, 0
    placed[:, : columns.start], placed[:, columns.stop :] = 0, 0
    return placed


def _shrunken(picture: NDArray[Any], scale: float) -> NDArray[Any]:
    """The picture halved as long as that keeps it at least as large as it is to be shown."""
    while scale <= 0.5 and min(picture.shape[:2]) > 1:
        height, width = picture.shape[:2]
        picture = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        scale *= 2
    return picture


def _sample_repeated(picture: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[Any]:
    """The picture at columns x and rows y, each in even steps, as if it went on for ever."""
    sampled = np.empty((len(y), len(x), picture.shape[2]), picture.dtype)
    for rows in _pieces(y):
        for columns in _pieces(x):
            sampled[rows, columns] = _sample_piece(picture, x[columns], y[rows])
    return sampled


def _pieces(places: NDArray[np.float64]) -> Iterator[slice]:
    """Parts of places that OpenCV can look up at once: it counts with 16 bits."""
    step = float(np.diff(places[:2]).sum())  # 0 of a single place
    count = max(1, int(_MOST_AT_ONCE_PX / max(1.0, step)))
    return (slice(first, first + count) for first in range(0, len(places), count))


def _sample_piece(picture: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[Any]:
    left, top = math.floor(x[0]), math.floor(y[0])
    # One row and column more, so that tiles are interpolated across their seams.
    columns, rows = (np.arange(first, math.floor(places[-1]) + 2) for first, places in ((left, x), (top, y)))
    around = picture.take(rows % picture.shape[0], 0).take(columns % picture.shape[1], 1)
    map_x, map_y = np.meshgrid((x - left).astype(np.float32), (y - top).astype(np.float32))
    sampled: NDArray[Any] = cv2.remap(around, map_x, map_y, cv2.INTER_LINEAR)
    return sampled


def _covered(start: float, length: float, limit: int) -> slice:
    """The pixels whose centres lie in start … start + length."""
    first = min(max(math.ceil(start - 0.5), 0), limit)
    return slice(first, min(max(math.ceil(start + length - 0.5), first), limit))
