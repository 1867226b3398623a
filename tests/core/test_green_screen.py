"""What is hidden under transparency has no part in what the network is shown."""

from dataclasses import replace

import numpy as np
import pytest

from core.green_screen import BLUE, GREEN, network_picture
from core.image_io import Format, Photo

HEIGHT, WIDTH = 40, 30
SKIN = (200, 150, 120)


def photo(colour, hidden, dtype=np.uint8, alpha=True):
    scale = np.iinfo(dtype).max // 255
    opacity = np.zeros((HEIGHT, WIDTH), np.float32)
    opacity[10:, 8:22] = 1
    opacity[9, 8:22] = 0.5
    image = np.empty((HEIGHT, WIDTH, 3), dtype)
    image[:] = np.array(hidden, dtype) * dtype(scale)
    image[opacity > 0] = np.array(colour, dtype) * dtype(scale)
    return Photo(image, image, opacity if alpha else None, None, None, Format.PNG, None)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_whatever_is_hidden_the_network_sees_the_same(dtype):
    seen = [network_picture(photo(SKIN, hidden, dtype)) for hidden in (SKIN, (0, 0, 0), (255, 255, 255))]
    assert all(np.array_equal(other, seen[0]) for other in seen[1:])
    scale = np.iinfo(dtype).max // 255
    assert seen[0].dtype == dtype
    assert (seen[0][0, 0] // scale).tolist() == list(GREEN)
    assert (seen[0][20, 15] // scale).tolist() == list(SKIN)
    assert np.abs(seen[0][9, 15] / scale - (np.array(GREEN) + SKIN) / 2).max() <= 1


def test_who_wears_green_stands_before_blue():
    assert network_picture(photo(GREEN, (0, 0, 0)))[0, 0].tolist() == list(BLUE)


def test_an_opaque_photo_is_shown_as_it_is():
    opaque = photo(SKIN, (1, 2, 3), alpha=False)
    assert network_picture(opaque) is opaque.image


def test_where_nothing_is_seen_there_is_the_screen():
    empty = replace(photo(SKIN, SKIN), alpha=np.zeros((HEIGHT, WIDTH), np.float32))
    assert (network_picture(empty) == GREEN).all()
