"""Boxes around what is chosen, with margins, and in the coordinates of others."""

import numpy as np

from core.boxes import absolute, bounds, grown, relative, whole

BOX = slice(3, 7), slice(20, 25)
OUTER = slice(2, 9), slice(18, 40)


def test_bounds_hold_all_that_is_chosen_and_no_more() -> None:
    chosen = np.zeros((10, 50), dtype=np.bool_)
    chosen[3, 24] = chosen[6, 20] = True
    assert bounds(chosen) == BOX
    chosen[-1, -1] = chosen[0, 0] = True
    assert bounds(chosen) == whole(chosen.shape)


def test_nothing_has_no_bounds() -> None:
    assert bounds(np.zeros((4, 5), dtype=np.bool_)) is None


def test_a_margin_ends_where_the_outer_box_ends() -> None:
    assert grown(BOX, 1, OUTER) == (slice(2, 8), slice(19, 26))
    assert grown(BOX, 100, OUTER) == OUTER
    assert grown(BOX, 0, OUTER) == BOX


def test_a_box_reads_the_same_pixels_in_the_coordinates_of_another() -> None:
    plane = np.arange(10 * 50).reshape(10, 50)
    np.testing.assert_array_equal(plane[OUTER][relative(BOX, OUTER)], plane[BOX])
    assert absolute(relative(BOX, OUTER), OUTER) == BOX
