"""Tiles: all that is wanted is well inside one, and no more of them than its length asks for."""

import cv2
import numpy as np
import pytest

from core.detail.tiles import inner, tiles_over, window


def ring(height: int, width: int, *, centre: tuple[int, int] = (200, 200), radius: int = 120) -> np.ndarray:
    drawn = np.zeros((height, width), np.uint8)
    return cv2.circle(drawn, centre[::-1], radius, 1, 8).view(np.bool_)


@pytest.mark.parametrize("centre", [(200, 200), (0, 0), (399, 250), (150, 520)])
def test_what_is_wanted_is_inside_a_tile_by_the_margin(centre: tuple[int, int]) -> None:
    wanted = ring(400, 530, centre=centre)
    covered = np.zeros_like(wanted)
    for tile in tiles_over(wanted, (96, 128), 16):
        assert (tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start) == (96, 128)
        assert min(tile.rows.start, tile.columns.start) >= 0
        assert tile.rows.stop <= 400
        assert tile.columns.stop <= 530
        covered[inner(tile.rows, 400, 16), inner(tile.columns, 530, 16)] = True
    assert covered[wanted].all()


def test_more_background_brings_no_more_tiles() -> None:
    small, large = ring(500, 500), ring(4000, 4000)
    assert tiles_over(small, (96, 96), 8) == tiles_over(large, (96, 96), 8)


def test_tiles_grow_with_the_length_of_what_is_wanted_and_not_with_the_area_inside() -> None:
    counts = [
        len(tiles_over(ring(3000, 3000, centre=(1500, 1500), radius=radius), (96, 96), 8))
        for radius in (300, 600, 1200)
    ]
    assert counts[2] / counts[1] == pytest.approx(2, rel=0.2)
    assert counts[1] / counts[0] == pytest.approx(2, rel=0.2)


def test_nothing_wanted_is_no_tile() -> None:
    assert tiles_over(np.zeros((200, 200), np.bool_), (64, 64), 8) == []


def test_weights_are_whole_inside_and_at_the_pictures_frame_and_fade_elsewhere() -> None:
    wanted = np.zeros((300, 300), np.bool_)
    wanted[10, 150] = True
    (tile,) = tiles_over(wanted, (96, 96), 16)
    weights = window(tile, (300, 300), 16)
    assert tile.rows.start == 0
    assert (weights[:80, 16:80] == 1).all()
    assert weights[-1].max() < 0.01
    assert weights[:, [0, -1]].max() < 0.01
    assert (np.diff(weights[40, :17]) >= 0).all()
