import numpy as np
import pytest

from core.backdrop import Part, gradient, place_picture

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def plain(height, width, colour):
    return np.full((height, width, 3), colour, dtype=np.float32)


class TestGradient:
    def test_goes_downwards_at_ninety_degrees(self):
        column = gradient(Part.whole(4, 6), BLACK, WHITE, 90)[:, 3, 0]
        np.testing.assert_allclose(column, [0.125, 0.375, 0.625, 0.875], atol=1e-6)

    def test_goes_to_the_right_at_zero_and_to_the_left_at_half_a_turn(self):
        part = Part.whole(3, 4)
        row = gradient(part, RED, BLUE, 0)[1]
        np.testing.assert_allclose(row[:, 0], [0.875, 0.625, 0.375, 0.125], atol=1e-6)
        np.testing.assert_allclose(gradient(part, RED, BLUE, 180)[1], row[::-1], atol=1e-6)

    def test_meets_its_colours_in_the_corners_when_oblique(self):
        mixed = gradient(Part.whole(200, 300), BLACK, WHITE, 45)
        assert mixed[0, 0, 0] == pytest.approx(0, abs=0.005)
        assert mixed[-1, -1, 0] == pytest.approx(1, abs=0.005)
        assert mixed[100, 150, 0] == pytest.approx(0.5, abs=0.005)

    def test_a_part_is_cut_from_the_whole_also_beyond_the_photo(self):
        whole = gradient(Part.whole(40, 60), RED, GREEN, 30)
        np.testing.assert_allclose(
            gradient(Part(40, 60, 1.0, 10, 20, 15, 25), RED, GREEN, 30), whole[10:25, 20:45], atol=1e-6
        )
        beyond = gradient(Part(40, 60, 1.0, -5, -200, 10, 10), RED, GREEN, 0)
        np.testing.assert_array_equal(beyond, plain(10, 10, RED))

    def test_a_smaller_scale_shows_the_same(self):
        whole = gradient(Part.whole(40, 60), RED, GREEN, 70)
        small = gradient(Part(40, 60, 0.25, 0, 0, 10, 15), RED, GREEN, 70)
        np.testing.assert_allclose(small, whole.reshape(10, 4, 15, 4, 3).mean(axis=(1, 3)), atol=1e-5)


