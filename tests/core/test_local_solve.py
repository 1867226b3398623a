"""Solving the unknown again, on generated hair whose alpha is known."""

import time

import cv2
import numpy as np
import pytest

from core.closed_form import EPSILON, OFFSETS, Laplacian, Problem, solve_closed_form
from core.guided_filter import brought_up
from core.local_solve import around, solve_unknown
from core.trimap import trimap_from_alpha

ALL = (slice(0, 200), slice(0, 200))


def hair(size=200, strands=22, seed=1, texture=0.0):
    """A head with strands before two colours: image (size, size, 3) uint8, and its alpha."""
    rng = np.random.default_rng(seed)
    large = np.zeros((4 * size, 4 * size), np.uint8)
    middle = np.array([2 * size, 3.9 * size])
    cv2.circle(large, tuple(middle.astype(int).tolist()), int(1.2 * size), 255, -1)
    for _ in range(strands):
        angle, length = rng.uniform(1.1 * np.pi, 1.9 * np.pi), rng.uniform(1.6, 3.2) * size
        t = np.linspace(0, 1, 40)
        bent = angle + rng.normal(0, 0.25) * t + rng.normal(0, 0.1) * np.sin(6 * t)
        radius = 1.1 * size + (length - 1.1 * size) * t
        path = middle + radius[:, None] * np.stack([np.cos(bent), np.sin(bent)], axis=1)
        cv2.polylines(large, [np.rint(path).astype(np.int32)], False, 255, int(rng.integers(4, 13)))
    alpha = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    y, x = np.mgrid[:size, :size] / size
    foreground = np.stack([0.25 + 0.1 * np.sin(20 * x + 9 * y), 0.15 + 0.05 * y, 0.08 + 0.04 * x], axis=-1)
    background = np.where((x + 0.15 * np.sin(6 * y) < 0.5)[..., None], [0.75, 0.8, 0.85], [0.35, 0.6, 0.4])
    background = background + texture * cv2.GaussianBlur(rng.normal(0, 8, (size, size, 3)), (0, 0), 2)
    mixed = alpha[..., None] * foreground + (1 - alpha[..., None]) * background
    noisy = mixed + rng.normal(0, 1.5 / 255, mixed.shape)
    return np.rint(255 * np.clip(noisy, 0, 1)).astype(np.uint8), alpha


def wide_trimap(alpha, width_px=12):
    trimap = trimap_from_alpha(alpha, width_px)
    assert set(np.unique(trimap)) == {0, 128, 255}
    return trimap


def network(answer, crop=ALL):
    """A network that gives an alpha for a crop, and the trimap that goes with it."""

    def infer(image):
        part = np.ascontiguousarray(answer[crop], dtype=np.float32)
        assert image.shape[:2] == part.shape
        return part, trimap_from_alpha(part, 6)

    return infer


def as_it_is(_picture, alpha, _factor):
    """A detail network that has nothing to say."""
    return alpha


def solve(image, alpha, trimap, box, infer, *, look_closer=as_it_is, **chosen):
    return solve_unknown(image, alpha, trimap, box, infer, look_closer=look_closer, **chosen)


def mad(result, alpha, unknown):
    return float(np.abs(result - alpha)[unknown].mean())


@pytest.fixture(scope="module")
def scene():
    image, alpha = hair()
    return image, alpha, wide_trimap(alpha)


@pytest.mark.parametrize("wrong", [0.0, 1.0])
def test_a_network_that_is_wrong_everywhere_is_overruled_by_colours(scene, wrong):
    image, alpha, trimap = scene
    answer = np.full_like(alpha, wrong)
    result = solve(image, answer, trimap, ALL, network(answer))
    unknown = trimap == 128
    assert mad(result, alpha, unknown) < mad(answer, alpha, unknown) / 8
    assert mad(result, alpha, unknown) < 0.03


