"""The part of a photo that people are in: all of them, with room around, in the photo's proportions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.people import where_people_are


def alpha_with(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (264, 352)) -> NDArray[np.float32]:
    alpha = np.zeros(size, np.float32)
    for top, bottom, left, right in boxes:
        alpha[top:bottom, left:right] = 0.9
    return alpha


@pytest.mark.parametrize("size", [(264, 352), (352, 264), (352, 100)])
@pytest.mark.parametrize("place", [0.0, 0.4, 1.0])
def test_the_part_holds_the_person_and_has_the_proportions_of_the_photo(size: tuple[int, int], place: float) -> None:
    height, width = size
    top, left = round(place * (height - 60)), round(place * (width - 30))
    part = where_people_are(alpha_with((top, top + 60, left, left + 30), size=size), (height * 10, width * 10), 352)
    assert part is not None
    rows, columns = part
    assert 0 <= rows.start <= top * 10
    assert (top + 60) * 10 <= rows.stop <= height * 10
    assert 0 <= columns.start <= left * 10
    assert (left + 30) * 10 <= columns.stop <= width * 10
    assert (rows.stop - rows.start) / (columns.stop - columns.start) == pytest.approx(height / width, rel=0.02)
    assert rows.stop - rows.start < 0.75 * height * 10
    # Room for what the first look missed, where the photo goes on.
    assert rows.start <= max(0, top * 10 - 80)
    assert rows.stop >= min(height * 10, (top + 60) * 10 + 80)


def test_nobody_is_left_out() -> None:
    part = where_people_are(alpha_with((200, 250, 20, 50), (180, 240, 120, 150)), (2640, 3520), 352)
    assert part is not None
    _, columns = part
    assert columns.start < 200
    assert columns.stop > 1500


@pytest.mark.parametrize(
    ("alpha", "full"),
    [
        (alpha_with(), (2640, 3520)),  # nobody
        (alpha_with((60, 264, 100, 250)), (2640, 3520)),  # a portrait
        (alpha_with((200, 250, 0, 30), (200, 250, 320, 352)), (2640, 3520)),  # people far apart
        (alpha_with((200, 250, 20, 50)), (264, 352)),  # a photo without more pixels
    ],
)
def test_what_a_look_from_nearer_would_not_show_larger_has_no_part(
    alpha: NDArray[np.float32], full: tuple[int, int]
) -> None:
    assert where_people_are(alpha, full, 352) is None
