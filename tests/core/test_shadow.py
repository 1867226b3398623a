import numpy as np
import pytest

from core.composite import composite
from core.shadow import cast_shadow, darken, with_shadow


@pytest.fixture
def person():
    alpha = np.zeros((80, 100), np.float32)
    alpha[20:60, 30:70] = 1
    return alpha


def test_is_the_alpha_moved(person):
    shadow = cast_shadow(person, blur_px=0, shift_x_px=7, shift_y_px=-5)
    np.testing.assert_array_equal(shadow, np.roll(person, (-5, 7), (0, 1)))


def test_fractions_of_a_pixel_count(person):
    assert cast_shadow(person, blur_px=0, shift_x_px=0.25, shift_y_px=0)[40, 30] == pytest.approx(0.75)


def test_is_softened_evenly(person):
    shadow = cast_shadow(person, blur_px=10, shift_x_px=0, shift_y_px=0)
    assert shadow[40, 29] + shadow[40, 30] == pytest.approx(1, abs=0.02)
    assert 0.6 < shadow[40, 33] < 0.85
    assert shadow.sum() == pytest.approx(person.sum(), rel=0.01)


def test_somebody_cut_off_by_the_frame_casts_shadow_from_outside():
    alpha = np.zeros((50, 50), np.float32)
    alpha[25:, 10:40] = 1
    shadow = cast_shadow(alpha, blur_px=4, shift_x_px=0, shift_y_px=-10)
    assert shadow[-1, 25] == pytest.approx(1, abs=1e-3)


def test_darkens_by_its_opacity():
    backdrop = np.full((1, 3, 3), 0.8, np.float32)
    darkened = darken(backdrop, np.array([[0, 0.5, 1]], np.float32), 0.5)
    np.testing.assert_allclose(darkened[0, :, 0], [0.8, 0.6, 0.4], atol=1e-6)


def test_on_transparency_it_gives_over_any_backdrop_what_it_gives_on_it():
    random = np.random.default_rng(5)
    foreground, backdrop = random.random((2, 20, 30, 3), dtype=np.float32)
    alpha, shadow = random.random((2, 20, 30), dtype=np.float32)
    alpha[:5], shadow[3:8], alpha[10:12] = 0, 0, 1
    colours, joined = with_shadow(foreground, alpha, shadow, 0.4)
    expected = composite(foreground, alpha, darken(backdrop, shadow, 0.4))
    np.testing.assert_allclose(composite(colours, joined, backdrop), expected, atol=1e-5)


def test_on_transparency_it_is_black_with_an_alpha():
    colours, alpha = with_shadow(
        np.ones((1, 2, 3), np.float32), np.array([[0, 1]], np.float32), np.ones((1, 2), np.float32), 0.3
    )
    np.testing.assert_allclose(alpha, [[0.3, 1]], atol=1e-6)
    np.testing.assert_allclose(colours, [[[0, 0, 0], [1, 1, 1]]], atol=1e-6)