def test_a_network_that_is_right_is_followed(scene):
    image, alpha, trimap = scene
    result = solve(image, alpha, trimap, ALL, network(alpha))
    assert mad(result, alpha, trimap == 128) < 0.006


def test_a_network_that_is_right_is_followed_where_colours_say_nothing():
    image, alpha = hair(texture=0.3)
    trimap = wide_trimap(alpha)
    unknown = trimap == 128
    followed = solve(image, alpha, trimap, ALL, network(alpha))
    alone = solve(image, alpha, trimap, ALL, network(np.zeros_like(alpha)))
    assert mad(alone, alpha, unknown) > 0.05  # the scene is as hard as it is meant to be
    assert mad(followed, alpha, unknown) < 0.02


def test_a_network_that_is_blurred_is_sharpened(scene):
    image, alpha, trimap = scene
    answer = cv2.GaussianBlur(alpha, (0, 0), 1.5)
    result = solve(image, answer, trimap, ALL, network(answer))
    assert mad(result, alpha, trimap == 128) < mad(answer, alpha, trimap == 128) / 3


def test_a_network_that_is_wrong_on_one_side_is_overruled_there(scene):
    image, alpha, trimap = scene
    answer = alpha.copy()
    answer[:, 100:] = 0
    result = solve(image, answer, trimap, ALL, network(answer))
    assert mad(result, alpha, trimap == 128) < mad(answer, alpha, trimap == 128) / 5


def test_sure_pixels_are_exact(scene):
    image, alpha, trimap = scene
    result = solve(image, alpha, trimap, ALL, network(np.full_like(alpha, 0.3)))
    assert result.dtype == np.float32
    assert (result[trimap == 0] == 0).all()
    assert (result[trimap == 255] == 1).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_what_was_not_wanted_keeps_its_alpha_and_the_solution_joins_it(scene):
    image, alpha, trimap = scene
    # Flat colours in a flat unknown: the only thing that says anything is the alpha around.
    image, trimap, current = np.full_like(image, 90), np.full_like(trimap, 128), np.full_like(alpha, 0.6)
    wanted = np.zeros(trimap.shape, np.bool_)
    wanted[80:120, 70:130] = True
    result = solve(image, current, trimap, ALL, network(np.zeros_like(alpha)), wanted=wanted)
    assert (result[~wanted] == current[~wanted]).all()
    steps = np.abs(np.diff(result, axis=0)).max(), np.abs(np.diff(result, axis=1)).max()
    assert max(steps) < 0.02


def test_the_matte_outside_the_box_is_joined(scene):
    image, alpha, trimap = scene
    box = (slice(30, 90), slice(60, 140))
    crop = around(box, trimap.shape, 512)
    result = solve(image, alpha, trimap, box, network(np.zeros_like(alpha), crop))
    assert result.shape == (60, 80)
    unknown = trimap[box] == 128
    assert mad(result, alpha[box], unknown) < alpha[box][unknown].mean() / 5


@pytest.mark.parametrize("box", [(slice(0, 60), slice(0, 90)), (slice(150, 200), slice(170, 200))])
def test_a_box_at_the_edge_of_the_photo_is_solved(scene, box):
    image, alpha, trimap = scene
    crop = around(box, trimap.shape, 64)
    result = solve(image, alpha, trimap, box, network(alpha, crop), size_px=64)
    assert result.shape == (box[0].stop - box[0].start, box[1].stop - box[1].start)
    unknown = trimap[box] == 128
    assert unknown.any()
    assert mad(result, alpha[box], unknown) < 0.02


def test_sixteen_bits_give_what_eight_do(scene):
    image, alpha, trimap = scene
    infer = network(np.zeros_like(alpha))
    deep = solve(image.astype(np.uint16) * 257, alpha, trimap, ALL, infer)
    assert np.abs(deep - solve(image, alpha, trimap, ALL, infer)).max() < 1e-3


