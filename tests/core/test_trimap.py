import numpy as np
import pytest

from core.trimap import BACKGROUND, FOREGROUND, UNKNOWN, classes_from_trimap, trimap_from_alpha, trimap_from_logits


@pytest.fixture
def step() -> np.ndarray:
    """An edge between columns 19 and 20, with one soft column."""
    alpha = np.zeros((30, 40), dtype=np.uint8)
    alpha[:, 20:] = 255
    alpha[:, 20] = 100
    return alpha


def test_unknown_band_is_the_transition_widened_by_the_radius(step):
    trimap = trimap_from_alpha(step, radius_px=3)
    assert set(np.flatnonzero(trimap[15] == UNKNOWN)) == set(range(17, 24))
    assert (trimap[:, :17] == BACKGROUND).all()
    assert (trimap[:, 24:] == FOREGROUND).all()


def test_radius_zero_keeps_the_transition_itself(step):
    trimap = trimap_from_alpha(step, radius_px=0)
    np.testing.assert_array_equal(trimap == UNKNOWN, step == 100)


def test_the_frame_edge_erodes_nothing():
    assert (trimap_from_alpha(np.full((9, 9), 255, np.uint8), radius_px=20) == FOREGROUND).all()


def test_the_eroding_kernel_is_an_ellipse_not_a_square():
    alpha = np.zeros((41, 41), dtype=np.uint8)
    alpha[20, 20] = 128
    unknown = trimap_from_alpha(alpha, radius_px=10) == UNKNOWN
    assert unknown[20, 10]
    assert unknown[30, 20]
    assert not unknown[11, 11]


def test_float_and_eight_bit_alphas_give_the_same_trimap():
    alpha = np.tile(np.arange(256, dtype=np.uint8), (3, 1))
    expected = trimap_from_alpha(alpha, radius_px=0)
    np.testing.assert_array_equal(trimap_from_alpha(alpha / 255, radius_px=0), expected)
    np.testing.assert_array_equal(trimap_from_alpha(np.float32(alpha) / 255, radius_px=0), expected)
    assert (expected[0, [0, 1, 2, 253, 254, 255]] == [0, 0, 128, 128, 255, 255]).all()


def test_the_alpha_is_left_alone(step):
    before = step.copy()
    trimap_from_alpha(step, radius_px=4)
    np.testing.assert_array_equal(step, before)


@pytest.mark.parametrize(
    ("alpha", "radius_px", "sentence"),
    [
        (np.zeros((4, 4, 1), np.uint8), 3, "two dimensions"),
        (np.zeros((4, 4), np.uint16), 3, "uint16"),
        (np.zeros((4, 4), np.uint8), -1, "0 px or more"),
        (np.full((4, 4), 255.0), 3, r"must lie in \[0, 1\]; it goes from 255 to 255\."),
        (np.full((4, 4), np.nan), 3, r"must lie in \[0, 1\]"),
    ],
)
def test_what_is_no_alpha_or_radius_is_refused(alpha, radius_px, sentence):
    with pytest.raises(ValueError, match=sentence):
        trimap_from_alpha(alpha, radius_px)


def test_logits_of_the_right_size_become_the_likeliest_class():
    logits = np.random.default_rng(5).normal(size=(3, 16, 12)).astype(np.float32)
    trimap = trimap_from_logits(logits, (16, 12))
    assert trimap.dtype == np.uint8
    np.testing.assert_array_equal(classes_from_trimap(trimap), logits.argmax(axis=0))


def test_logits_are_upsampled_bilinearly_with_pixel_centres_half_a_step_in():
    # Background against foreground along x, crossing zero exactly between the two columns.
    logits = np.zeros((3, 1, 2), dtype=np.float32)
    logits[0] = [[1, -1]]
    logits[2] = [[-1, 1]]
    logits[1] = -5
    trimap = trimap_from_logits(logits, (3, 10))
    np.testing.assert_array_equal(trimap, np.tile(np.repeat(np.uint8([0, 255]), 5), (3, 1)))


@pytest.mark.parametrize(("shape", "size"), [((2, 4, 4), (8, 8)), ((4, 4), (8, 8)), ((3, 4, 4), (0, 8))])
def test_logits_or_sizes_of_another_shape_are_refused(shape, size):
    with pytest.raises(ValueError, match=r"shape|at least"):
        trimap_from_logits(np.zeros(shape, np.float32), size)


def test_classes_survive_values_that_jpeg_bent():
    trimap = np.array([[0, 3, 120, 128, 131, 250, 255]], dtype=np.uint8)
    np.testing.assert_array_equal(classes_from_trimap(trimap), [[0, 0, 1, 1, 1, 2, 2]])
