import math

import numpy as np
import pytest

from core.composite import (
    blurred_backdrop,
    composite,
    composite_samples,
    defocused,
    parse_colour,
)

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def plain(height, width, colour):
    return np.full((height, width, 3), colour, dtype=np.float32)


@pytest.fixture
def random_cut_out():
    random = np.random.default_rng(7)
    foreground, background = random.random((2, 40, 30, 3), dtype=np.float32)
    return foreground, random.random((40, 30), dtype=np.float32), background


class TestComposite:
    def test_over_a_colour_mixes_encoded_values(self):
        result = composite(plain(1, 3, RED), np.array([[0.0, 0.25, 1.0]], np.float32), (0.0, 0.0, 1.0))
        np.testing.assert_array_equal(result, [[[0, 0, 1], [0.25, 0, 0.75], [1, 0, 0]]])
        assert result.dtype == np.float32

    def test_over_a_picture(self, random_cut_out):
        foreground, alpha, background = random_cut_out
        expected = alpha[..., None] * foreground + (1 - alpha[..., None]) * background
        np.testing.assert_allclose(composite(foreground, alpha, background), expected, atol=1e-6)

    def test_is_exact_where_alpha_is_sure(self, random_cut_out):
        foreground, _, background = random_cut_out
        sure = np.random.default_rng(8).integers(0, 2, (40, 30)).astype(np.float32)
        expected = np.where(sure[..., None] == 1, foreground, background)
        np.testing.assert_array_equal(composite(foreground, sure, background), expected)

    def test_a_colour_is_the_same_as_a_plain_picture(self, random_cut_out):
        foreground, alpha, _ = random_cut_out
        over_colour = composite(foreground, alpha, (0.2, 0.4, 0.6))
        np.testing.assert_array_equal(over_colour, composite(foreground, alpha, plain(40, 30, (0.2, 0.4, 0.6))))

    def test_is_seamless_across_bands(self, random_cut_out, monkeypatch):
        whole = composite(*random_cut_out)
        monkeypatch.setattr("core.composite._BAND_PX", 90)
        np.testing.assert_array_equal(composite(*random_cut_out), whole)

    def test_takes_doubles_and_leaves_its_inputs_alone(self, random_cut_out):
        doubles = [array.astype(np.float64) for array in random_cut_out]
        kept = [array.copy() for array in doubles]
        result = composite(*doubles)
        assert result.dtype == np.float32
        np.testing.assert_allclose(result, composite(*random_cut_out), atol=1e-6)
        for array, before in zip(doubles, kept, strict=True):
            np.testing.assert_array_equal(array, before)

    @pytest.mark.parametrize(
        ("foreground", "alpha", "background", "sentence"),
        [
            (plain(4, 4, RED), np.ones((4, 5)), BLUE, "one size"),
            (plain(4, 4, RED), np.ones((4, 4)), plain(4, 5, BLUE), "place_picture"),
            (plain(4, 4, RED), np.ones((4, 4)), (0, 0, 255), r"\[0, 1\]"),
            (plain(4, 4, RED), np.ones((4, 4)), (0.0, 0.0), "three values"),
            (np.ones((4, 4, 3), np.uint8), np.ones((4, 4)), BLUE, "uint8"),
            (plain(4, 4, RED), np.ones((4, 4), np.uint8), BLUE, "uint8"),
            (np.ones((4, 4)), np.ones((4, 4)), BLUE, r"\(H, W, 3\)"),
        ],
    )
    def test_refuses_what_does_not_fit(self, foreground, alpha, background, sentence):
        with pytest.raises(ValueError, match=sentence):
            composite(foreground, alpha, background)


class TestCompositeSamples:
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_is_the_composite_rounded(self, dtype):
        random, highest = np.random.default_rng(5), np.iinfo(dtype).max
        foreground, background = random.integers(0, highest + 1, (2, 90, 150, 3)).astype(dtype)
        # All kinds: sure, open, and so near to sure that mixing changes nothing.
        alpha = np.clip(random.normal(0.5, 2, (90, 150)), 0, 1).astype(np.float32)
        alpha[:20] = random.choice(np.float32([0, 1e-6, 0.001, 0.0019, 0.9985, 1]), (20, 150))
        exact = composite(np.float32(foreground / highest), alpha, np.float32(background / highest)) * highest
        result = composite_samples(foreground, alpha, background)
        assert result.dtype == dtype
        np.testing.assert_allclose(result, exact, atol=0.51)

    def test_takes_one_colour_for_all(self):
        foreground, alpha = np.full((3, 4, 3), 200, np.uint8), np.full((3, 4), 0.5, np.float32)
        background = np.broadcast_to(np.uint8([0, 100, 200]), foreground.shape)
        assert composite_samples(foreground, alpha, background)[1, 2].tolist() == [100, 150, 200]


class TestDefocused:
    @pytest.fixture
    def scene(self):
        random = np.random.default_rng(3)
        return random.integers(0, 256, (90, 130, 3), dtype=np.uint8), random.random((90, 130), dtype=np.float32)

    @pytest.mark.parametrize("radius_px", [2, 30])
    def test_parts_make_up_the_whole(self, scene, radius_px):
        whole = blurred_backdrop(*scene, radius_px)
        part = defocused(*scene, radius_px).part(slice(20, 61), slice(50, 130))
        np.testing.assert_allclose(part, whole[20:61, 50:], atol=0.01)

    def test_goes_on_beyond_the_photo(self, scene):
        blurred = defocused(*scene, 9)
        beyond = blurred.part(slice(-5, 90), slice(0, 140))
        np.testing.assert_allclose(beyond[:5, :130], np.broadcast_to(beyond[5, :130], (5, 130, 3)), atol=0.02)
        np.testing.assert_allclose(beyond[5:, 130:], np.broadcast_to(beyond[5:, 129:130], (90, 10, 3)), atol=0.02)

    def test_integers_and_floats_are_the_same(self, scene):
        image, alpha = scene
        floats = np.float32(image) / 255
        np.testing.assert_allclose(blurred_backdrop(image, alpha, 20), blurred_backdrop(floats, alpha, 20), atol=1e-5)


