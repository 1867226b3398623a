"""How far a predicted alpha is from the true one: SAD, MSE, MAD, Grad and Conn.

Grad and Conn are those of Rhemann et al., "A perceptually motivated online benchmark for image matting", CVPR 2009,
with the constants that portrait matting papers report. Everything is summed in float64.
"""

import itertools
import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.trimap import UNKNOWN
from core.unit_interval import ROUNDING, check_unit_interval

_Plane = NDArray[np.float64]

_GRADIENT_SIGMA_PX = 1.4
_GRADIENT_CUTOFF = 0.01
_THRESHOLDS = np.arange(11) * 0.1  # as the seed steps them: 6 * 0.1 lies just above 153 / 255
_CONNECTIVITY_TOLERANCE = 0.15


def evaluate_pair(
    predicted: NDArray[np.generic],
    alpha: NDArray[np.generic],
    trimap: NDArray[np.uint8] | None = None,
) -> dict[str, float]:
    """Measures of one predicted alpha against the true one.

    `conn` takes the largest connected region of the foreground. `conn_seed` is the number of the published evaluation
    code, which counts the background as a region too and so often picks it; it is there to compare with old tables.

    Args:
        predicted: (H, W), uint8 or float in [0, 1].
        alpha: the truth, same shape, uint8 or float in [0, 1].
        trimap: (H, W) uint8 0 / 128 / 255, or None.

    Returns:
        `sad`, `mse`, `mad`, `grad`, `conn`, `conn_seed` over the image; with a trimap also the same with the suffix
        `_unknown`, over its pixels of value 128. `sad`, `grad`, `conn` and `conn_seed` are in thousands.

    Raises:
        ValueError: shapes differ, an alpha is empty, not two-dimensional, not uint8 or float, or leaves [0, 1]; or the
            trimap has no unknown pixel, since a mean over nothing is no measure: leave such a trimap out.
    """
    predicted_plane = _as_plane(predicted, "predicted alpha")
    true_plane = _as_plane(alpha, "true alpha")
    if predicted_plane.shape != true_plane.shape:
        raise ValueError(
            f"The predicted alpha is {predicted_plane.shape} and the true one {true_plane.shape}; give both one size."
        )
    if trimap is not None and trimap.shape != true_plane.shape:
        raise ValueError(f"The trimap is {trimap.shape} and the alpha {true_plane.shape}; give both one size.")
    unknown = None if trimap is None else trimap == UNKNOWN
    if unknown is not None and not unknown.any():
        raise ValueError(f"The trimap has no unknown pixel (value {UNKNOWN}); measure this pair without a trimap.")

    absolute = np.abs(predicted_plane - true_plane)
    squared = np.square(absolute)
    gradient = np.square(_gradient_magnitude(predicted_plane) - _gradient_magnitude(true_plane))
    connectivity = _connectivity_error(predicted_plane, true_plane, _largest_region)
    connectivity_seed = _connectivity_error(predicted_plane, true_plane, _largest_region_of_seed)

    measures: dict[str, float] = {}
    for suffix, region in (("", ...), ("_unknown", unknown)):
        if region is None:
            continue
        measures[f"sad{suffix}"] = float(absolute[region].sum()) / 1000
        measures[f"mse{suffix}"] = float(squared[region].mean())
        measures[f"mad{suffix}"] = float(absolute[region].mean())
        measures[f"grad{suffix}"] = float(gradient[region].sum()) / 1000
        measures[f"conn{suffix}"] = float(connectivity[region].sum()) / 1000
        measures[f"conn_seed{suffix}"] = float(connectivity_seed[region].sum()) / 1000
    return measures


def _as_plane(alpha: NDArray[np.generic], name: str) -> _Plane:
    if alpha.ndim != 2 or alpha.size == 0:
        raise ValueError(f"The {name} must have two dimensions and at least one pixel; its shape is {alpha.shape}.")
    if alpha.dtype == np.uint8:
        return alpha.astype(np.float64) / 255
    if not np.issubdtype(alpha.dtype, np.floating):
        raise ValueError(f"The {name} must be uint8, or float in [0, 1]; it is {alpha.dtype}.")
    plane = alpha.astype(np.float64)
    check_unit_interval(plane, name, ROUNDING)
    return plane.clip(0, 1)


def _gradient_magnitude(plane: _Plane) -> _Plane:
    sigma = _GRADIENT_SIGMA_PX
    radius_px = math.ceil(sigma * math.sqrt(-2 * math.log(math.sqrt(2 * math.pi) * sigma * _GRADIENT_CUTOFF)))
    offsets = np.arange(-radius_px, radius_px + 1, dtype=np.float64)
    smoothing = np.exp(-np.square(offsets) / (2 * sigma**2))
    derivative = -offsets * smoothing
    # The 2-D kernel is their outer product, so its L2 norm is the product of theirs.
    smoothing /= np.linalg.norm(smoothing)
    derivative /= np.linalg.norm(derivative)
    along_x = cv2.sepFilter2D(plane, cv2.CV_64F, derivative, smoothing, borderType=cv2.BORDER_REPLICATE)
    along_y = cv2.sepFilter2D(plane, cv2.CV_64F, smoothing, derivative, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(along_x, along_y)


def _connectivity_error(
    predicted: _Plane, alpha: _Plane, largest_region: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]
) -> _Plane:
    """Per pixel, |φ(predicted) − φ(alpha)|, φ the connectivity to the region that both share at rising thresholds."""
    lower = np.minimum(predicted, alpha)
    last_connected = np.ones_like(alpha)
    undecided = np.ones(alpha.shape, dtype=np.bool_)
    for previous, threshold in itertools.pairwise(_THRESHOLDS):
        region = largest_region((lower >= threshold).view(np.uint8))
        last_connected[undecided & ~region] = previous
        undecided &= region
    return np.abs(_connectivity(predicted, last_connected) - _connectivity(alpha, last_connected))


def _connectivity(plane: _Plane, last_connected: _Plane) -> _Plane:
    deviation = plane - last_connected
    return 1 - deviation * (deviation >= _CONNECTIVITY_TOLERANCE)


def _largest_region(inside: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Largest 4-connected region of the pixels inside; nothing where there are none."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    if count == 1:
        return np.zeros(inside.shape, dtype=np.bool_)
    return np.equal(labels, 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))


def _largest_region_of_seed(inside: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Largest label, where all pixels outside share one label and count as a region of their own."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    return np.equal(labels, int(np.argmax(stats[:, cv2.CC_STAT_AREA])))
