import json
from pathlib import Path

import numpy as np
import pytest

from core.metrics import evaluate_pair

DATA = Path(__file__).parents[1] / "data"
REFERENCE = json.loads((DATA / "metrics.json").read_text())
MEASURES = ("sad", "mse", "mad", "grad", "conn", "conn_seed")


@pytest.fixture(params=sorted(REFERENCE))
def pair(request):
    with np.load(DATA / f"metrics_{request.param}.npz") as arrays:
        return arrays["predicted"], arrays["alpha"], arrays["trimap"], REFERENCE[request.param]


def test_measures_agree_with_the_published_evaluation(pair):
    predicted, alpha, trimap, reference = pair
    measures = evaluate_pair(predicted, alpha, trimap)
    for name, value in reference.items():
        assert measures[name.replace("conn", "conn_seed")] == pytest.approx(value, abs=1e-6), name


def test_names_with_and_without_a_trimap(pair):
    predicted, alpha, trimap, _ = pair
    assert tuple(evaluate_pair(predicted, alpha)) == MEASURES
    with_trimap = evaluate_pair(predicted, alpha, trimap)
    assert tuple(with_trimap) == MEASURES + tuple(f"{name}_unknown" for name in MEASURES)
    assert all(type(value) is float for value in with_trimap.values())


def test_floats_measure_like_the_bytes_they_came_from(pair):
    predicted, alpha, trimap, _ = pair
    bytes_measured = evaluate_pair(predicted, alpha, trimap)
    assert evaluate_pair(predicted / 255, alpha / 255, trimap) == bytes_measured
    # float32 falls on the other side of Conn's thresholds at a few pixels (153 / 255 is one of them).
    float32_measured = evaluate_pair(np.float32(predicted) / 255, np.float32(alpha) / 255, trimap)
    assert float32_measured == pytest.approx(bytes_measured, rel=5e-3)


def test_a_perfect_alpha_measures_zero(pair):
    _, alpha, trimap, _ = pair
    assert set(evaluate_pair(alpha, alpha, trimap).values()) == {0.0}


def test_simple_measures_of_a_known_difference():
    alpha = np.zeros((10, 20))
    predicted = alpha.copy()
    predicted[:5] = 0.5
    measures = evaluate_pair(predicted, alpha)
    assert measures["sad"] == pytest.approx(100 * 0.5 / 1000)
    assert measures["mad"] == pytest.approx(0.25)
    assert measures["mse"] == pytest.approx(0.125)


def test_gradient_is_blind_to_a_constant_offset_but_not_to_an_edge():
    flat = np.full((30, 30), 0.2)
    edge = flat.copy()
    edge[:, 15:] = 1.0
    assert evaluate_pair(flat + 0.3, flat)["grad"] == pytest.approx(0, abs=1e-12)
    assert evaluate_pair(edge, flat)["grad"] > 0.01


def test_connectivity_counts_the_speck_that_the_seed_overlooks():
    # A person of one tenth of the frame, so the background is the seed's largest "region". Inside the person alpha
    # is right; a speck apart from it is half as opaque as it should be.
    alpha = np.zeros((60, 60))
    alpha[20:40, 20:38] = 1.0
    alpha[50:53, 50:53] = 1.0
    predicted = alpha.copy()
    predicted[50:53, 50:53] = 0.5
    measures = evaluate_pair(predicted, alpha)
    # The speck's last connected threshold is 0, so its deviations are 1 and 0.5.
    assert measures["conn"] == pytest.approx(9 * 0.5 / 1000)
    # A loose part that both alphas share is no error.
    assert evaluate_pair(alpha, alpha)["conn"] == 0


def test_connectivity_of_a_person_smaller_than_the_background():
    # The whole person is half as opaque as it should be: connected up to 0.5, so only the truth deviates.
    alpha = np.zeros((60, 60))
    alpha[20:40, 20:40] = 1.0
    measures = evaluate_pair(alpha * 0.5, alpha)
    assert measures["conn"] == pytest.approx(400 * 0.5 / 1000)


def test_a_miss_has_no_region_at_all():
    alpha = np.zeros((20, 20))
    alpha[5:10, 5:10] = 1.0
    assert evaluate_pair(np.zeros_like(alpha), alpha)["conn"] == pytest.approx(25 / 1000)


def test_diagonal_neighbours_are_not_connected():
    # Two squares that touch at a corner; the smaller one is half as opaque as it should be.
    alpha = np.zeros((20, 20))
    alpha[2:10, 2:10] = 1.0
    alpha[10:14, 10:14] = 1.0
    predicted = alpha.copy()
    predicted[10:14, 10:14] = 0.9
    # Apart: deviations from 0 are 1 and 0.9. Joined, they would be counted from 0.9 and be below the tolerance.
    assert evaluate_pair(predicted, alpha)["conn"] == pytest.approx(16 * 0.1 / 1000)


def test_an_alpha_that_left_its_range_by_rounding_is_clipped():
    alpha = np.ones((8, 8))
    assert evaluate_pair(alpha * (1 + 1e-7), alpha)["sad"] == 0


def test_an_empty_unknown_region_is_refused_and_not_nan():
    alpha = np.zeros((8, 8))
    with pytest.raises(ValueError, match="no unknown pixel"):
        evaluate_pair(alpha, alpha, np.zeros((8, 8), np.uint8))


@pytest.mark.parametrize(
    ("predicted", "sentence"),
    [
        (np.zeros((8, 9)), "one size"),
        (np.zeros((8, 8, 1)), "two dimensions"),
        (np.zeros((0, 8)), "at least one pixel"),
        (np.zeros((8, 8), np.int64), "int64"),
        (np.full((8, 8), 255.0), r"\[0, 1\]"),
        (np.full((8, 8), np.nan), r"\[0, 1\]"),
    ],
)
def test_what_cannot_be_compared_is_refused(predicted, sentence):
    with pytest.raises(ValueError, match=sentence):
        evaluate_pair(predicted, np.zeros((8, 8)))


def test_a_trimap_of_another_size_is_refused():
    with pytest.raises(ValueError, match="one size"):
        evaluate_pair(np.zeros((8, 8)), np.zeros((8, 8)), np.full((4, 4), 128, np.uint8))
