"""What a matte may cost follows from the model's own size and the quality that was asked for."""

import pytest

from core.architecture import STRIDE
from core.working_size import Quality, effort


def test_balanced_is_the_models_own_size_once_and_the_outline_from_nearer() -> None:
    assert effort(Quality.BALANCED, 384) == (384, False, 2.0)


@pytest.mark.parametrize("size_px", [32, 40, 384, 500, 1024])
def test_fast_is_smaller_and_a_size_that_fits(size_px: int) -> None:
    fast = effort(Quality.FAST, size_px)
    assert fast.size_px % STRIDE == 0
    assert STRIDE <= fast.size_px <= max(size_px, STRIDE)
    assert (fast.mirrored, fast.closest) == (False, 1.0)


def test_best_keeps_the_size_and_looks_twice_and_nearer() -> None:
    best = effort(Quality.BEST, 384)
    assert (best.size_px, best.mirrored) == (384, True)
    assert best.closest > effort(Quality.BALANCED, 384).closest
