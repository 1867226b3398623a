import numpy as np
import pytest

from core.transition_blocks import SURE, transition_blocks


def covered(alpha, **wishes):
    """How often a block holds each pixel, and the bands in their places."""
    counts, bands = np.zeros(alpha.shape, int), np.zeros(alpha.shape, bool)
    for block in transition_blocks(alpha, **wishes):
        counts[block.slices] += 1
        bands[block.slices] |= block.band > 0
    return counts, bands


def with_neighbours(where):
    grown = where.copy()
    grown[1:] |= where[:-1]
    grown[:-1] |= where[1:]
    grown[:, 1:] |= where[:, :-1]
    grown[:, :-1] |= where[:, 1:]
    return grown


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (65, 130), (200, 63)])
def test_bands_are_the_transition_and_its_direct_neighbours(size):
    random = np.random.default_rng(1)
    alpha = np.where(random.random(size) < 0.01, random.random(size), 0).astype(np.float32)
    alpha[0, 0], alpha[-1, -1] = 0.5, 0.7
    counts, bands = covered(alpha)
    np.testing.assert_array_equal(bands, with_neighbours((alpha > SURE) & (alpha < 1 - SURE)))
    assert counts.max() == 1


def test_where_all_is_sure_there_are_no_blocks():
    alpha = np.zeros((300, 200), np.float32)
    alpha[:150] = 1
    alpha[20], alpha[200] = np.float32(1 - SURE), np.float32(SURE)
    assert list(transition_blocks(alpha)) == []


def test_what_is_sure_can_be_chosen():
    alpha = np.full((5, 5), 0.01, np.float32)
    assert list(transition_blocks(alpha, 0.02)) == []
    assert len(list(transition_blocks(alpha, 0.001))) == 1


def test_blocks_follow_the_outline_and_not_the_area(monkeypatch):
    monkeypatch.setattr("core.transition_blocks.BLOCK_PX", 32)
    y, x = np.mgrid[:1024, :1024].astype(np.float32)
    alpha = np.clip((300 - np.hypot(x - 512, y - 512)) / 3, 0, 1).astype(np.float32)
    counts, _ = covered(alpha)
    assert counts.mean() < 0.06
