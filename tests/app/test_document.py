"""Documents: history, what is shown of the edits, and what counts as saved."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from core.image_io import Format, Photo
from matting_studio.app.document import Document
from matting_studio.app.edits import Base, Box, Brush, Edit, fold
from matting_studio.app.look import Look, Plain

HEIGHT, WIDTH = 12, 16


@pytest.fixture
def document():
    document = Document(None)
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    document.set_photo(Photo(pixels, pixels, None, None, None, Format.PNG, None))
    alpha = np.linspace(0, 1, HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    document.set_base(Base(alpha, np.full((HEIGHT, WIDTH), 128, np.uint8)))
    return document


def stroke(brush, top=2, left=3, bottom=6, right=9, *, coverage=255):
    return Edit(brush, Box(top, left, bottom, right), np.full((bottom - top, right - left), coverage, np.uint8))


def fold_dirty(document):
    """What the worker does, here and now."""
    patch = fold(document.base, document.edits, document.dirty)
    assert document.paste(patch, document.revision)


def shown_as_folded(document):
    whole = fold(document.base, document.edits, document.base.box)
    return np.array_equal(document.alpha, whole.alpha) and np.array_equal(document.trimap, whole.trimap)


def test_results_belong_beside_the_photo_or_else_beside_the_project_that_holds_it():
    beside_photo, held, pasted = Document(Path("/photos/anna.png")), Document(None, name="anna.png"), Document(None)
    for document in (beside_photo, held):
        document.project_path = Path("/projects/anna.mstudio")
    assert [document.folder for document in (beside_photo, held, pasted)] == [Path("/photos"), Path("/projects"), None]


def test_undo_and_redo_bring_back_exactly_what_was_shown(document):
    shown = [document.alpha.copy()]
    for edit in (
        stroke(Brush.FOREGROUND),
        stroke(Brush.BACKGROUND, 4, 5, 10, 12, coverage=100),
        stroke(Brush.RESTORE, 0, 0, 5, 5),
    ):
        document.add_edit(edit, "Paint")
        fold_dirty(document)
        shown.append(document.alpha.copy())
    for expected in reversed(shown[:-1]):
        document.undo()
        fold_dirty(document)
        np.testing.assert_array_equal(document.alpha, expected)
    for expected in shown[1:]:
        document.redo()
        fold_dirty(document)
        np.testing.assert_array_equal(document.alpha, expected)


def test_the_ends_of_the_history_are_quiet(document):
    revision = document.revision
    document.undo()
    document.redo()
    assert document.revision == revision
    assert document.undo_name is None
    assert document.redo_name is None


def test_something_new_cuts_off_what_could_be_redone(document):
    document.add_edit(stroke(Brush.FOREGROUND), "First")
    document.add_edit(stroke(Brush.BACKGROUND), "Second")
    document.undo()
    assert (document.undo_name, document.redo_name) == ("First", "Second")
    document.add_edit(stroke(Brush.RESTORE), "Third")
    assert (document.undo_name, document.redo_name) == ("Third", None)
    assert [edit.brush for edit in document.edits] == [Brush.FOREGROUND, Brush.RESTORE]


def test_what_lies_outside_a_stroke_is_not_dirty(document):
    document.add_edit(stroke(Brush.FOREGROUND), "Paint")
    assert document.dirty == Box(2, 3, 6, 9)
    document.add_edit(stroke(Brush.FOREGROUND, 8, 1, 9, 2), "Paint")
    assert document.dirty == Box(2, 1, 9, 9)


def test_a_patch_of_another_revision_is_not_shown(document):
    document.add_edit(stroke(Brush.FOREGROUND), "Paint")
    patch, revision = fold(document.base, document.edits, document.dirty), document.revision
    document.undo()
    before = document.alpha.copy()
    assert not document.paste(patch, revision)
    np.testing.assert_array_equal(document.alpha, before)
    assert document.dirty is not None
    fold_dirty(document)
    assert document.dirty is None
    assert shown_as_folded(document)


def test_showing_a_patch_never_writes_to_what_the_network_said(document):
    before = document.base.alpha.copy()
    document.add_edit(stroke(Brush.FOREGROUND, 0, 0, HEIGHT, WIDTH), "Paint")
    fold_dirty(document)
    document.add_edit(stroke(Brush.BACKGROUND), "Paint")
    fold_dirty(document)
    np.testing.assert_array_equal(document.base.alpha, before)


def test_the_look_is_part_of_the_history_and_does_not_touch_the_matte(document):
    red = Look(background=Plain(colour=(1, 0, 0)))
    document.change_look(red, "Red")
    assert document.look == red
    assert document.dirty is None
    document.change_look(red, "Red again")
    assert document.undo_name == "Red"
    document.undo()
    assert document.look == Look()


def test_clearing_the_edits_is_one_step_back_to_the_network(document):
    document.clear_edits("Remove all")
    assert document.undo_name is None
    document.add_edit(stroke(Brush.FOREGROUND), "Paint")
    document.add_edit(stroke(Brush.BACKGROUND, 8, 1, 9, 2), "Paint")
    document.clear_edits("Remove all")
    fold_dirty(document)
    np.testing.assert_array_equal(document.alpha, document.base.alpha)
    document.undo()
    fold_dirty(document)
    assert len(document.edits) == 2
    assert shown_as_folded(document)


def test_a_solution_belongs_to_its_stroke_wherever_the_history_holds_it(document):
    unknown = stroke(Brush.UNKNOWN)
    document.add_edit(unknown, "Unknown")
    document.add_edit(stroke(Brush.FOREGROUND, 3, 4, 4, 5), "Paint")
    document.undo()
    document.undo()
    fold_dirty(document)
    document.attach_solution(unknown, np.full((4, 6), 0.25, np.float32))
    assert document.dirty is None
    np.testing.assert_array_equal(document.alpha, document.base.alpha)
    document.redo()
    fold_dirty(document)
    assert (document.alpha[2:6, 3:9] == 0.25).all()
    document.redo()
    fold_dirty(document)
    assert document.alpha[3, 4] == 1
    assert document.alpha[2, 3] == 0.25
    document.undo()
    document.undo()
    fold_dirty(document)
    np.testing.assert_array_equal(document.alpha, document.base.alpha)


def test_a_solution_of_a_stroke_that_is_gone_changes_nothing(document):
    unknown = stroke(Brush.UNKNOWN)
    document.add_edit(unknown, "Unknown")
    document.undo()
    document.add_edit(stroke(Brush.FOREGROUND), "Paint")
    fold_dirty(document)
    before = document.alpha.copy()
    document.attach_solution(unknown, np.zeros((4, 6), np.float32))
    assert document.dirty is None
    np.testing.assert_array_equal(document.alpha, before)


def test_edits_lie_on_top_of_a_new_matte(document):
    document.add_edit(stroke(Brush.FOREGROUND), "Paint")
    fold_dirty(document)
    document.set_base(Base(np.zeros((HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH), np.uint8)))
    assert document.dirty == Box(0, 0, HEIGHT, WIDTH)
    fold_dirty(document)
    assert document.alpha.sum() == 4 * 6


def test_every_change_of_the_result_is_a_new_revision(document):
    revisions = [document.revision]
    unknown = stroke(Brush.UNKNOWN)
    for change in (
        lambda: document.add_edit(unknown, "Unknown"),
        lambda: document.attach_solution(unknown, np.zeros((4, 6), np.float32)),
        lambda: fold_dirty(document),
        lambda: document.change_look(Look(decontaminate=0), "Look"),
        document.undo,
        document.redo,
        lambda: document.set_base(document.base),
        document.forget_pixels,
    ):
        change()
        revisions.append(document.revision)
    assert all(after > before for before, after in itertools.pairwise(revisions))


def test_modified_means_other_than_what_was_saved(document):
    assert not document.modified
    document.add_edit(stroke(Brush.FOREGROUND), "Paint")
    saved = document.version
    assert document.modified
    document.change_look(Look(decontaminate=0), "Look")
    document.mark_saved(saved)
    assert document.modified
    document.undo()
    assert not document.modified
    document.mark_saved(None)
    assert document.modified


def matted_anew(document):
    base = Base(document.base.alpha.copy(), document.base.trimap.copy())
    document.replace_base(base, fold(base, (), base.box), "portrait")


def test_another_models_matte_is_a_change_only_to_what_a_project_holds(document):
    matted_anew(document)
    assert not document.modified
    document.project_path = Path("made.mstudio")
    document.mark_saved(document.version)
    matted_anew(document)
    assert document.modified
    document.mark_saved(document.version)
    assert not document.modified


@pytest.mark.parametrize("was_saved_before", [False, True])
def test_a_matte_that_arrives_while_a_file_is_written_is_not_in_it(document, was_saved_before):
    if was_saved_before:
        document.project_path = Path("made.mstudio")
    written = document.version
    matted_anew(document)
    document.project_path = Path("made.mstudio")
    document.mark_saved(written)
    assert document.modified


def test_the_first_matte_is_a_change_to_a_file_that_was_written_without_one(document):
    base = document.base
    document.forget_pixels()
    written = document.version
    document.replace_base(base, fold(base, (), base.box), "portrait")
    document.project_path = Path("made.mstudio")
    document.mark_saved(written)
    assert document.modified


def test_the_first_matte_of_a_project_that_had_none_is_no_change(document):
    base = document.base
    document.forget_pixels()
    document.project_path = Path("made.mstudio")
    document.replace_base(base, fold(base, (), base.box), "portrait")
    assert not document.modified


def test_a_snapshot_can_be_of_another_look_and_needs_a_photo(document):
    look = Look(decontaminate=0)
    assert document.snapshot(look).look == look
    assert document.snapshot().look == Look()
    document.forget_pixels()
    assert document.snapshot() is None


def test_strokes_count_in_what_a_document_holds_also_those_that_were_taken_back(document):
    before, pixels = document.held_bytes, document.pixel_bytes
    edit = stroke(Brush.UNKNOWN)
    document.add_edit(edit, "Paint")
    assert (document.held_bytes, document.pixel_bytes) == (before + edit.coverage.nbytes, pixels)
    solution = np.zeros(edit.coverage.shape, np.float32)
    document.attach_solution(edit, solution)
    document.change_look(Look(light_wrap=0.5), "Light")  # a second step with the same stroke
    document.undo()
    document.undo()
    assert document.held_bytes == before + edit.coverage.nbytes + solution.nbytes
    document.forget_pixels()
    assert (document.held_bytes, document.pixel_bytes) == (edit.coverage.nbytes + solution.nbytes, 0)
