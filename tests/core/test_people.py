"""The parts of a photo that people are in, with room around, in its proportions; each look has its own people."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.people import MOST_GROUPS, Look, looks_from_nearer


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
    (look,) = looks_from_nearer(alpha_with((top, top + 60, left, left + 30), size=size), (height * 10, width * 10), 352)
    rows, columns = look.part
    assert 0 <= rows.start <= top * 10
    assert (top + 60) * 10 <= rows.stop <= height * 10
    assert 0 <= columns.start <= left * 10
    assert (left + 30) * 10 <= columns.stop <= width * 10
    assert (rows.stop - rows.start) / (columns.stop - columns.start) == pytest.approx(height / width, rel=0.02)
    assert rows.stop - rows.start < 0.75 * height * 10
    # Room for what the first look missed, where the photo goes on.
    assert rows.start <= max(0, top * 10 - 80)
    assert rows.stop >= min(height * 10, (top + 60) * 10 + 80)


FULL = (2640, 3520)


def holds(look: Look, box: tuple[int, int, int, int]) -> bool:
    """Whether a look shows a person, (top, bottom, left, right) in the first look, and takes it for its own."""
    top, bottom, left, right = box
    rows, columns = look.part
    shown = (
        rows.start < 10 * top and 10 * bottom < rows.stop and columns.start < 10 * left and 10 * right < columns.stop
    )
    return shown and bool(look.own[top:bottom, left:right].all())


def test_who_stands_together_is_seen_together() -> None:
    people = (150, 210, 120, 150), (160, 210, 154, 180)
    (look,) = looks_from_nearer(alpha_with(*people), FULL, 352)
    assert all(holds(look, each) for each in people)
    assert look.own.all()


def test_who_stands_apart_gets_a_look_alone() -> None:
    people = (100, 180, 20, 50), (120, 190, 150, 180), (60, 130, 300, 330)
    looks = looks_from_nearer(alpha_with(*people), FULL, 352)
    assert [[holds(look, each) for each in people].count(True) for look in looks] == [1, 1, 1]
    assert all(any(holds(look, each) for look in looks) for each in people)
    # All of the photo belongs to one of them, and to one only.
    assert (np.sum([look.own for look in looks], axis=0) == 1).all()


def test_many_who_stand_apart_are_seen_in_few_groups() -> None:
    # Four couples, who stand no nearer to each other than 10 px.
    people = [(100, 130, left + aside, left + aside + 12) for left in (10, 100, 190, 280) for aside in (0, 22)]
    looks = looks_from_nearer(alpha_with(*people), FULL, 352)
    assert len(looks) == 4 <= MOST_GROUPS < len(people)
    assert all(any(look.own[top:bottom, left:right].all() for look in looks) for top, bottom, left, right in people)


def test_somebody_large_beside_somebody_small_is_looked_at_once() -> None:
    assert looks_from_nearer(alpha_with((40, 264, 10, 180), (120, 180, 300, 330)), FULL, 352) == []


@pytest.mark.parametrize("full", [(264, 352), (2640, 3520), (1001, 1334)])
def test_own_pixels_are_those_of_the_part(full: tuple[int, int]) -> None:
    own = np.zeros((264, 352), np.bool_)
    own[:, 100:] = True
    part = slice(full[0] // 3, full[0] // 2), slice(full[1] // 5, full[1] // 2)
    found = Look(part, own).own_pixels(full)
    assert found.shape == (full[0] // 2 - full[0] // 3, full[1] // 2 - full[1] // 5)
    begins = full[1] * 100 / 352 - full[1] // 5
    assert abs(int(found[0].argmax()) - begins) <= full[1] / 352
    assert (found == found[0]).all()


@pytest.mark.parametrize(
    ("alpha", "full"),
    [
        (alpha_with(), FULL),  # nobody
        (alpha_with((60, 264, 100, 250)), FULL),  # a portrait
        (alpha_with((200, 250, 20, 50)), (264, 352)),  # a photo without more pixels
    ],
)
def test_what_a_look_from_nearer_would_not_show_larger_gets_none(
    alpha: NDArray[np.float32], full: tuple[int, int]
) -> None:
    assert looks_from_nearer(alpha, full, 352) == []
