"""The stored oracle is pymatting's answer for a synthetic picture; tools/make_foreground_oracle.py makes it."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.foreground import estimate_foreground, estimate_foreground_background

ORACLE = Path(__file__).parents[1] / "data" / "foreground_oracle.npz"


@pytest.fixture(scope="module")
def oracle():
    with np.load(ORACLE) as arrays:
        eight_bit = {name: np.float32(arrays[name]) / 255 for name in ("image", "alpha", "true_foreground")}
        estimates = {name: np.float32(arrays[name]) for name in ("oracle_foreground", "oracle_background")}
    return SimpleNamespace(**eight_bit, **estimates)


def transition(alpha):
    return (alpha > 0) & (alpha < 1)


def weighted_difference(foreground, reference, alpha):
    """What a difference in foreground colours does to a composite, over the transition; (n, 3)."""
    return np.abs(alpha[..., None] * (foreground - reference))[transition(alpha)]


def recomposition_error(image, alpha, foreground, background):
    opacity = alpha[..., None]
    return np.abs(image - (opacity * foreground + (1 - opacity) * background))


@pytest.fixture(scope="module")
def green_screen():
    """A skin-coloured disc with a soft edge of 12 px before a green screen."""
    y, x = np.mgrid[:160, :200].astype(np.float32)
    alpha = np.clip((60 - np.hypot(x - 100, y - 80)) / 12 + 0.5, 0, 1)
    foreground = np.stack([0.75 + 0.1 * np.sin(x / 30), 0.5 + 0.1 * np.cos(y / 25), np.full_like(x, 0.4)], axis=-1)
    background = np.broadcast_to(np.float32([0.1, 0.8, 0.2]), foreground.shape)
    image = alpha[..., None] * foreground + (1 - alpha[..., None]) * background
    return SimpleNamespace(image=image, alpha=alpha, foreground=foreground)


def assert_agree(ours, theirs, image, alpha):
    """Two pairs of foreground and background agree, and the first explains the image no worse."""
    foreground_difference = weighted_difference(ours[0], theirs[0], alpha)
    background_difference = weighted_difference(ours[1], theirs[1], 1 - alpha)
    for difference in (foreground_difference, background_difference):
        assert difference.mean() < 0.0015
        assert difference.max() < 0.015
    our_error = recomposition_error(image, alpha, *ours).mean()
    assert our_error <= 1.02 * recomposition_error(image, alpha, *theirs).mean()


def test_agrees_with_pymatting_as_stored(oracle):
    ours = estimate_foreground_background(oracle.image, oracle.alpha)
    assert_agree(ours, (oracle.oracle_foreground, oracle.oracle_background), oracle.image, oracle.alpha)


@pytest.mark.slow
def test_agrees_with_pymatting_live(oracle):
    pymatting = pytest.importorskip("pymatting.foreground.estimate_foreground_ml")
    theirs = pymatting.estimate_foreground_ml(oracle.image, oracle.alpha, return_background=True)
    ours = estimate_foreground_background(oracle.image, oracle.alpha)
    assert_agree(ours, theirs, oracle.image, oracle.alpha)


def test_finds_the_true_colours_of_strands_far_better_than_the_image_shows_them(oracle):
    estimated = weighted_difference(
        estimate_foreground(oracle.image, oracle.alpha), oracle.true_foreground, oracle.alpha
    )
    shown = weighted_difference(oracle.image, oracle.true_foreground, oracle.alpha)
    assert estimated.mean() * 4 < shown.mean()


def test_no_green_halo_is_left_over_a_new_background(green_screen):
    scene = green_screen
    estimated = weighted_difference(estimate_foreground(scene.image, scene.alpha), scene.foreground, scene.alpha)
    shown = weighted_difference(scene.image, scene.foreground, scene.alpha)
    assert estimated.mean() * 10 < shown.mean()
    # Not even at the worst pixel is there as much green as an eye would see.
    assert estimated[:, 1].max() < 0.03
    assert shown[:, 1].max() > 0.07


def test_nothing_of_the_old_background_hides_where_alpha_is_zero(green_screen):
    outside = estimate_foreground(green_screen.image, green_screen.alpha)[green_screen.alpha == 0]
    assert (outside[:, 1] < outside[:, 0]).all()


def test_the_foreground_is_the_image_itself_where_alpha_is_one(oracle):
    foreground, background = estimate_foreground_background(oracle.image, oracle.alpha)
    np.testing.assert_array_equal(foreground[oracle.alpha == 1], oracle.image[oracle.alpha == 1])
    np.testing.assert_array_equal(background[oracle.alpha == 0], oracle.image[oracle.alpha == 0])


def test_foreground_alone_is_the_same_as_with_the_background(oracle):
    foreground, _ = estimate_foreground_background(oracle.image, oracle.alpha)
    np.testing.assert_array_equal(estimate_foreground(oracle.image, oracle.alpha), foreground)


def test_colours_are_float32_in_range_and_the_inputs_stay_as_they_were(oracle):
    image, alpha = oracle.image.copy(), oracle.alpha.copy()
    for colours in estimate_foreground_background(image, alpha):
        assert colours.dtype == np.float32
        assert colours.shape == image.shape
        assert colours.min() >= 0
        assert colours.max() <= 1
    np.testing.assert_array_equal(image, oracle.image)
    np.testing.assert_array_equal(alpha, oracle.alpha)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
def test_eight_and_sixteen_bit_and_double_images_give_the_same_colours_in_their_own_type(green_screen, dtype):
    peak = 1 if dtype is np.float64 else np.iinfo(dtype).max
    eight_bit = np.rint(green_screen.image * 255)
    image = (eight_bit * (peak / 255)).astype(dtype)
    expected = estimate_foreground(np.float32(eight_bit / 255), green_screen.alpha)
    for ours, name in zip(estimate_foreground_background(image, green_screen.alpha), ("F", "B"), strict=True):
        assert ours.dtype == (np.float32 if dtype is np.float64 else dtype), name
    # Levels keep the image's type too: what is rounded on several of them adds up to a step or two.
    steps = 2 / 255 if dtype is np.uint8 else 1e-4
    np.testing.assert_allclose(estimate_foreground(image, green_screen.alpha) / peak, expected, atol=steps)


def test_the_result_does_not_depend_on_where_blocks_begin(green_screen, monkeypatch):
    whole = estimate_foreground_background(green_screen.image, green_screen.alpha)
    monkeypatch.setattr("core.transition_blocks.BLOCK_PX", 23)
    for ours, expected in zip(
        estimate_foreground_background(green_screen.image, green_screen.alpha), whole, strict=True
    ):
        np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_views_that_are_flipped_or_read_only_are_fine(green_screen):
    flipped_image, flipped_alpha = green_screen.image[:, ::-1], green_screen.alpha[:, ::-1]
    flipped_image.flags.writeable = False
    expected = estimate_foreground(flipped_image.copy(), flipped_alpha.copy())
    np.testing.assert_array_equal(estimate_foreground(flipped_image, flipped_alpha), expected)


def test_an_alpha_that_left_its_range_by_rounding_is_fine(green_screen):
    rounded = green_screen.alpha * np.float32(1 + 1e-6)
    foreground = estimate_foreground(green_screen.image, rounded)
    np.testing.assert_allclose(foreground, estimate_foreground(green_screen.image, green_screen.alpha), atol=1e-3)


@pytest.mark.parametrize("size", [(1, 1), (1, 70), (70, 1), (2, 3), (33, 40)])
@pytest.mark.parametrize("alpha_value", [0.0, 0.5, 1.0])
def test_odd_sizes_and_constant_alphas_have_colours_too(size, alpha_value):
    image = np.random.default_rng(3).random((*size, 3), dtype=np.float32)
    alpha = np.full(size, alpha_value, dtype=np.float32)
    foreground, background = estimate_foreground_background(image, alpha)
    assert np.isfinite(foreground).all()
    assert np.isfinite(background).all()
    if alpha_value == 1:
        np.testing.assert_array_equal(foreground, image)


@pytest.mark.parametrize(
    ("image", "alpha", "sentence"),
    [
        (np.zeros((4, 5, 3)), np.zeros((5, 4)), "one size"),
        (np.zeros((4, 5, 4)), np.zeros((4, 5)), r"\(H, W, 3\)"),
        (np.zeros((0, 5, 3)), np.zeros((0, 5)), "at least one pixel"),
        (np.zeros((4, 5, 3), np.int32), np.zeros((4, 5)), "int32"),
        (np.zeros((4, 5, 3)), np.zeros((4, 5), np.uint8), "uint8"),
        (np.zeros((4, 5, 3)), np.full((4, 5), 255.0), r"\[0, 1\]"),
        (np.zeros((4, 5, 3)), np.full((4, 5), np.nan), r"\[0, 1\]"),
        (np.full((4, 5, 3), 255.0), np.zeros((4, 5)), r"^The image must lie in \[0, 1\]; it goes from 255 to 255\.$"),
        (np.full((4, 5, 3), np.nan), np.zeros((4, 5)), r"^The image must lie in \[0, 1\]"),
    ],
)
def test_what_does_not_fit_is_refused(image, alpha, sentence):
    with pytest.raises(ValueError, match=sentence):
        estimate_foreground(image, alpha)
