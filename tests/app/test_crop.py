import cv2
import numpy as np
import pytest

from matting_studio.app.crop import crop_box, cropped
from matting_studio.app.edits import Box
from matting_studio.app.look import Crop


@pytest.fixture
def alpha():
    """A person of 100 × 40 px in a photo of 300 × 200, 80 px from its top, 60 px from its left."""
    alpha = np.zeros((300, 200), np.float32)
    alpha[80:180, 60:100] = 1
    return alpha


def test_none_is_the_whole_photo(alpha):
    assert crop_box(Crop(), alpha) == Box(0, 0, 300, 200)


def test_person_has_a_margin_in_heights_of_the_person(alpha):
    assert crop_box(Crop(kind="person", margin=0.1), alpha) == Box(70, 50, 190, 110)


def test_person_is_cut_off_at_the_photos_edge(alpha):
    assert crop_box(Crop(kind="person", margin=0.9), alpha) == Box(0, 0, 270, 190)


def test_haze_is_no_person(alpha):
    alpha[5, 5] = 0.05
    assert crop_box(Crop(kind="person", margin=0), alpha) == Box(80, 60, 180, 100)


@pytest.mark.parametrize("ratio", [0.25, 35 / 45, 1.0, 1.5])
def test_ratio_is_met_around_the_person_who_stays_in_the_middle(alpha, ratio):
    box = crop_box(Crop(kind="ratio", margin=0.1, ratio=ratio), alpha)
    width, height = box.right - box.left, box.bottom - box.top
    assert width / height == pytest.approx(ratio, abs=1 / height)
    assert box.overlap(Box(70, 50, 190, 110)) == Box(70, 50, 190, 110)
    assert (box.left + box.right) / 2 == pytest.approx(80, abs=0.5)


def test_ratio_moves_up_and_down_into_the_photo_but_not_sideways():
    alpha = np.zeros((300, 200), np.float32)
    alpha[200:300, 160:200] = 1
    box = crop_box(Crop(kind="ratio", margin=0.1, ratio=1.0), alpha)
    assert (box.top, box.bottom) == (180, 300)
    assert (box.left, box.right) == (120, 240)


def test_a_box_higher_than_the_photo_is_even_on_both_sides(alpha):
    box = crop_box(Crop(kind="ratio", margin=1, ratio=1.0), alpha[:250])
    # 300 px about row 130.
    assert (box.top, box.bottom) == (-20, 280)


def test_nobody_is_everybody():
    assert crop_box(Crop(kind="person"), np.zeros((30, 20), np.float32)) == Box(0, 0, 30, 20)


def test_cropping_continues_outside_as_told():
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.testing.assert_array_equal(
        cropped(picture, Box(-1, 2, 2, 6), border=cv2.BORDER_REPLICATE), [[2, 3, 3, 3], [2, 3, 3, 3], [6, 7, 7, 7]]
    )
    np.testing.assert_array_equal(
        cropped(picture, Box(-1, 2, 2, 6), border=cv2.BORDER_CONSTANT), [[0, 0, 0, 0], [2, 3, 0, 0], [6, 7, 0, 0]]
    )
