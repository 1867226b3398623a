"""The eight ways a camera may have been held, as EXIF tag 274 numbers them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

UPRIGHT = 1

# What undoes the turn: swap rows and columns first, then step through rows and columns in these directions.
_SWAPPED_FROM = 5
_STEPS = {1: (1, 1), 2: (1, -1), 3: (-1, -1), 4: (-1, 1), 5: (1, 1), 6: (-1, 1), 7: (-1, -1), 8: (1, -1)}


def upright_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """(width, height) of the upright picture from those of the stored one."""
    return (height, width) if orientation >= _SWAPPED_FROM else (width, height)


def as_stored(upright: NDArray[Any], orientation: int) -> NDArray[Any]:
    """A view of an upright picture (H, W, ...) in the order in which the file stores its pixels.

    What is written into the view lands upright, so a photo is turned while it is unpacked and never held twice.
    """
    rows, columns = _STEPS[orientation]
    view = np.swapaxes(upright, 0, 1) if orientation >= _SWAPPED_FROM else upright
    return view[::rows, ::columns]
