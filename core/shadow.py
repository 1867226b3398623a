"""The soft shadow that a cut-out throws on what is behind it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.blur import blur


def cast_shadow(
    alpha: NDArray[np.float32], *, blur_px: float, shift_x_px: float, shift_y_px: float
) -> NDArray[np.float32]:
    """How much of the light is taken from each pixel: the alpha moved and blurred.

    Args:
        alpha: (H, W) float32 in [0, 1]. A person that the frame cuts off goes on outside of it.
        blur_px: twice the Gaussian's sigma.
        shift_x_px, shift_y_px: to the right and downwards; fractions count.

    Returns:
        (H, W) float32 in [0, 1], 1 in full shadow.
    """
    height, width = alpha.shape
    shift = np.array([[1, 0, shift_x_px], [0, 1, shift_y_px]], dtype=np.float64)
    moved = cv2.warpAffine(alpha, shift, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return blur(moved.astype(np.float32, copy=False), blur_px / 2)


def darken(backdrop: NDArray[np.float32], shadow: NDArray[np.float32], opacity: float) -> NDArray[np.float32]:
    """A backdrop (H, W, 3) under a shadow (H, W) of so much opacity in [0, 1]."""
    light = cv2.cvtColor(1 - np.float32(opacity) * shadow, cv2.COLOR_GRAY2RGB)
    darkened: NDArray[np.float32] = np.multiply(backdrop, light, dtype=np.float32)
    return darkened


def with_shadow(
    foreground: NDArray[np.float32], alpha: NDArray[np.float32], shadow: NDArray[np.float32], opacity: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A cut-out with its shadow as one straight picture, for a transparent file: the shadow is black with an alpha.

    This is "over" of Porter and Duff: "Compositing Digital Images", SIGGRAPH 1984, of the cut-out and black.

    Args:
        foreground: (H, W, 3) in [0, 1], straight.
        alpha, shadow: (H, W) in [0, 1].
        opacity: of the shadow where it is full, in [0, 1].

    Returns:
        Straight colours (H, W, 3) and alpha (H, W). Over any backdrop they give what the cut-out gives over the
        darkened backdrop.
    """
    joined = alpha + (1 - alpha) * shadow * np.float32(opacity)
    share = np.divide(alpha, joined, out=np.ones_like(alpha), where=joined > 0)
    return foreground * cv2.cvtColor(share, cv2.COLOR_GRAY2RGB), joined
