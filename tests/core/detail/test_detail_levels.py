"""From the working size up by doubling, as close as is allowed and the photo gives."""

import numpy as np
import pytest

from core.detail.levels import level_sizes, shrunk


@pytest.mark.parametrize(
    ("full", "closest", "expected"),
    [
        ((3000, 4000), 1.0, []),
        ((300, 400), 4.0, []),
        ((450, 600), 4.0, [(450, 600)]),
        ((3000, 4000), 2.0, [(600, 800)]),
        ((3000, 4000), 3.0, [(600, 800), (900, 1200)]),
        ((690, 920), 8.0, [(690, 920)]),
        ((1200, 1600), 8.0, [(600, 800), (1200, 1600)]),
    ],
)
def test_levels(full: tuple[int, int], closest: float, expected: list[tuple[int, int]]) -> None:
    assert list(level_sizes((300, 400), full, closest)) == expected


@pytest.mark.parametrize("full", [(3, 2000), (2000, 3), (7001, 5003)])
def test_levels_rise_and_stay_within_the_photo(full: tuple[int, int]) -> None:
    scale = 128 / max(full)
    coarse = max(1, round(full[0] * scale)), max(1, round(full[1] * scale))
    before = coarse
    for size in level_sizes(coarse, full, 1000.0):
        assert before[0] <= size[0] <= full[0]
        assert before[1] <= size[1] <= full[1]
        before = size
    assert before == full


def test_a_picture_at_its_own_size_is_not_copied() -> None:
    image = np.zeros((5, 6, 3), np.uint8)
    assert shrunk(image, (5, 6)) is image
