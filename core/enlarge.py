"""Small pictures brought to a photo's size, in the part that is needed only."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_REACH_PX = 2  # of linear interpolation, and one to spare for rounding


def enlarged_part(small: NDArray[Any], size: tuple[int, int], rows: slice, columns: slice) -> NDArray[Any]:
    """What `cv2.resize` would make of a picture, without all of it being made.

    Args:
        small: (h, w) or (h, w, C), uint8, uint16 or float32.
        size: (height, width) of the whole result.
        rows, columns: the part of the result, each with start and stop. Beyond the edges the outermost pixels go on.

    Returns:
        The part, of the picture's type.
    """
    step_y, step_x = small.shape[0] / size[0], small.shape[1] / size[1]
    # Cut out beforehand: warpAffine takes no pictures with sides beyond 32767 px.
    near_rows, near_columns = _seen(rows, step_y, small.shape[0]), _seen(columns, step_x, small.shape[1])
    mapping = np.array(
        [
            [step_x, 0, (columns.start + 0.5) * step_x - 0.5 - near_columns.start],
            [0, step_y, (rows.start + 0.5) * step_y - 0.5 - near_rows.start],
        ]
    )
    return cv2.warpAffine(
        small[near_rows, near_columns],
        mapping,
        (columns.stop - columns.start, rows.stop - rows.start),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _seen(wanted: slice, step: float, length: int) -> slice:
    """What of the small picture has an effect on a part; at least one pixel."""
    first = min(max(int(wanted.start * step) - _REACH_PX, 0), length - 1)
    return slice(first, max(min(int(wanted.stop * step) + _REACH_PX + 1, length), first + 1))
