"""Folding strokes: a function of base and stack, box by box the same as the whole."""

import numpy as np
import pytest

from matting_studio.app.edits import Base, Box, Brush, Edit, fold

HEIGHT, WIDTH = 40, 50


@pytest.fixture
def random():
    return np.random.default_rng(4)


@pytest.fixture
def base(random):
    trimap = random.choice(np.array([0, 128, 255], np.uint8), (HEIGHT, WIDTH))
    return Base(random.random((HEIGHT, WIDTH), np.float32), trimap)


def random_box(random):
    top, bottom = np.sort(random.choice(HEIGHT + 1, 2, replace=False))
    left, right = np.sort(random.choice(WIDTH + 1, 2, replace=False))
    return Box(int(top), int(left), int(bottom), int(right))


@pytest.fixture
def edits(random):
    def edit():
        box = random_box(random)
        size = box.bottom - box.top, box.right - box.left
        brush = list(Brush)[random.integers(4)]
        solved = random.random(size, np.float32) if brush is Brush.UNKNOWN and random.random() < 0.5 else None
        return Edit(brush, box, random.integers(0, 256, size).astype(np.uint8), solved)

    return [edit() for _ in range(12)]


def test_folding_a_box_is_cutting_it_out_of_the_whole(random, base, edits):
    whole = fold(base, edits, base.box)
    for _ in range(50):
        box = random_box(random)
        patch = fold(base, edits, box)
        np.testing.assert_array_equal(patch.alpha, whole.alpha[box.slices])
        np.testing.assert_array_equal(patch.trimap, whole.trimap[box.slices])


def test_folding_writes_to_nothing_and_gives_the_same_again(base, edits):
    arrays = [base.alpha, base.trimap, *(edit.coverage for edit in edits)]
    before = [array.copy() for array in arrays]
    first, second = fold(base, edits, base.box), fold(base, edits, base.box)
    np.testing.assert_array_equal(first.alpha, second.alpha)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert not np.shares_memory(first.alpha, base.alpha)


def test_alpha_stays_between_0_and_1(base, edits):
    alpha = fold(base, edits * 5, base.box).alpha
    assert alpha.min() >= 0
    assert alpha.max() <= 1


@pytest.mark.parametrize(
    ("brush", "alpha", "declared"),
    [(Brush.FOREGROUND, 1.0, 255), (Brush.BACKGROUND, 0.0, 0), (Brush.UNKNOWN, 0.4, 128), (Brush.RESTORE, 0.4, 0)],
)
def test_what_a_full_stroke_makes_of_a_pixel(brush, alpha, declared):
    base = Base(np.full((1, 1), 0.4, np.float32), np.zeros((1, 1), np.uint8))
    patch = fold(base, [Edit(brush, base.box, np.full((1, 1), 255, np.uint8))], base.box)
    assert patch.alpha[0, 0] == pytest.approx(alpha)
    assert patch.trimap[0, 0] == declared


def test_a_faint_stroke_changes_alpha_a_little_and_no_class():
    base = Base(np.full((1, 1), 0.5, np.float32), np.full((1, 1), 128, np.uint8))
    patch = fold(base, [Edit(Brush.FOREGROUND, base.box, np.full((1, 1), 51, np.uint8))], base.box)
    assert patch.alpha[0, 0] == pytest.approx(0.6)
    assert patch.trimap[0, 0] == 128


def test_a_solution_counts_where_it_was_painted_unknown_and_nowhere_else():
    base = Base(np.zeros((1, 4), np.float32), np.array([[128, 128, 0, 0]], np.uint8))
    coverage = np.array([[0, 255, 255, 60]], np.uint8)
    edit = Edit(Brush.UNKNOWN, base.box, coverage, np.full((1, 4), 0.7, np.float32))
    assert fold(base, [edit], base.box).alpha.tolist() == pytest.approx(np.array([[0, 0.7, 0.7, 0]]))


def test_restoring_brings_back_the_networks_word_under_other_strokes(base):
    full = np.full((HEIGHT, WIDTH), 255, np.uint8)
    patch = fold(base, [Edit(Brush.FOREGROUND, base.box, full), Edit(Brush.RESTORE, base.box, full)], base.box)
    np.testing.assert_allclose(patch.alpha, base.alpha, atol=1e-6)
    np.testing.assert_array_equal(patch.trimap, base.trimap)


def test_boxes_overlap_join_grow_and_nest():
    one, other = Box(2, 3, 8, 9), Box(5, 1, 12, 6)
    assert one.overlap(other) == Box(5, 3, 8, 6)
    assert one.joined(other) == Box(2, 1, 12, 9)
    assert one.grown(4, 10, 10) == Box(0, 0, 10, 10)
    assert Box(5, 4, 6, 7).within(one) == (slice(3, 4), slice(1, 4))
    assert one.overlap(Box(20, 20, 30, 30)).empty
