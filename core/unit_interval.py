"""Floats that have to lie in [0, 1], as those of alphas and pictures do."""

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-4
"""A filtered alpha may leave [0, 1] by so much."""
OVERSHOOT = 0.5
"""A picture may leave [0, 1] by so much, as a filter that sharpens leaves it; not one whose floats go to 255."""


def check_unit_interval(values: NDArray[np.generic], name: str, tolerance: float) -> None:
    """Raises ValueError, with what the values are called, where they leave [0, 1] by more than the tolerance.

    NaN does so too.
    """
    if not values.size:
        return
    lowest, highest = float(values.min()), float(values.max())
    # Written so that NaN fails.
    if not (lowest >= -tolerance and highest <= 1 + tolerance):
        raise ValueError(f"The {name} must lie in [0, 1]; it goes from {lowest:g} to {highest:g}.")
