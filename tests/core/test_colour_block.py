import numpy as np
import pytest

from core.colour_block import reach_px, solve_block


@pytest.fixture
def block():
    random = np.random.default_rng(4)
    image, foreground, background = random.random((3, 3, 9, 7), dtype=np.float32)
    return image, random.random((9, 7), dtype=np.float32), foreground, background


def energy(image, alpha, foreground, background):
    """What is minimised: how far the composite is from the image, and how rough the colours are."""
    total = np.sum((alpha * foreground + (1 - alpha) * background - image) ** 2)
    for axis in (0, 1):
        weights = 1e-5 + np.abs(np.diff(alpha, axis=axis))
        for colours in (foreground, background):
            total += np.sum(weights * np.diff(colours, axis=axis + 1) ** 2)
    return total


def test_one_step_is_the_written_solution(block):
    """Each pixel minimises its own part of the energy, its neighbours held."""
    image, alpha, foreground, background = block
    first, second = (solve_block(image, alpha, foreground, background, iterations) for iterations in (0, 1))
    row, column, channel = 4, 3, 1
    neighbours = [(3, 3), (5, 3), (4, 2), (4, 4)]
    a = float(alpha[row, column])
    weights = np.array([1e-5 + abs(a - alpha[place]) for place in neighbours])
    s = weights.sum()
    sums = [weights @ np.array([colours[channel][place] for place in neighbours]) for colours in first]
    matrix = np.array([[a * a + s, a * (1 - a)], [a * (1 - a), (1 - a) ** 2 + s]])
    right = np.array([a, 1 - a]) * image[channel, row, column] + sums
    expected = np.clip(np.linalg.solve(matrix, right), 0, 1)
    np.testing.assert_allclose([colours[channel, row, column] for colours in second], expected, atol=1e-5)


def test_each_iteration_lowers_the_energy(block):
    image, alpha, foreground, background = block
    energies = [energy(image, alpha, *solve_block(image, alpha, foreground, background, n)) for n in (0, 1, 2, 8)]
    assert energies[0] < energy(image, alpha, foreground, background)
    assert energies == sorted(energies, reverse=True)


def test_a_pixel_sees_no_further_than_it_reaches(block):
    image, alpha, foreground, background = block
    whole = solve_block(image, alpha, foreground, background, 2)
    part = solve_block(image[:, 1:], alpha[1:], foreground[:, 1:], background[:, 1:], 2)
    for ours, expected in zip(part, whole, strict=True):
        np.testing.assert_allclose(ours[:, reach_px(2) :], expected[:, reach_px(2) + 1 :], atol=1e-6)


def test_a_single_pixel_is_explained():
    one = np.full((3, 1, 1), 0.5, np.float32)
    foreground, background = solve_block(one, np.full((1, 1), 0.25, np.float32), one * 0, one * 2, 3)
    np.testing.assert_allclose(0.25 * foreground + 0.75 * background, one, atol=0.2)
    assert np.isfinite(foreground).all()