class TestBlurredBackdrop:
    @pytest.fixture
    def red_person_before_green(self):
        """A red disc with a soft edge before plain green."""
        y, x = np.mgrid[:120, :160].astype(np.float32)
        alpha = np.clip((30 - np.hypot(x - 80, y - 60)) / 6 + 0.5, 0, 1)
        image = composite(plain(120, 160, RED), alpha, GREEN)
        return image, alpha

    @pytest.mark.parametrize("radius_px", [0, 1, 3, 10, 40, 1000])
    def test_the_person_does_not_bleed_into_the_blur(self, red_person_before_green, radius_px):
        backdrop = blurred_backdrop(*red_person_before_green, radius_px)
        assert backdrop.shape == (120, 160, 3)
        # A plain blur would be half red at the edge; here it is red nowhere, not even behind the person.
        assert backdrop[..., 0].max() < 0.06
        assert backdrop[..., 1].min() > 0.94

    def test_the_hole_is_filled_from_the_background_nearest_to_it(self):
        image = np.hstack([plain(100, 100, GREEN), plain(100, 100, BLUE)])
        alpha = np.zeros((100, 200), np.float32)
        alpha[20:80, 60:140] = 1
        image[alpha == 1] = RED
        backdrop = blurred_backdrop(image, alpha, 6)
        assert backdrop[50, 65, 1] > 0.8
        assert backdrop[50, 135, 2] > 0.8
        assert backdrop[..., 0].max() < 1e-5

    @pytest.mark.parametrize("radius_px", [5, 9, 30])
    def test_the_radius_is_two_sigma_of_a_gaussian(self, radius_px):
        # Blurring a step gives the normal distribution: 15.9 % one sigma before it.
        image = plain(40, 400, (0, 0, 0))
        image[:, 200:] = 1
        blurred = blurred_backdrop(image, np.zeros((40, 400), np.float32), radius_px)
        columns = np.arange(400) + 0.5
        at_one_sigma_before = np.interp(200 - radius_px / 2, columns, blurred[20, :, 0])
        assert at_one_sigma_before == pytest.approx(0.159, abs=0.02)

    @pytest.mark.parametrize("radius_px", [16, 64])
    def test_an_edge_out_of_focus_does_not_ripple(self, radius_px):
        image = plain(40, 1024, (0, 0, 0))
        image[:, 512:] = 1
        blurred = blurred_backdrop(image, np.zeros((40, 1024), np.float32), radius_px)[20, :, 0]
        sigmas = (np.arange(1024) + 0.5 - 512) / (radius_px / 2)
        exact = [0.5 + 0.5 * math.erf(distance / math.sqrt(2)) for distance in sigmas]
        np.testing.assert_allclose(blurred, exact, atol=2 / 255)

    def test_radius_zero_without_a_person_is_the_photo(self):
        image = np.random.default_rng(4).random((31, 17, 3), dtype=np.float32)
        np.testing.assert_allclose(blurred_backdrop(image, np.zeros((31, 17), np.float32), 0), image, atol=1e-6)

    def test_is_seamless_across_bands(self, red_person_before_green, monkeypatch):
        whole = blurred_backdrop(*red_person_before_green, 20)
        monkeypatch.setattr("core.composite._BAND_PX", 1000)
        np.testing.assert_allclose(blurred_backdrop(*red_person_before_green, 20), whole, atol=1e-5)

    @pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (7, 3)])
    @pytest.mark.parametrize("alpha_value", [0.0, 0.5, 1.0])
    def test_odd_sizes_and_photos_without_background_are_fine(self, size, alpha_value):
        backdrop = blurred_backdrop(plain(*size, RED), np.full(size, alpha_value, np.float32), 12)
        expected = RED if alpha_value == 0 else (0.5, 0.5, 0.5)
        np.testing.assert_allclose(backdrop, plain(*size, expected), atol=1e-5)

    def test_refuses_a_negative_radius_and_another_size(self):
        with pytest.raises(ValueError, match="0 px or more"):
            blurred_backdrop(plain(4, 4, RED), np.zeros((4, 4), np.float32), -1)
        with pytest.raises(ValueError, match="one size"):
            blurred_backdrop(plain(4, 4, RED), np.zeros((5, 4), np.float32), 1)


class TestParseColour:
    @pytest.mark.parametrize(
        ("text", "colour"),
        [
            ("#ff0000", RED),
            ("#0F0", GREEN),
            ("Blue", BLUE),
            (" white ", (1.0, 1.0, 1.0)),
            ("#336699", (0.2, 0.4, 0.6)),
            ("teal", (0.0, 128 / 255, 128 / 255)),
        ],
    )
    def test_reads_what_people_write(self, text, colour):
        assert parse_colour(text) == pytest.approx(colour)

    @pytest.mark.parametrize("text", ["", "#12", "#gggggg", "whiteish", "#ff000080", "x" * 200])
    def test_refuses_the_rest_with_a_sentence(self, text):
        with pytest.raises(ValueError, match="is no opaque colour; write #rrggbb"):
            parse_colour(text)
