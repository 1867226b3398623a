import numpy as np
import pytest

from core.refinement import largest_person, refine


@pytest.fixture
def square():
    """A hard square of 40 × 40 in the middle of 100 × 120."""
    alpha = np.zeros((100, 120), np.float32)
    alpha[30:70, 40:80] = 1
    return alpha


def ramp(width_px):
    """A soft vertical edge, 0 to 1 within so many pixels, its middle at column 50."""
    columns = np.clip((np.arange(100) + 0.5 - 50) / width_px + 0.5, 0, 1)
    return np.tile(columns.astype(np.float32), (60, 1))


def middle(alpha):
    """Where alpha crosses 0.5 on the middle row, from left to right, in pixels."""
    row = alpha[alpha.shape[0] // 2]
    right = int(np.argmax(row >= 0.5))
    return right + 0.5 - (row[right] - 0.5) / (row[right] - row[right - 1])


class TestRefine:
    def test_nothing_to_do_returns_the_alpha_itself(self, square):
        assert refine(square) is square

    def test_never_writes_to_the_alpha(self, square):
        before = square.copy()
        refine(square, edge_shift_px=3, feather_px=4, black_point=0.1, white_point=0.9, keep_largest=True)
        np.testing.assert_array_equal(square, before)

    @pytest.mark.parametrize("shift_px", [1, 3.25, 7.5, -1, -2.75, -6])
    def test_edge_shift_moves_a_soft_outline_by_fractions_of_a_pixel(self, shift_px):
        alpha = ramp(8)
        assert middle(refine(alpha, edge_shift_px=shift_px)) == pytest.approx(middle(alpha) - shift_px, abs=0.02)

    @pytest.mark.parametrize("shift_px", [5, -5])
    def test_edge_shift_keeps_softness(self, shift_px):
        """The ramp is as wide as before: it was moved, not cut."""
        before, after = ramp(12), refine(ramp(12), edge_shift_px=shift_px)
        np.testing.assert_allclose(after[30, 30:70], before[30, 30 + shift_px : 70 + shift_px], atol=1e-6)

    def test_edge_shift_grows_and_shrinks_areas_on_all_sides(self, square):
        rows, columns = np.nonzero(refine(square, edge_shift_px=4) == 1)
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (26, 73, 36, 83)
        rows, columns = np.nonzero(refine(square, edge_shift_px=-4) == 1)
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (34, 65, 44, 75)

    def test_edge_shift_rounds_corners(self):
        point = np.zeros((61, 61), np.float32)
        point[30, 30] = 1
        grown = refine(point, edge_shift_px=20) > 0.5
        rows, columns = np.nonzero(grown)
        distance = np.hypot(rows - 30, columns - 30)
        assert distance.max() < 20 * 1.1
        outside_distance = np.hypot(*np.nonzero(~grown) - np.array([[30], [30]]))
        assert outside_distance.min() > 20 * 0.95

    def test_a_person_cut_off_by_the_frame_is_not_eaten_from_there(self):
        alpha = np.zeros((40, 40), np.float32)
        alpha[10:, 10:30] = 1
        shrunk = refine(alpha, edge_shift_px=-3)
        assert shrunk[-1, 20] == 1
        assert shrunk[12, 20] == 0

    @pytest.mark.parametrize("feather_px", [2, 9, 30])
    def test_feather_leaves_the_outline_where_it_is(self, feather_px):
        alpha = ramp(1)
        feathered = refine(alpha, feather_px=feather_px)
        assert middle(feathered) == pytest.approx(middle(alpha), abs=0.1)
        rise = np.diff(feathered[30]).max()
        # The steepest slope of a step under a Gaussian of sigma f / 2 is 1 / (sqrt(2 pi) sigma).
        assert rise == pytest.approx(1 / (np.sqrt(2 * np.pi) * feather_px / 2), rel=0.03)

    def test_levels_stretch_between_black_and_white(self):
        alpha = np.array([[0, 0.2, 0.35, 0.5, 0.8, 1]], np.float32)
        np.testing.assert_allclose(
            refine(alpha, black_point=0.2, white_point=0.8), [[0, 0, 0.25, 0.5, 1, 1]], atol=1e-6
        )

    def test_a_black_point_above_white_gives_a_hard_outline(self):
        alpha = np.array([[0.3, 0.55, 0.7]], np.float32)
        np.testing.assert_array_equal(refine(alpha, black_point=0.6, white_point=0.4), [[0, 0, 1]])

    def test_result_stays_in_range(self):
        alpha = np.random.default_rng(1).random((70, 90), dtype=np.float32)
        refined = refine(alpha, edge_shift_px=1.5, feather_px=13, black_point=0.2, white_point=0.7, keep_largest=True)
        assert refined.dtype == np.float32
        assert refined.min() >= 0
        assert refined.max() <= 1

    def test_refuses_a_negative_feather(self, square):
        with pytest.raises(ValueError, match="0 px or more"):
            refine(square, feather_px=-1)

    @pytest.mark.parametrize("value", [255, np.nan])
    def test_refuses_what_is_no_alpha(self, square, value):
        square[0, 0] = value
        with pytest.raises(ValueError, match=r"The alpha must lie in \[0, 1\]"):
            refine(square, feather_px=1)


class TestLargestPerson:
    def test_islands_and_smaller_people_go(self, square):
        square[5:15, 5:15] = 1
        square[80:90, 100:110] = 0.4
        kept = refine(square, keep_largest=True)
        assert kept[30:70, 40:80].min() == 1
        assert kept[:20].max() == 0
        assert kept[78:].max() == 0

    def test_hair_stays_with_its_faint_ends(self, square):
        square[50, 80:110] = np.linspace(0.9, 0.06, 30)
        square[50, 110:112] = 0.02
        kept = refine(square, keep_largest=True)
        np.testing.assert_array_equal(kept, square)

    def test_somebody_who_touches_the_person_stays(self, square):
        square[30:50, 80:85] = 0.3
        square[30:50, 85:100] = 1
        np.testing.assert_array_equal(refine(square, keep_largest=True), square)

    def test_keeps_everything_where_nobody_is_seen(self):
        assert largest_person(np.full((20, 20), 0.3, np.float32)).all()
