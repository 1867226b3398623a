"""What a matte may cost follows from the model's own size and the quality that was asked for."""

import pytest

from core.architecture import STRIDE
from core.working_size import Quality, effort


def test_balanced_is_the_models_own_size_and_the_outline_from_nearer() -> None:
    assert effort(Quality.BALANCED, 384) == (384, 2.0)


@pytest.mark.parametrize("size_px", [32, 40, 384, 500, 1024])
def test_fast_is_smaller_and_a_size_that_fits(size_px: int) -> None:
    fast = effort(Quality.FAST, size_px)
    assert fast.size_px % STRIDE == 0
    assert STRIDE <= fast.size_px <= max(size_px, STRIDE)
    assert fast.closest == 2.0


@pytest.mark.parametrize("quality", Quality)
def test_a_quality_may_be_given_by_its_name(quality: Quality) -> None:
    assert effort(str(quality), 384) == effort(quality, 384)


def test_an_unknown_quality_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"^'bset' is no quality: use fast, balanced, best\.$"):
        effort("bset", 384)


def test_best_keeps_the_size_and_looks_from_nearest() -> None:
    best = effort(Quality.BEST, 384)
    assert best.size_px == 384
    assert best.closest > effort(Quality.BALANCED, 384).closest
