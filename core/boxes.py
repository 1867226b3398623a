"""Parts of a picture as rows and columns: slices with start and stop, with which arrays can be read and written."""

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice]


def whole(shape: tuple[int, ...]) -> Box:
    """All of a picture, (H, W) or (H, W, C)."""
    return slice(0, shape[0]), slice(0, shape[1])


def bounds(chosen: NDArray[np.bool_]) -> Box | None:
    """The smallest box around all that is chosen, (H, W); None where nothing is."""
    rows, columns = np.flatnonzero(chosen.any(axis=1)), np.flatnonzero(chosen.any(axis=0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def grown(box: Box, by: int, within: Box) -> Box:
    """The box with a margin, cut off at the ends of another that holds it."""
    rows, columns = (
        slice(max(outer.start, part.start - by), min(outer.stop, part.stop + by))
        for part, outer in zip(box, within, strict=True)
    )
    return rows, columns


def relative(box: Box, outer: Box) -> Box:
    """A box in the coordinates of another that holds it."""
    return shifted(box, -outer[0].start, -outer[1].start)


def absolute(box: Box, outer: Box) -> Box:
    """A box that is in the coordinates of another, in those of the picture."""
    return shifted(box, outer[0].start, outer[1].start)


def shifted(box: Box, down: int, right: int) -> Box:
    rows, columns = box
    return slice(rows.start + down, rows.stop + down), slice(columns.start + right, columns.stop + right)
