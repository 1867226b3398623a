import cv2
import numpy as np
import pytest

from core.enlarge import enlarged_part


@pytest.fixture(params=[np.uint8, np.float32])
def small(request):
    return (np.random.default_rng(2).random((11, 17, 3)) * 255).astype(request.param)


@pytest.mark.parametrize("part", [(0, 40, 0, 50), (3, 9, 20, 50), (39, 40, 49, 50)])
def test_a_part_is_what_resizing_the_whole_gives(small, part):
    top, bottom, left, right = part
    whole = cv2.resize(small, (50, 40)).astype(float)
    ours = enlarged_part(small, (40, 50), slice(top, bottom), slice(left, right))
    assert ours.dtype == small.dtype
    # OpenCV knows 32 places between two pixels here.
    np.testing.assert_allclose(ours, whole[top:bottom, left:right], atol=255 / 16)


def test_beyond_the_edges_the_outermost_pixels_go_on(small):
    ours = enlarged_part(small, (11, 17), slice(-4, 13), slice(-2, 30))
    np.testing.assert_array_equal(ours, np.pad(small, ((4, 2), (2, 13), (0, 0)), mode="edge"))


def test_very_wide_pictures_are_fine():
    strip = np.arange(40_000, dtype=np.float32).reshape(1, -1)
    ours = enlarged_part(strip, (2, 80_000), slice(0, 2), slice(70_000, 70_004))
    np.testing.assert_allclose(ours[0], (np.arange(70_000, 70_004) + 0.5) / 2 - 0.5, atol=0.05)