class TestPlacePicture:
    @pytest.fixture
    def flag(self):
        """30 × 60: red, green and blue, 20 columns each."""
        return np.hstack([plain(30, 20, RED), plain(30, 20, GREEN), plain(30, 20, BLUE)])

    @pytest.mark.parametrize("how", ["fill", "fit", "tile"])
    def test_a_picture_of_the_photos_size_stays_as_it_is(self, flag, how):
        np.testing.assert_array_equal(place_picture(flag, Part.whole(30, 60), how), flag)

    def test_fill_cuts_both_sides_evenly(self, flag):
        filled = place_picture(flag, Part.whole(30, 30), "fill")
        np.testing.assert_array_equal(filled[:, :5], plain(30, 5, RED))
        np.testing.assert_array_equal(filled[:, 5:25], plain(30, 20, GREEN))
        np.testing.assert_array_equal(filled[:, 25:], plain(30, 5, BLUE))

    def test_fit_shows_everything_between_black_margins(self, flag):
        fitted = place_picture(flag, Part.whole(60, 60), "fit")
        np.testing.assert_array_equal(fitted[15:45], flag)
        assert fitted[:15].max() == fitted[45:].max() == 0

    def test_tile_repeats_at_its_own_size_from_the_top_left(self, flag):
        tiled = place_picture(flag, Part.whole(70, 130), "tile")
        np.testing.assert_array_equal(tiled, np.tile(flag, (3, 3, 1))[:70, :130])

    @pytest.mark.parametrize("is_tall", [False, True])
    @pytest.mark.parametrize("length", [33_000, 2000, 1])
    def test_tiles_are_of_any_length_on_photos_of_any_length(self, length, is_tall):
        picture = np.random.default_rng(3).integers(0, 256, (length, 2, 3) if is_tall else (2, length, 3), np.uint8)
        height, width = (40_000, 3) if is_tall else (3, 40_000)
        copies = -(-height // picture.shape[0]), -(-width // picture.shape[1]), 1
        tiled = place_picture(picture, Part.whole(height, width), "tile")
        np.testing.assert_array_equal(tiled, np.tile(picture, copies)[:height, :width])

    def test_shift_counts_in_photos_and_zoom_against_the_fit(self, flag):
        placed = place_picture(flag, Part.whole(30, 60), "fit", zoom=0.5, shift_x=0.25, shift_y=-0.1)
        # 15 × 30 px, its middle at 0.75 of the width and 0.4 of the height.
        covered = placed.sum(axis=2) > 0
        assert covered.sum() == 15 * 30
        rows, columns = np.nonzero(covered)
        assert (columns.min(), columns.max()) == (30, 59)
        assert abs((rows.min() + rows.max() + 1) / 2 - 12) <= 0.5
        np.testing.assert_allclose(placed[12, 45], GREEN)

    def test_zoom_about_the_middle(self, flag):
        placed = place_picture(flag, Part.whole(30, 60), "fill", zoom=3)
        np.testing.assert_allclose(placed[:, 2:-2], plain(30, 56, GREEN), atol=1e-6)

    def test_tiles_are_zoomed_and_shifted(self, flag):
        tiled = place_picture(flag, Part.whole(30, 60), "tile", zoom=0.5, shift_x=0.5)
        # The picture is 15 × 30 now, and begins in the middle.
        np.testing.assert_allclose(tiled[5, 31:39], plain(1, 8, RED)[0], atol=1e-6)
        np.testing.assert_allclose(tiled[5, 1:9], plain(1, 8, RED)[0], atol=1e-6)
        np.testing.assert_allclose(tiled[20, 42:48], plain(1, 6, GREEN)[0], atol=1e-6)

    @pytest.mark.parametrize("how", ["fill", "fit", "tile"])
    def test_a_part_is_cut_from_the_whole(self, how):
        picture = np.random.default_rng(3).random((33, 47, 3), dtype=np.float32)
        placement = {"zoom": 1.3, "shift_x": 0.1, "shift_y": -0.2}
        whole = place_picture(picture, Part.whole(50, 60), how, **placement)
        part = place_picture(picture, Part(50, 60, 1.0, 13, 9, 20, 31), how, **placement)
        np.testing.assert_allclose(part, whole[13:33, 9:40], atol=2e-3)

    @pytest.mark.parametrize("how", ["fill", "fit", "tile"])
    def test_a_smaller_scale_shows_the_same(self, how):
        y, x = np.mgrid[:80, :120] / 20
        picture = (np.stack([np.sin(x), np.cos(y), np.sin(x + y)], -1) / 2 + 0.5).astype(np.float32)
        whole = place_picture(picture, Part.whole(160, 200), how, zoom=0.9)
        small = place_picture(picture, Part(160, 200, 0.25, 0, 0, 40, 50), how, zoom=0.9)
        inner = np.s_[10:-10, 10:-10]
        means = whole.reshape(40, 4, 50, 4, 3).mean(axis=(1, 3))
        assert np.abs(small[inner] - means[inner]).mean() < 0.02

    def test_keeps_the_type_of_its_samples(self):
        picture = np.full((10, 10, 3), 65535, np.uint16)
        placed = place_picture(picture, Part.whole(7, 23), "fill")
        assert placed.dtype == np.uint16
        assert placed.min() == 65535

    def test_one_pixel_fills_everything(self):
        np.testing.assert_array_equal(place_picture(plain(1, 1, RED), Part.whole(5, 9), "fill"), plain(5, 9, RED))

    def test_refuses_to_zoom_to_nothing(self, flag):
        with pytest.raises(ValueError, match="above 0"):
            place_picture(flag, Part.whole(4, 4), "fill", zoom=0)
