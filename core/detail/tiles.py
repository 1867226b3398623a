"""Where the network looks closer: few tiles that cover what is wanted, and how they fade into what is around."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.boxes import Box


class Tile(NamedTuple):
    """A rectangle of a picture."""

    rows: slice
    columns: slice

    @property
    def box(self) -> Box:
        return self.rows, self.columns


def tiles_over(wanted: NDArray[np.bool_], shape: tuple[int, int], margin_px: int) -> list[Tile]:
    """Tiles of one shape, so placed that each wanted pixel is `margin_px` or more inside one of them.

    Only the frame of the picture comes nearer: nothing is cut off there. Tiles follow what is wanted row by row, so
    their number grows with its length and does not know how large the picture is.

    Args:
        wanted: (H, W).
        shape: (height, width) of a tile, no larger than the picture.
        margin_px: less than half a tile.
    """
    height, width = shape
    tiles: list[Tile] = []
    for rows in intervals(np.flatnonzero(wanted.any(axis=1)), height, wanted.shape[0], margin_px):
        core = wanted[inner(rows, wanted.shape[0], margin_px)]
        across = intervals(np.flatnonzero(core.any(axis=0)), width, wanted.shape[1], margin_px)
        tiles.extend(Tile(rows, columns) for columns in across)
    return tiles


def intervals(places: NDArray[np.intp], side_px: int, length_px: int, margin_px: int) -> list[slice]:
    """The same along one axis: each begins with the first place, of rising ones, that none before it has covered."""
    placed: list[slice] = []
    while len(places):
        start = min(max(0, int(places[0]) - margin_px), length_px - side_px)
        placed.append(slice(start, start + side_px))
        places = places[places >= inner(placed[-1], length_px, margin_px).stop]
    return placed


def inner(part: slice, length_px: int, margin_px: int) -> slice:
    """An interval without its margins, which count only where the picture goes on."""
    return slice(
        part.start + (margin_px if part.start > 0 else 0), part.stop - (margin_px if part.stop < length_px else 0)
    )


def window(tile: Tile, size: tuple[int, int], margin_px: int) -> NDArray[np.float32]:
    """Weights of a tile, (h, w): 1 inside, smoothly to 0 through the margins."""
    down, across = (ramps(part, length, margin_px) for part, length in zip(tile.box, size, strict=True))
    return np.outer(down, across)


def ramps(part: slice, length: int, margin_px: int) -> NDArray[np.float32]:
    places = np.arange(part.start, part.stop) + 0.5
    before = places - part.start if part.start > 0 else np.full(len(places), np.inf)
    after = part.stop - places if part.stop < length else np.full(len(places), np.inf)
    share = np.minimum(np.minimum(before, after) / max(margin_px, 1), 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * share), dtype=np.float32)