def test_nothing_unknown_does_not_trouble_the_network(scene):
    image, alpha, trimap = scene

    def infer(_):
        raise AssertionError

    sure = np.where(trimap == 128, 0, trimap).astype(np.uint8)
    assert (solve(image, alpha, sure, ALL, infer) == (sure == 255)).all()


def test_the_detail_network_is_heard_inside_the_unknown_and_joins_what_is_around(scene):
    image, alpha, trimap = scene
    wanted = np.zeros(trimap.shape, np.bool_)
    wanted[20:120, 70:130] = True
    plain = solve(image, alpha, trimap, ALL, network(alpha), wanted=wanted)
    lower = solve(image, alpha, trimap, ALL, network(alpha), look_closer=lambda _, told, __: told - 0.5, wanted=wanted)
    unknown = wanted & (trimap == 128)
    assert (lower[~unknown] == plain[~unknown]).all()
    change = plain - lower
    inwards = cv2.distanceTransform(unknown.astype(np.uint8), cv2.DIST_L2, 3)
    assert np.abs(change[inwards > 4] - 0.5).max() < 1e-5
    assert change[(inwards > 0) & (inwards < 1.5)].max() < 0.2


def test_the_detail_network_sees_the_photo_and_the_solution_and_how_near_they_are(scene):
    image, alpha, trimap = scene
    box = (slice(30, 90), slice(60, 140))
    seen = []

    def look_closer(picture, told, factor):
        seen.append((picture, told, factor))
        return told

    crop = around(box, trimap.shape, 100)
    result = solve(image, alpha, trimap, box, network(alpha, crop), look_closer=look_closer, size_px=100)
    ((picture, told, factor),) = seen
    assert factor == 2
    assert picture.shape[:2] == told.shape
    rows, columns = (np.flatnonzero((trimap[box] == 128).any(axis=axis)) for axis in (1, 0))
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    top, left = (max(crop[i].start, box[i].start + part[i].start - 48) for i in (0, 1))
    inside = slice(box[0].start + part[0].start - top, None), slice(box[1].start + part[1].start - left, None)
    height, width = part[0].stop - part[0].start, part[1].stop - part[1].start
    assert (told[inside][:height, :width] == result[part]).all()
    assert (picture == image[top : top + picture.shape[0], left : left + picture.shape[1]]).all()


class StoppedError(Exception):
    pass


@pytest.mark.parametrize("calls", [1, 2, 5, 40])
def test_stopping_is_heard_at_every_stage(scene, calls):
    image, alpha, trimap = scene
    count = 0

    def should_stop():
        nonlocal count
        count += 1
        if count == calls:
            raise StoppedError

    with pytest.raises(StoppedError):
        solve(image, alpha, trimap, ALL, network(np.zeros_like(alpha)), should_stop=should_stop)
    assert count == calls


def test_sizes_that_differ_are_refused(scene):
    image, alpha, trimap = scene
    with pytest.raises(ValueError, match="differ in size"):
        solve(image, alpha[1:], trimap, ALL, network(alpha))


def test_the_network_sees_context_at_full_detail_where_the_box_allows_it():
    shape = (4000, 6000)
    for box in [(slice(10, 20), slice(5980, 6000)), (slice(2000, 2100), slice(3000, 3100))]:
        rows, columns = around(box, shape, 512)
        assert rows.stop - rows.start == columns.stop - columns.start == 512
        assert rows.start <= box[0].start < box[0].stop <= rows.stop <= 4000
        assert columns.start <= box[1].start < box[1].stop <= columns.stop <= 6000
    rows, columns = around((slice(100, 3900), slice(100, 1000)), shape, 512)
    assert (rows, columns.stop - columns.start) == (slice(0, 4000), 5700)


