"""Strokes against what a brush is: a distance to a path, and a fall from its middle to its rim."""

import numpy as np
import pytest

from matting_studio.app.edits import Box, Brush
from matting_studio.app.strokes import make_edit, rasterise, simplified

HEIGHT, WIDTH = 120, 160


def whole(points, size_px, hardness=1.0, opacity=1.0, *, height=HEIGHT, width=WIDTH):
    """A stroke as coverage of the whole photo, to compare with."""
    full = np.zeros((height, width), np.uint8)
    drawn = rasterise(points, size_px, hardness, opacity, height=height, width=width)
    if drawn is not None:
        box, coverage = drawn
        assert coverage.dtype == np.uint8
        assert coverage.shape == (box.bottom - box.top, box.right - box.left)
        full[box.slices] = coverage
    return full


def expected(points, size_px, hardness=1.0, opacity=1.0, *, height=HEIGHT, width=WIDTH):
    """The same pixel by pixel and in the plainest words."""
    y, x = np.mgrid[:height, :width] + 0.5
    points = np.asarray(points, float)
    nearest = np.full((height, width), np.inf)
    for a, b in zip(points, [*points[1:], points[-1]], strict=True):
        along = b - a
        t = np.clip(((x - a[0]) * along[0] + (y - a[1]) * along[1]) / max(along @ along, 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - a[0] - t * along[0], y - a[1] - t * along[1]))
    radius = size_px / 2
    t = np.clip((radius + 0.5 - nearest) / (radius * (1 - hardness) + 1), 0, 1)
    return 255 * opacity * t * t * (3 - 2 * t)


def assert_alike(points, size_px, tolerance_px, **brush):
    rim_px = size_px / 2 * (1 - brush.get("hardness", 1.0)) + 1
    steepest = 1.5 * 255 / rim_px  # of the smooth fall, per pixel
    error = np.abs(whole(points, size_px, **brush) - expected(points, size_px, **brush))
    assert error.max() <= 0.51 + steepest * tolerance_px


@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size_px", [1.0, 7.5, 40.0])
def test_a_stroke_covers_what_its_distance_to_the_path_says(size_px, hardness):
    rng = np.random.default_rng(5)
    points = [tuple(p) for p in np.array([80, 60]) + np.cumsum(rng.normal(0, 6, (30, 2)), axis=0)]
    assert_alike(points, size_px, 0.1, hardness=hardness)


def test_strokes_longer_than_one_chunk_have_no_seams():
    points = [(5.0, 5.0), (900.0, 40.0), (30.0, 90.0), (950.0, 110.0)]
    error = np.abs(whole(points, 12.0, width=1000) - expected(points, 12.0, width=1000))
    assert error.max() <= 2


def test_one_point_is_a_round_dot():
    dot = whole([(80.0, 60.0)], 30.0)
    assert dot[60, 80] == 255
    assert np.array_equal(dot, whole([(80.0, 60.0)] * 3, 30.0))
    assert dot.sum() / 255 == pytest.approx(np.pi * 15**2, rel=0.01)
    assert np.array_equal(dot[20:100, 40:120], dot[20:100, 40:120].T)


def test_positions_between_pixels_count():
    right, left = whole([(80.5, 60.5)], 3.0), whole([(80.0, 60.5)], 3.0)
    assert np.array_equal(right[60, 78:83], right[60, 78:83][::-1])
    assert np.array_equal(left[60, 77:83], left[60, 77:83][::-1])


def test_points_that_a_tablet_repeats_change_nothing():
    points = [(20.0, 20.0), (60.0, 80.0), (130.0, 40.0)]
    assert np.array_equal(whole(points, 9.0), whole([p for p in points for _ in range(4)], 9.0))


def test_a_scribble_along_one_line_keeps_its_turning_points():
    assert_alike([(60.0, 60.0), (140.0, 60.0), (20.0, 60.0), (80.0, 60.0)], 8.0, 0.0)


