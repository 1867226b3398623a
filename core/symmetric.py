"""Symmetric positive 3 × 3 systems, one for each pixel: what matting in colour comes down to.

A matrix is the list of its planes xx, xy, xz, yy, yz, zz. All is in float64: two colours alone make a matrix that is
nearly singular.
"""

import numpy as np
from numpy.typing import NDArray

Exact = NDArray[np.float64]  # (H, W)

SYMMETRIC = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
"""Row and column of each plane."""


def factorised(symmetric: list[Exact]) -> list[Exact]:
    """Cholesky factors of positive 3 × 3 matrices: planes xx, xy, xz, yy, yz, zz of their upper triangles."""
    xx = np.sqrt(symmetric[0])
    xy, xz = symmetric[1] / xx, symmetric[2] / xx
    yy = np.sqrt(symmetric[3] - xy * xy)
    yz = (symmetric[4] - xy * xz) / yy
    zz = np.sqrt(symmetric[5] - xz * xz - yz * yz)
    return [xx, xy, xz, yy, yz, zz]


def forward(factor: list[Exact], vector: list[Exact]) -> list[Exact]:
    """Solve with the lower triangle: what makes colours white."""
    xx, xy, xz, yy, yz, zz = factor
    x = vector[0] / xx
    y = (vector[1] - xy * x) / yy
    return [x, y, (vector[2] - xz * x - yz * y) / zz]


def backward(factor: list[Exact], vector: list[Exact]) -> list[Exact]:
    """Solve with the upper triangle; after `forward`, the whole matrix is solved with."""
    xx, xy, xz, yy, yz, zz = factor
    z = vector[2] / zz
    y = (vector[1] - yz * z) / yy
    return [(vector[0] - xy * y - xz * z) / xx, y, z]