def test_the_laplacian_is_the_one_of_the_paper():
    rng = np.random.default_rng(2)
    height, width = 6, 7
    image = rng.random((height, width, 3)).astype(np.float32)
    dense = np.zeros((height * width, height * width))
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            index = [(y + dy) * width + x + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
            colours = image.reshape(-1, 3)[index].astype(float)
            d = colours - colours.mean(axis=0)
            inverse = np.linalg.inv(d.T @ d / 9 + EPSILON / 9 * np.eye(3))
            dense[np.ix_(index, index)] += np.eye(9) - (1 + d @ inverse @ d.T) / 9
    laplacian = Laplacian(image)
    assert len(laplacian.shares) == len(OFFSETS) == 12
    for _ in range(3):
        alpha = rng.random((height, width)).astype(np.float32)
        assert np.abs(laplacian.times(alpha).ravel() - dense @ alpha.ravel()).max() < 1e-4
    assert np.abs(laplacian.diagonal.ravel() - np.diag(dense)).max() < 1e-4


def test_an_alpha_that_is_affine_in_colour_comes_back_from_a_few_known_pixels():
    y, x = np.mgrid[:40, :60].astype(np.float32) / 60
    image = np.dstack([0.2 + 0.5 * x, 0.3 + 0.4 * y, 0.5 + 0.3 * np.sin(9 * x)]).astype(np.float32)
    alpha = 0.1 + 0.6 * image[..., 0] + 0.5 * image[..., 1]
    known = np.zeros_like(alpha)
    known[::8, ::8] = 1
    wish = np.where(known > 0, alpha, 0).astype(np.float32)
    solved = solve_closed_form(Problem(image, known, wish, np.zeros_like(alpha)), lambda: None)
    error = np.abs(solved - alpha)
    assert error[:33, :57].max() < 0.025  # between the known pixels; the far corner lies beyond the last of them
    assert error.mean() < 0.005


def test_bringing_up_follows_the_edges_of_the_picture():
    image, alpha = hair(256, strands=0)
    small = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    coarse = cv2.resize(alpha, (64, 64), interpolation=cv2.INTER_AREA)
    plain = cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_LINEAR)
    assert np.abs(brought_up(coarse, small, image) - alpha).mean() < np.abs(plain - alpha).mean() / 2


@pytest.mark.slow
def test_a_large_box_is_solved_in_reasonable_time():
    image, alpha = hair(600, strands=60)
    trimap = trimap_from_alpha(alpha, 15)
    box = (slice(0, 600), slice(0, 600))
    begin = time.process_time()  # of all threads, and not of other programs
    result = solve(image, alpha, trimap, box, network(np.zeros_like(alpha), box))
    assert time.process_time() - begin < 3.0
    assert mad(result, alpha, trimap == 128) < alpha[trimap == 128].mean() / 8


@pytest.mark.slow
def test_a_box_too_large_to_solve_at_once_is_brought_up():
    image, alpha = hair(1400, strands=40)
    trimap = trimap_from_alpha(alpha, 40)
    box = (slice(0, 1400), slice(0, 1400))
    answer = np.zeros_like(alpha)
    factors = []

    def look_closer(_picture, told, factor):
        factors.append(factor)
        return told

    result = solve(image, answer, trimap, box, network(answer, box), look_closer=look_closer, size_px=350)
    assert factors == [2]
    unknown = trimap == 128
    assert (result[~unknown] == (trimap[~unknown] == 255)).all()
    assert mad(result, alpha, unknown) < mad(answer, alpha, unknown) / 5


@pytest.mark.parametrize("shape", [(1, 1), (2, 40), (40, 1), (60, 50)])
def test_photos_of_hardly_any_pixels_are_solved_also_with_nothing_known(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    alpha, trimap = np.full(shape, 0.5, np.float32), np.full(shape, 128, np.uint8)

    def infer(crop):
        return np.full(crop.shape[:2], 0.7, np.float32), np.full(crop.shape[:2], 128, np.uint8)

    solved = solve(image, alpha, trimap, (slice(0, shape[0]), slice(0, shape[1])), infer, size_px=64)
    assert solved.shape == shape
    assert np.all((solved >= 0) & (solved <= 1))
