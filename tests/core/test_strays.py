"""Small pieces far from everybody are left out, and nothing else."""

import numpy as np
from numpy.typing import NDArray

from core.strays import strays, without_strays


def person(height: int = 264, width: int = 352) -> NDArray[np.float32]:
    alpha = np.zeros((height, width), np.float32)
    alpha[60:, 100:200] = 1
    return alpha


def logits_of(alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    cells = alpha[:256, :].reshape(16, 16, 22, 16).max(axis=(1, 3))
    return np.stack([5 - 10 * cells, np.full_like(cells, -1), 10 * cells - 5]).astype(np.float32)


def test_a_small_piece_away_from_everybody_is_a_stray_with_its_fringe() -> None:
    alpha = person()
    alpha[100:110, 240:250] = 0.9
    alpha[98:100, 240:250] = 0.06
    where = strays(alpha)
    assert where[98:110, 240:250].all()
    assert not where[:, :230].any()
    kept, logits = without_strays(alpha, logits_of(alpha))
    np.testing.assert_array_equal(kept, person())
    classes = logits.argmax(axis=0)
    assert (classes[:, 15:] == 0).all()
    assert (classes[8:, 7:12] == 2).all()


def test_what_is_near_stays() -> None:
    alpha = person()
    alpha[100:110, 206:216] = 0.9  # a hand behind a cuff
    alpha[50:57, 150] = 0.4  # a wisp of hair
    assert not strays(alpha).any()


def test_a_second_person_stays_and_what_is_near_them() -> None:
    alpha = person()
    alpha[150:200, 280:300] = 1
    alpha[190:195, 303:306] = 1
    assert not strays(alpha).any()


def test_an_alpha_without_strays_is_not_touched() -> None:
    for alpha in (person(), np.zeros((64, 32), np.float32), np.ones((1, 1), np.float32)):
        logits = np.zeros((3, 4, 2), np.float32)
        kept, same = without_strays(alpha, logits)
        assert kept is alpha
        assert same is logits


def test_the_largest_piece_is_never_a_stray() -> None:
    alpha = np.zeros((64, 64), np.float32)
    alpha[10:14, 10:14] = 0.5
    alpha[50, 50] = 0.2
    assert strays(alpha)[50, 50]
    assert not strays(alpha)[10:14, 10:14].any()
