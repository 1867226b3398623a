"""An alpha brought up along its picture's edges, in blocks that nobody sees."""

import cv2
import numpy as np
import pytest

from core import guided_filter
from core.guided_filter import SURE, brought_up


def scene(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Image, alpha, and both small: a disk on noise."""
    alpha = np.zeros((height, width), np.float32)
    cv2.circle(alpha, (width // 3, height // 2), height // 5, 1.0, -1, cv2.LINE_AA)
    noise = np.random.default_rng(0).integers(0, 60, (height, width, 3))
    image = (alpha[..., None] * 150 + noise).astype(np.uint8)
    small = (width // 4, height // 4)
    return (
        image,
        alpha,
        cv2.resize(image, small, interpolation=cv2.INTER_AREA),
        cv2.resize(alpha, small, interpolation=cv2.INTER_AREA),
    )


def test_blocks_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    image, _, small_image, coarse = scene(401, 603)
    in_blocks = brought_up(coarse, small_image, image)
    monkeypatch.setattr(guided_filter, "BLOCK_PX", 10_000)
    monkeypatch.setattr(guided_filter, "MOST_BLOCK_PX", 10_000)
    at_once = brought_up(coarse, small_image, image)
    asked = cv2.dilate((at_once > 2 * SURE).astype(np.uint8), np.ones((9, 9))) > 0
    assert np.abs(in_blocks - at_once)[asked].max() < 1e-4
    assert np.abs(in_blocks - at_once).max() <= SURE


def test_where_nothing_is_open_colours_are_not_asked() -> None:
    image, alpha, small_image, coarse = scene(400, 1200)
    refined = brought_up(coarse, small_image, image)
    assert np.abs(refined - alpha).mean() < 0.003
    assert (refined[:, 700:] == 0).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_pictures_of_all_depths_say_the_same(dtype: type) -> None:
    image, _, small_image, coarse = scene(200, 300)
    scale = {np.uint8: 1, np.uint16: 257, np.float32: np.float32(1 / 255)}[dtype]
    deep_small, deep_image = (np.multiply(picture, scale, dtype=dtype) for picture in (small_image, image))
    deep = brought_up(coarse, deep_small, deep_image)
    assert np.abs(deep - brought_up(coarse, small_image, image)).max() < 1e-3
