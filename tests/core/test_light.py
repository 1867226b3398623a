import cv2
import numpy as np
import pytest

from core.light import colour_statistics, falling_light, lit, match_colours


def picture(seed, low, high):
    random = np.random.default_rng(seed)
    return (low + (np.array(high) - low) * random.random((40, 50, 3))).astype(np.float32)


class TestMatchColours:
    @pytest.fixture
    def person(self):
        return picture(1, np.array((0.5, 0.3, 0.2)), (0.8, 0.6, 0.5))

    @pytest.fixture
    def backdrop(self):
        return picture(2, np.array((0.1, 0.3, 0.5)), (0.4, 0.6, 0.9))

    def test_strength_zero_leaves_the_person_alone(self, person, backdrop):
        statistics = colour_statistics(person), colour_statistics(backdrop)
        assert match_colours(person, *statistics, strength=0) is person

    def test_takes_over_the_tint_and_a_third_of_the_lightness(self, person, backdrop):
        here, there = colour_statistics(person), colour_statistics(backdrop)
        matched = colour_statistics(match_colours(person, here, there, strength=1))
        np.testing.assert_allclose(matched.mean[1:], there.mean[1:], atol=2.5)
        expected = here.mean[0] + 0.35 * (there.mean[0] - here.mean[0])
        assert matched.mean[0] == pytest.approx(expected, abs=1.5)

    def test_half_the_strength_goes_half_the_way(self, person, backdrop):
        here, there = colour_statistics(person), colour_statistics(backdrop)
        matched = colour_statistics(match_colours(person, here, there, strength=0.5))
        halfway = (np.array(here.mean) + there.mean) / 2
        np.testing.assert_allclose(matched.mean[1:], halfway[1:], atol=2.5)

    def test_its_own_statistics_change_nothing(self, person):
        statistics = colour_statistics(person)
        np.testing.assert_allclose(match_colours(person, statistics, statistics, strength=1), person, atol=2e-3)

    def test_a_plain_wall_does_not_flatten_the_person(self, person):
        here = colour_statistics(person)
        matched = match_colours(person, here, colour_statistics(np.full((4, 4, 3), 0.5, np.float32)), strength=1)
        assert colour_statistics(matched).deviation[0] == pytest.approx(here.deviation[0] / 1.5, rel=0.1)

    def test_statistics_are_those_of_lab_and_heed_the_weight(self, person):
        weight = np.zeros(person.shape[:2], np.float32)
        weight[:10] = 1
        values = cv2.cvtColor(person[:10], cv2.COLOR_RGB2LAB).reshape(-1, 3)
        statistics = colour_statistics(person, weight)
        np.testing.assert_allclose(statistics.mean, values.mean(0), rtol=1e-4)
        np.testing.assert_allclose(statistics.deviation, values.std(0), rtol=1e-3)


class TestLightWrap:
    @pytest.fixture
    def alpha(self):
        alpha = np.zeros((60, 100), np.float32)
        alpha[:, 50:] = 1
        return alpha

    def wrapped(self, alpha, level, strength=0.5):
        grey = np.full((*alpha.shape, 3), 0.3, np.float32)
        backdrop = np.full((*alpha.shape, 3), level, np.float32)
        return lit(grey, falling_light(alpha, backdrop, 10), strength)[30, :, 0]

    def test_strength_zero_leaves_the_person_alone(self, alpha):
        np.testing.assert_allclose(self.wrapped(alpha, 1.0, strength=0), 0.3, atol=1e-6)

    def test_bright_light_falls_on_the_edge_and_fades_inwards(self, alpha):
        row = self.wrapped(alpha, 1.0)
        # Just inside the edge half of the light arrives: 1 − 0.7 · (1 − 0.5 · 0.5).
        assert row[50] == pytest.approx(0.475, abs=0.02)
        assert (np.diff(row[50:75]) <= 1e-6).all()
        assert row[75] == pytest.approx(0.3, abs=1e-3)

    def test_a_black_background_adds_nothing(self, alpha):
        np.testing.assert_allclose(self.wrapped(alpha, 0.0), 0.3, atol=1e-6)