def test_a_stroke_does_not_add_up_with_itself():
    across = whole([(20.0, 60.0), (140.0, 60.0), (80.0, 10.0), (80.0, 110.0)], 20.0, hardness=0.3, opacity=0.4)
    assert across.max() == round(255 * 0.4)


def test_opacity_scales_the_whole_stroke():
    points = [(20.0, 20.0), (120.0, 90.0)]
    full, half = whole(points, 30.0, hardness=0.2), whole(points, 30.0, hardness=0.2, opacity=0.5)
    assert np.abs(full / 2 - half).max() <= 1


def test_hardness_narrows_the_rim():
    partial = [
        np.count_nonzero((whole([(80.0, 60.0)], 60.0, hardness=h) % 255) > 0) for h in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert partial == sorted(partial, reverse=True)
    assert partial[-1] < 2 * np.pi * 30 * 1.5  # a ring of hardly more than a pixel


def test_the_box_ends_at_the_photo():
    box, coverage = rasterise([(-10.0, -10.0), (20.0, 10.0)], 20.0, 1.0, 1.0, height=HEIGHT, width=WIDTH)
    assert (box.top, box.left) == (0, 0)
    assert coverage.shape == (box.bottom, box.right)
    assert box.bottom < 25
    assert box.right < 35
    assert_alike([(-10.0, -10.0), (20.0, 10.0)], 20.0, 0.0)


@pytest.mark.parametrize(
    "points", [[(-50.0, 60.0)], [(300.0, 500.0), (400.0, 90.0)], [(-9.0, 140.0), (-60.0, 20.0)], [(1e9, 1e9)]]
)
def test_a_stroke_beside_the_photo_is_none(points):
    assert rasterise(points, 16.0, 1.0, 1.0, height=HEIGHT, width=WIDTH) is None
    assert make_edit(Brush.FOREGROUND, points, 16.0, 1.0, 1.0, height=HEIGHT, width=WIDTH) is None


def test_points_far_out_cost_nothing_and_draw_what_crosses_the_photo():
    full = whole([(-1e8, 60.0), (1e8, 60.0)], 10.0)  # of 2e8 px: would never end, were they all walked
    assert (full[56:64] == 255).all()
    assert not full[:54].any()
    assert not full[66:].any()


def test_nothing_painted_is_none():
    assert rasterise([(80.0, 60.0)], 10.0, 1.0, 0.0, height=HEIGHT, width=WIDTH) is None


@pytest.mark.parametrize(("points", "size_px"), [([], 10.0), ([(np.nan, 3.0)], 10.0), ([(1.0, 3.0)], 0.0)])
def test_what_is_no_stroke_is_refused(points, size_px):
    with pytest.raises(ValueError, match=r"stroke|brush"):
        rasterise(points, size_px, 1.0, 1.0, height=HEIGHT, width=WIDTH)


def test_simplifying_stays_within_its_tolerance():
    angle = np.linspace(0, 6, 400)
    path = np.stack([100 * np.cos(angle), 100 * np.sin(angle)], axis=1)
    short = simplified(path, 0.2)
    assert len(short) < 100
    middles = (short[1:] + short[:-1]) / 2
    assert np.hypot(*middles.T).min() >= 100 - 0.25


def test_an_edit_carries_brush_box_and_coverage():
    edit = make_edit(Brush.BACKGROUND, [(80.0, 60.0)], 10.0, 1.0, 0.5, height=HEIGHT, width=WIDTH)
    assert edit.brush is Brush.BACKGROUND
    assert edit.box == Box(54, 74, 66, 86)
    assert edit.coverage.max() == 128
    assert edit.solved is None


def test_unknown_is_painted_opaque_whatever_the_opacity():
    edit = make_edit(Brush.UNKNOWN, [(80.0, 60.0)], 10.0, 1.0, 0.1, height=HEIGHT, width=WIDTH)
    assert edit.coverage.max() == 255
