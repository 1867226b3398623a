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
    alpha[190:290, 155:195] = 1
    box = crop_box(Crop(kind="ratio", margin=0.2, ratio=1.0), alpha)
    assert (box.top, box.bottom) == (160, 300)
    assert (box.left, box.right) == (105, 245)


@pytest.mark.parametrize("ratio", [0.5, 35 / 45, 1.0, 1.5])
def test_a_bust_stands_on_the_lower_edge_and_what_is_missing_is_above_the_head(ratio):
    alpha = np.zeros((100, 90), np.float32)
    alpha[30:100, 10:80] = 1
    box = crop_box(Crop(kind="ratio", margin=0.1, ratio=ratio), alpha)
    height, width = box.bottom - box.top, box.right - box.left
    assert box.bottom == 100
    assert box.top <= 23, "the head keeps its margin"
    assert width / height == pytest.approx(ratio, abs=1 / height)
    assert (box.left + box.right) / 2 == pytest.approx(45, abs=0.5)


def test_a_wide_bust_gets_a_smaller_box_around_the_head_instead_of_more_air_than_person():
    alpha = np.zeros((200, 600), np.float32)
    alpha[50:90, 380:420] = 1  # the head
    alpha[90:200, 100:500] = 1
    box = crop_box(Crop(kind="ratio", margin=0.1, ratio=0.8), alpha)
    assert box.bottom == 200
    assert box.bottom - box.top == 181, "1.1 times the person of 150 px with its margin"
    assert (box.left + box.right) / 2 == pytest.approx(400, abs=0.5)


@pytest.mark.parametrize(("columns", "left", "right"), [(slice(0, 60), 0, None), (slice(140, 200), None, 200)])
def test_who_is_cut_off_at_a_side_stays_at_that_edge(columns, left, right):
    alpha = np.zeros((300, 200), np.float32)
    alpha[100:200, columns] = 1
    box = crop_box(Crop(kind="ratio", margin=0.1, ratio=1.0), alpha)
    assert (box.bottom - box.top, box.right - box.left) == (120, 120)
    assert left is None or box.left == left
    assert right is None or box.right == right


@pytest.mark.parametrize("ratio", [0.3, 0.8, 1.0, 3.0])
def test_who_is_cut_off_on_all_sides_fills_the_box(ratio):
    box = crop_box(Crop(kind="ratio", margin=0.1, ratio=ratio), np.ones((150, 200), np.float32))
    assert box.overlap(Box(0, 0, 150, 200)) == box
    assert box.top == 0, "where the head is"
    assert (box.right - box.left) / (box.bottom - box.top) == pytest.approx(ratio, abs=0.05)


def test_a_box_higher_than_the_photo_is_even_on_both_sides_of_a_whole_person(alpha):
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
