"""Alpha from colours alone, between pixels whose alpha is known: closed-form matting.

Levin, Lischinski, Weiss: "A Closed-Form Solution to Natural Image Matting", TPAMI 2008. Within every 3 × 3 window alpha
is taken to be an affine function of the colour; what that leaves unexplained is αᵀ L α, with the matting Laplacian L.
To it comes a wish for each unknown pixel, weighted, and the known pixels are held:

    min over α of  αᵀ L α + Σ over unknown i of wᵢ (αᵢ − wishᵢ)²

L is kept as a stencil, one plane for each neighbour within two pixels, and the system is solved by conjugate gradients
with L's diagonal as preconditioner. They are slow to carry alpha over long ways, so they start from the solution at
half the size, brought up along the picture's edges by a guided filter (He, Sun: "Fast Guided Filter", 2015).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]  # (H, W, 3) in [0, 1]
Plane = NDArray[np.float32]  # (H, W)

EPSILON = 1e-6  # of the windows' covariance: a twentieth of an 8-bit step, squared and more; flat windows need it
TOLERANCE = 1e-3  # of the residual, against that of a wish taken back
MOST_STEPS = 60
MOST_STEPS_SMALLEST = 300
SMALLEST_PX = 48 * 48
LARGEST_PX = 700 * 700  # what is larger is solved at half the size and only brought up

GUIDE_RADIUS_PX = 2
GUIDE_EPSILON = 1e-5

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
        """At half the size; a pixel is known where all of its four are."""
        size = ((self.known.shape[1] + 1) // 2, (self.known.shape[0] + 1) // 2)
        image, known, wish, weight = (
            np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
            for plane in (self.image, self.known, self.wish, self.weight)
        )
        return Problem(image, (known > 0.999).astype(np.float32), wish, weight)


def solve_closed_form(problem: Problem, should_stop: Callable[[], None]) -> Plane:
    """The alpha of a problem, (H, W) in [0, 1]; exactly the wish where that is known.

    `should_stop` is called between the steps and may raise to end the work.
    """
    height, width = problem.known.shape
    if height * width <= SMALLEST_PX or min(height, width) < 8:
        return refined(problem, problem.wish, MOST_STEPS_SMALLEST, should_stop)
    coarse = problem.halved()
    start = brought_up(solve_closed_form(coarse, should_stop), coarse.image, problem)
    return start if height * width > LARGEST_PX else refined(problem, start, MOST_STEPS, should_stop)


def refined(problem: Problem, start: Plane, most_steps: int, should_stop: Callable[[], None]) -> Plane:
    """Conjugate gradients from `start`, until the residual is small or the steps are used up."""
    unknown = 1 - problem.known
    weight = problem.weight * unknown
    laplacian = Laplacian(problem.image)
    inverse_diagonal = unknown / np.maximum(laplacian.diagonal + weight, 1e-6)
    alpha = np.where(problem.known > 0, problem.wish, start)
    residual = (weight * (problem.wish - alpha) - laplacian.times(alpha)) * unknown
    scaled = residual * inverse_diagonal
    direction = scaled.copy()
    energy = dot(residual, scaled)
    enough = TOLERANCE**2 * max(float(unknown.sum()), 1.0) * 1e-2
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
        inner = (height - 2, width - 2)
        channels = [np.ascontiguousarray(image[..., c]) for c in range(3)]
        deviations, inverse = window_statistics(channels, inner)
        self.shares = {offset: np.zeros((height, width), np.float32) for offset in OFFSETS}
        self.diagonal = np.zeros((height, width), np.float32)
        for first, (y, x) in enumerate(WINDOW):
            here = (slice(y, y + inner[0]), slice(x, x + inner[1]))
            leaned = lean(inverse, deviations[first])
            for second in range(first + 1, len(WINDOW)):
                there_y, there_x = WINDOW[second]
                share = sum_of_products(leaned, deviations[second])
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


def window_statistics(channels: list[Plane], inner: tuple[int, int]) -> tuple[list[list[Plane]], list[Plane]]:
    """For every 3 × 3 window: its nine colours less their mean, and the inverse of its covariance (six planes)."""
    views = [[channel[y : y + inner[0], x : x + inner[1]] for channel in channels] for y, x in WINDOW]
    means = [cv2.boxFilter(channel, -1, (3, 3))[1:-1, 1:-1] for channel in channels]
    deviations = [[colour - mean for colour, mean in zip(view, means, strict=True)] for view in views]
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    covariance = []
    for a, b in pairs:
        total = np.full(inner, 9 * EPSILON / 9 if a == b else 0.0, np.float32)
        for deviation in deviations:
            total += deviation[a] * deviation[b]
        covariance.append((total / 9).astype(np.float64))
    return deviations, inverse_of(covariance)


def inverse_of(symmetric: list[NDArray[np.float64]]) -> list[Plane]:
    """Inverse of symmetric 3 × 3 matrices, given and returned as the planes xx, xy, xz, yy, yz, zz."""
    xx, xy, xz, yy, yz, zz = symmetric
    cofactors = [
        yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy, xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    ]  # fmt: skip
    determinant = xx * cofactors[0] + xy * cofactors[1] + xz * cofactors[2]
    return [(cofactor / determinant).astype(np.float32) for cofactor in cofactors]


def lean(symmetric: list[Plane], vector: list[Plane]) -> list[Plane]:
    """Symmetric matrix times vector, for every pixel."""
    xx, xy, xz, yy, yz, zz = symmetric
    return [sum_of_products(row, vector) for row in ([xx, xy, xz], [xy, yy, yz], [xz, yz, zz])]


def sum_of_products(a: list[Plane], b: list[Plane]) -> Plane:
    total: Plane = a[0] * b[0]
    total += a[1] * b[1]
    total += a[2] * b[2]
    return total


def brought_up(coarse: Plane, coarse_image: Picture, problem: Problem) -> Plane:
    """A coarse alpha at the size of a problem: affine in the colour around each pixel; the wish where that is known."""
    channels = [np.ascontiguousarray(coarse_image[..., c]) for c in range(3)]
    size = (2 * GUIDE_RADIUS_PX + 1, 2 * GUIDE_RADIUS_PX + 1)

    def mean(plane: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray(cv2.blur(plane.astype(np.float64), size))

    means, alpha_mean = [mean(channel) for channel in channels], mean(coarse)
    covariance = [
        mean(channels[a].astype(np.float64) * channels[b]) - means[a] * means[b] + (GUIDE_EPSILON if a == b else 0)
        for a in range(3)
        for b in range(a, 3)
    ]
    shared = [
        (mean(channel.astype(np.float64) * coarse) - m * alpha_mean).astype(np.float32)
        for channel, m in zip(channels, means, strict=True)
    ]
    slopes = lean(inverse_of(covariance), shared)
    level = alpha_mean - sum(slope * m for slope, m in zip(slopes, means, strict=True))
    fitted = np.dstack([mean(plane).astype(np.float32) for plane in (*slopes, level)])
    alpha = np.empty_like(problem.wish)
    for rows, factors in enlarged_bands(fitted, alpha.shape):
        alpha[rows] = np.einsum("hwc,hwc->hw", factors[..., :3], problem.image[rows]) + factors[..., 3]
    return np.where(problem.known > 0, problem.wish, np.clip(alpha, 0, 1))


def enlarged_bands(planes: NDArray[np.float32], shape: tuple[int, ...]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    yield slice(0, shape[0]), np.asarray(cv2.resize(planes, shape[::-1], interpolation=cv2.INTER_LINEAR))
