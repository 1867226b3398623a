"""A coarse alpha brought up to the size of its picture, along the picture's edges.

He, Sun, Tang: "Guided Image Filtering", TPAMI 2013, and He, Sun: "Fast Guided Filter", 2015. Around each pixel alpha is
an affine function of colour. Its factors are found at the small size, where they are smooth, and applied at the large.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import Box
from core.symmetric import SYMMETRIC, Exact, backward, factorised, forward

RADIUS_PX = 2
EPSILON = 1e-5
BLOCK_PX = 512  # of the picture, worked on at once: it keeps temporaries small on large photos
LEAST_BLOCK_PX, MOST_BLOCK_PX = 16, 64  # the same in the small picture, whose neighbourhoods are worth a few pixels
SURE = 1 / 255  # alphas this near to 0 or 1 have no edge


def brought_up(
    coarse: NDArray[np.float32],
    coarse_image: NDArray[np.generic],
    image: NDArray[np.generic],
    *,
    radius_px: int = RADIUS_PX,
    epsilon: float = EPSILON,
) -> NDArray[np.float32]:
    """Alpha at the size of a picture. Where nothing near is open no colour is asked, so cost grows with the outline.

    Args:
        coarse: (h, w), alpha.
        coarse_image: (h, w, 3), the picture made small.
        image: (H, W, 3), no smaller. Both pictures are float in [0, 1], uint8 or uint16.
        radius_px: of what counts as near, in pixels of the small picture. A wide one makes clean edges, a narrow one
            keeps what stands alone.
        epsilon: variance of colour, of 1, below which there is no edge.

    Returns:
        (H, W) in [0, 1].
    """
    height, width = image.shape[:2]
    alpha = np.empty((height, width), dtype=np.float32)
    cv2.resize(np.clip(coarse, 0, 1), (width, height), dst=alpha)
    step_y, step_x = coarse.shape[0] / height, coarse.shape[1] / width
    reach_px = 2 * radius_px + 1  # two means, and the neighbour between which and itself factors are interpolated
    block_px = round(min(max(BLOCK_PX * max(step_y, step_x), LEAST_BLOCK_PX), MOST_BLOCK_PX))
    for rows, columns in open_blocks(coarse, block_px, reach_px):
        near = widened(rows, reach_px, coarse.shape[0]), widened(columns, reach_px, coarse.shape[1])
        fitted = affine_factors(coarse[near], unit_range(coarse_image[near]), radius_px, epsilon)
        part = scaled(rows, 1 / step_y), scaled(columns, 1 / step_x)
        picture = unit_range(image[part])
        to_coarse = np.array(
            [
                [step_x, 0, (part[1].start + 0.5) * step_x - 0.5 - near[1].start],
                [0, step_y, (part[0].start + 0.5) * step_y - 0.5 - near[0].start],
            ]
        )
        factors = cv2.warpAffine(
            fitted, to_coarse, picture.shape[1::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        solved = np.einsum("hwc,hwc->hw", factors[..., :3], picture)
        solved += factors[..., 3]
        np.clip(solved, 0, 1, out=alpha[part])
    return alpha


def open_blocks(alpha: NDArray[np.float32], block_px: int, reach_px: int) -> Iterator[Box]:
    """Blocks within whose reach alpha is neither 0 nor 1 everywhere."""
    height, width = alpha.shape
    for top in range(0, height, block_px):
        for left in range(0, width, block_px):
            block = slice(top, min(top + block_px, height)), slice(left, min(left + block_px, width))
            around = alpha[widened(block[0], reach_px, height), widened(block[1], reach_px, width)]
            if around.max() > SURE and around.min() < 1 - SURE:
                yield block


def widened(part: slice, by: int, length: int) -> slice:
    return slice(max(0, part.start - by), min(length, part.stop + by))


def scaled(part: slice, factor: float) -> slice:
    return slice(round(part.start * factor), round(part.stop * factor))


def affine_factors(
    alpha: NDArray[np.float32], image: NDArray[np.float32], radius_px: int, epsilon: float
) -> NDArray[np.float32]:
    """(h, w, 4): what red, green, blue and 1 are to be multiplied with to give alpha."""

    def mean(plane: Exact) -> Exact:
        return np.asarray(cv2.blur(plane, (2 * radius_px + 1, 2 * radius_px + 1)), dtype=np.float64)

    channels = [image[..., c].astype(np.float64) for c in range(3)]
    values = alpha.astype(np.float64)
    means, level = [mean(channel) for channel in channels], mean(values)
    covariance = [
        mean(channels[a] * channels[b]) - means[a] * means[b] + (epsilon if a == b else 0.0) for a, b in SYMMETRIC
    ]
    shared = [mean(channel * values) - m * level for channel, m in zip(channels, means, strict=True)]
    factor = factorised(covariance)
    slopes = backward(factor, forward(factor, shared))
    for slope, m in zip(slopes, means, strict=True):
        level -= slope * m
    return np.dstack([mean(plane).astype(np.float32) for plane in (*slopes, level)])


def unit_range(image: NDArray[np.generic]) -> NDArray[np.float32]:
    """A picture as float32 in [0, 1]; floats are taken to be there."""
    if np.issubdtype(image.dtype, np.floating):
        return image.astype(np.float32, copy=False)
    most = 65535 if image.dtype == np.uint16 else 255
    return np.multiply(image.astype(np.float32), 1 / most, dtype=np.float32)
