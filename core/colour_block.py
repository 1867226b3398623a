"""Foreground and background colours of one block of pixels, from a guess that a coarser level made.

For each pixel and channel, after Germer, Uelwer, Conrad, Harmeling: "Fast Multi-Level Foreground Estimation",

    min over F, B of  |α F + (1 − α) B − I|² + Σ over 4 neighbours n of (ε + |α − αₙ|) (|F − Fₙ|² + |B − Bₙ|²).

With f and b the means of the neighbours' colours under those weights, s the weights' sum and r = I − α f − (1 − α) b
what the means do not explain, its solution is

    F = f + α r / (α² + (1 − α)² + s),    B = b + (1 − α) r / (α² + (1 − α)² + s).

All pixels of a block are updated at once (Jacobi), so that a block is a few dozen operations on arrays that stay in
the processor's cache.
"""

import numpy as np
from numpy.typing import NDArray

_Planes = NDArray[np.float32]  # (C, H · W)

_REGULARISATION = 1e-5  # ε


def solve_block(
    image: NDArray[np.float32],
    alpha: NDArray[np.float32],
    foreground: NDArray[np.float32],
    background: NDArray[np.float32],
    iterations: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Improve a guess of a block's colours.

    A pixel's result depends on what lies within `reach_px(iterations)`; where the block ends, there is no neighbour.

    Args:
        image: (3, H, W) in [0, 1].
        alpha: (H, W) in [0, 1].
        foreground, background: (3, H, W) in [0, 1], the guesses.
        iterations: how often colours are exchanged with the neighbours, after a first step without them.

    Returns:
        (foreground, background), each (3, H, W) float32 in [0, 1].
    """
    planes = (3, alpha.size)
    equations = _Equations(image.reshape(planes), alpha)
    means = np.concatenate([foreground.reshape(planes), background.reshape(planes)])
    colours = np.empty_like(means)
    equations.explain(means, colours)
    for _ in range(iterations):
        equations.average(colours, means)
        equations.explain(means, colours)
    return colours[:3].reshape(3, *alpha.shape), colours[3:].reshape(3, *alpha.shape)


def reach_px(iterations: int) -> int:
    """How far from a pixel something still has an effect on it."""
    return iterations + 1


class _Equations:
    """Those of a block. Foreground and background are six flat planes, one after the other."""

    def __init__(self, image: _Planes, alpha: NDArray[np.float32]) -> None:
        self._image = image
        self._width = alpha.shape[1]
        self._weights = _neighbour_weights(alpha)
        total = self._weights[0] + self._weights[1] + self._weights[2] + self._weights[3]
        self._weights /= np.maximum(total, _REGULARISATION)  # a single pixel has no neighbour
        self._opacity = alpha.reshape(-1)
        rest = 1 - self._opacity
        self._gain = 1 / (self._opacity * self._opacity + rest * rest + total)
        self._room = np.empty((6, alpha.size), dtype=np.float32)

    def average(self, colours: _Planes, means: _Planes) -> None:
        """Into `means`: the neighbours' mean colours.

        The planes are flat, so a neighbour is a shift; what comes from the far end of another row weighs nothing.
        """
        above, below, left, right = self._weights
        width, products = self._width, self._room
        means[:, :width] = 0
        np.multiply(colours[:, :-width], above[width:], out=means[:, width:])
        np.multiply(colours[:, width:], below[:-width], out=products[:, :-width])
        means[:, :-width] += products[:, :-width]
        np.multiply(colours[:, :-1], left[1:], out=products[:, 1:])
        means[:, 1:] += products[:, 1:]
        np.multiply(colours[:, 1:], right[:-1], out=products[:, :-1])
        means[:, :-1] += products[:, :-1]

    def explain(self, means: _Planes, colours: _Planes) -> None:
        """Into `colours`: the means, and their shares of what they do not explain of the image."""
        foreground, background = means[:3], means[3:]
        unexplained, share = self._room[:3], self._room[3:]
        np.subtract(foreground, background, out=share)
        share *= self._opacity
        np.subtract(self._image, background, out=unexplained)
        unexplained -= share
        unexplained *= self._gain
        np.multiply(unexplained, self._opacity, out=share)
        np.add(foreground, share, out=colours[:3])
        unexplained -= share
        np.add(background, unexplained, out=colours[3:])
        np.clip(colours, 0, 1, out=colours)


def _neighbour_weights(alpha: NDArray[np.float32]) -> _Planes:
    """(4, H · W): of the pixel above, below, to the left and to the right; 0 where there is none."""
    weights = np.zeros((4, *alpha.shape), dtype=np.float32)
    above, below, left, right = weights
    np.abs(alpha[1:] - alpha[:-1], out=above[1:])
    above[1:] += np.float32(_REGULARISATION)
    below[:-1] = above[1:]
    np.abs(alpha[:, 1:] - alpha[:, :-1], out=left[:, 1:])
    left[:, 1:] += np.float32(_REGULARISATION)
    right[:, :-1] = left[:, 1:]
    return weights.reshape(4, -1)
