"""A coarse alpha brought up to the size of its picture, along the picture's edges.

He, Sun, Tang: "Guided Image Filtering", TPAMI 2013, and He, Sun: "Fast Guided Filter", 2015. Around each pixel alpha is
an affine function of colour. Its factors are found at the small size, where they are smooth, and applied at the large.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.symmetric import SYMMETRIC, Exact, backward, factorised, forward

RADIUS_PX = 2
EPSILON = 1e-5
BAND_ROWS = 256  # worked on at once, which keeps temporaries small on large photos


def brought_up(
    coarse: NDArray[np.float32], coarse_image: NDArray[np.float32], image: NDArray[np.generic]
) -> NDArray[np.float32]:
    """Alpha at the size of a picture.

    Args:
        coarse: (h, w), alpha.
        coarse_image: (h, w, 3) in [0, 1], the picture made small.
        image: (H, W, 3), float in [0, 1], uint8 or uint16.

    Returns:
        (H, W) in [0, 1].
    """
    fitted = affine_factors(coarse, coarse_image)
    height, width = image.shape[:2]
    scale_y, scale_x = coarse.shape[0] / height, coarse.shape[1] / width
    alpha = np.empty((height, width), dtype=np.float32)
    for top in range(0, height, BAND_ROWS):
        picture = unit_range(image[top : top + BAND_ROWS])
        to_coarse = np.array([[scale_x, 0, scale_x / 2 - 0.5], [0, scale_y, (top + 0.5) * scale_y - 0.5]])
        factors = cv2.warpAffine(
            fitted, to_coarse, (width, len(picture)),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        alpha[top : top + BAND_ROWS] = np.einsum("hwc,hwc->hw", factors[..., :3], picture) + factors[..., 3]
    return np.clip(alpha, 0, 1, out=alpha)


def affine_factors(alpha: NDArray[np.float32], image: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w, 4): what red, green, blue and 1 are to be multiplied with to give alpha."""
    channels = [image[..., c].astype(np.float64) for c in range(3)]
    values = alpha.astype(np.float64)
    means, level = [mean(channel) for channel in channels], mean(values)
    covariance = [
        mean(channels[a] * channels[b]) - means[a] * means[b] + (EPSILON if a == b else 0.0) for a, b in SYMMETRIC
    ]
    shared = [mean(channel * values) - m * level for channel, m in zip(channels, means, strict=True)]
    factor = factorised(covariance)
    slopes = backward(factor, forward(factor, shared))
    for slope, m in zip(slopes, means, strict=True):
        level -= slope * m
    return np.dstack([mean(plane).astype(np.float32) for plane in (*slopes, level)])


def mean(plane: Exact) -> Exact:
    """Around each pixel."""
    return np.asarray(cv2.blur(plane, (2 * RADIUS_PX + 1, 2 * RADIUS_PX + 1)), dtype=np.float64)


def unit_range(image: NDArray[np.generic]) -> NDArray[np.float32]:
    """A picture as float32 in [0, 1]; floats are taken to be there."""
    if np.issubdtype(image.dtype, np.floating):
        return image.astype(np.float32, copy=False)
    most = 65535 if image.dtype == np.uint16 else 255
    return np.multiply(image.astype(np.float32), 1 / most, dtype=np.float32)
