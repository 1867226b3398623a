"""Alpha from colours alone, between pixels whose alpha is known: closed-form matting.

Levin, Lischinski, Weiss: "A Closed-Form Solution to Natural Image Matting", TPAMI 2008. Within every 3 × 3 window alpha
is taken to be an affine function of the colour; what that leaves unexplained is αᵀ L α, with the matting Laplacian L.
To it comes a wish for each unknown pixel, weighted, and the known pixels are held:

    min over α of  αᵀ L α + Σ over unknown i of wᵢ (αᵢ − wishᵢ)²

L is kept as a stencil, one plane for each neighbour within two pixels, and the system is solved by conjugate gradients
with L's diagonal as preconditioner. They are slow to carry alpha over long ways, so they start from the solution at
half the size, brought up along the picture's edges by a guided filter (He, Sun: "Fast Guided Filter", 2015).
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.guided_filter import brought_up
from core.symmetric import SYMMETRIC, factorised, forward

Picture = NDArray[np.float32]  # (H, W, 3) in [0, 1]
Plane = NDArray[np.float32]  # (H, W)

EPSILON = 1e-6  # of the windows' covariance: about what rounding to 8 bits leaves in a flat one
STAY = 1e-5  # weight of the start: where nothing else is said, alpha stays, and the system is never singular
ENOUGH = 1e-8  # mean energy of the residual for each unknown pixel
MOST_STEPS = 60
MOST_STEPS_SMALLEST = 300
SMALLEST_PX = 48 * 48
LARGEST_PX = 700 * 700  # what is larger is solved at half the size and only brought up

WINDOW = [(dy, dx) for dy in range(3) for dx in range(3)]
OFFSETS = [(0, 1), (0, 2), *((dy, dx) for dy in (1, 2) for dx in range(-2, 3))]


@dataclass(frozen=True)
class Problem:
    """What is known and what is wished, all (H, W) float32."""

    image: Picture
    known: Plane
    """1 where alpha is known, 0 where not."""
    wish: Plane
    """Alpha where it is known; where not, what it had better be."""
    weight: Plane
    """How much it had; 0 or more, and without effect where alpha is known."""

    def halved(self) -> "Problem":
        """At half the size: a pixel is known where all of its four are; where only some are, they weigh heavily."""
        size = ((self.known.shape[1] + 1) // 2, (self.known.shape[0] + 1) // 2)

        def small(plane: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.float32)

        heavy = np.where(self.known > 0, np.float32(1), self.weight + np.float32(STAY))
        weight = small(heavy)
        known = (small(self.known) > 0.999).astype(np.float32)
        return Problem(small(self.image), known, small(heavy * self.wish) / weight, weight - np.float32(STAY))


def solve_closed_form(problem: Problem, should_stop: Callable[[], None]) -> Plane:
    """The alpha of a problem, (H, W) in [0, 1]; exactly the wish where that is known.

    `should_stop` is called between the steps and may raise to end the work.
    """
    height, width = problem.known.shape
    if height * width <= SMALLEST_PX or min(height, width) < 8:
        return refined(problem, problem.wish, MOST_STEPS_SMALLEST, should_stop)
    coarse = problem.halved()
    start = brought_up(solve_closed_form(coarse, should_stop), coarse.image, problem.image)
    start = np.where(problem.known > 0, problem.wish, start)
    return start if height * width > LARGEST_PX else refined(problem, start, MOST_STEPS, should_stop)


def refined(problem: Problem, start: Plane, most_steps: int, should_stop: Callable[[], None]) -> Plane:
    """Conjugate gradients from `start`, until the residual is small or the steps are used up."""
    unknown = 1 - problem.known
    weight = (problem.weight + STAY) * unknown
    wish = (problem.weight * problem.wish + STAY * start) / (problem.weight + STAY)
    laplacian = Laplacian(problem.image)
    inverse_diagonal = unknown / np.maximum(laplacian.diagonal + weight, np.float32(STAY))
    alpha = np.where(problem.known > 0, problem.wish, start)
    residual = (weight * (wish - alpha) - laplacian.times(alpha)) * unknown
    scaled = residual * inverse_diagonal
    direction = scaled.copy()
    energy = dot(residual, scaled)
    enough = ENOUGH * float(unknown.sum())
    for _ in range(most_steps):
        should_stop()
        if energy <= enough:
            break
        image = laplacian.times(direction)
        image += weight * direction
        image *= unknown
        step = energy / dot(direction, image)
        alpha += np.float32(step) * direction
        residual -= np.float32(step) * image
        np.multiply(residual, inverse_diagonal, out=scaled)
        before, energy = energy, dot(residual, scaled)
        direction *= np.float32(energy / before)
        direction += scaled
    return np.clip(alpha, 0, 1, out=alpha)


def dot(a: Plane, b: Plane) -> float:
    return float(np.vdot(a, b))


class Laplacian:
    """The matting Laplacian of a picture as a stencil: symmetric, its rows sum to 0."""

    def __init__(self, image: Picture) -> None:
        height, width = image.shape[:2]
        # A picture narrower than a window has none: nothing is said of it.
        inner = (max(0, height - 2), max(0, width - 2))
        channels = [np.ascontiguousarray(image[..., c]) for c in range(3)]
        whitened = whitened_windows(channels, inner)
        self.shares = {offset: np.zeros((height, width), np.float32) for offset in OFFSETS}
        self.diagonal = np.zeros((height, width), np.float32)
        for first, (y, x) in enumerate(WINDOW):
            here = (slice(y, y + inner[0]), slice(x, x + inner[1]))
            for second in range(first + 1, len(WINDOW)):
                there_y, there_x = WINDOW[second]
                share = sum_of_products(whitened[first], whitened[second])
                share += 1
                share /= 9
                self.shares[there_y - y, there_x - x][here] += share
                self.diagonal[here] += share
                self.diagonal[there_y : there_y + inner[0], there_x : there_x + inner[1]] += share

    def times(self, alpha: Plane) -> Plane:
        product: Plane = self.diagonal * alpha
        scratch = np.empty_like(product)
        for (dy, dx), share in self.shares.items():
            here, there = overlapping(dy, dx, product.shape)
            part = scratch[here]
            np.multiply(share[here], alpha[there], out=part)
            product[here] -= part
            np.multiply(share[here], alpha[here], out=part)
            product[there] -= part
        return product


def overlapping(dy: int, dx: int, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where a plane and the same plane moved by (dy, dx), dy ≥ 0, lie on each other."""
    height, width = shape
    return (
        (slice(0, height - dy), slice(max(0, -dx), width - max(0, dx))),
        (slice(dy, height), slice(max(0, dx), width - max(0, -dx))),
    )


def whitened_windows(channels: list[Plane], inner: tuple[int, int]) -> list[list[Plane]]:
    """For every 3 × 3 window: its nine colours, less their mean and brought to unit covariance.

    Products of whitened colours keep their digits where a window holds two colours only, and leave L positive.
    """
    views = [
        [channel[y : y + inner[0], x : x + inner[1]].astype(np.float64) for channel in channels] for y, x in WINDOW
    ]
    for c in range(3):
        mean = np.mean([view[c] for view in views], axis=0)
        for view in views:
            view[c] -= mean
    covariance = []
    for a, b in SYMMETRIC:
        total = np.full(inner, EPSILON / 9 if a == b else 0.0)
        for view in views:
            total += view[a] * view[b] / 9
        covariance.append(total)
    factor = factorised(covariance)
    return [[plane.astype(np.float32) for plane in forward(factor, view)] for view in views]


def sum_of_products(a: list[Plane], b: list[Plane]) -> Plane:
    total: Plane = a[0] * b[0]
    total += a[1] * b[1]
    total += a[2] * b[2]
    return total
