"""What is done stays done, what changed is done again, and nobody else's files are touched."""

import json
import os
from dataclasses import replace

import pytest
from batches import FAST, go, leftovers, put_photos, states, tree
from PIL import Image

from core.image_io import read_photo
from matting_studio.app.batch import Recipe, Workplace, WorkplaceError, find_photos, make_plan, making
from matting_studio.app.batch.journal import Entry, History
from matting_studio.app.export_request import ExportKind
from matting_studio.app.look import Look, Picture, Plain, Refinement

NAMES = ["a.png", "b.png", "sub/c.png"]
BOTH = Recipe(what=(ExportKind.ALPHA, ExportKind.COMPOSITE), look=Look(background=Plain()))


@pytest.fixture
def folders(tmp_path):
    put_photos(tmp_path / "in", NAMES)
    return tmp_path / "in", tmp_path / "out"


def journal(output):
    return output / ".matting-studio" / "journal.jsonl"


def to_do(plan):
    return {task.name: [wanted.what for wanted in task.to_make] for task in plan.to_do}


def test_a_second_run_has_nothing_to_do(folders, predictor):
    first, _ = go(*folders, predictor)
    before = tree(folders[1])
    second, plan = go(*folders, predictor)
    assert set(states(first).values()) == {"done"}
    assert set(states(second).values()) == {"skipped"}
    assert plan.to_do == ()
    assert tree(folders[1]) == before
    row, again = first.row("a.png"), second.row("a.png")
    assert (again.doubt, again.seconds, again.results, again.thumbnail) == (
        row.doubt, row.seconds, row.results, row.thumbnail,
    )  # fmt: skip


def test_changed_settings_concern_what_depends_on_them(folders, predictor):
    go(*folders, predictor, BOTH)
    blue = replace(BOTH, look=Look(background=Plain(colour=(0, 0, 1))))
    _, plan = go(*folders, predictor, blue)
    assert to_do(plan) == {name: [ExportKind.COMPOSITE] for name in NAMES}
    _, plan = go(*folders, predictor, replace(blue, look=blue.look.model_copy(update={"light_wrap": 0.5})))
    assert to_do(plan) == {name: [ExportKind.COMPOSITE] for name in NAMES}
    softer = blue.look.model_copy(update={"refinement": Refinement(feather_px=2), "light_wrap": 0.5})
    _, plan = go(*folders, predictor, replace(blue, look=softer))
    assert to_do(plan) == {name: [ExportKind.ALPHA, ExportKind.COMPOSITE] for name in NAMES}


def test_a_background_picture_that_changed_makes_composites_new(folders, predictor, tmp_path):
    scene = tmp_path / "scene.png"
    put_photos(tmp_path, ["scene.png"])
    recipe = replace(BOTH, look=Look(background=Picture(path=scene)))
    go(*folders, predictor, recipe)
    put_photos(tmp_path, ["unused.png", "scene.png"])
    _, plan = go(*folders, predictor, recipe)
    assert to_do(plan) == {name: [ExportKind.COMPOSITE] for name in NAMES}


def test_a_photo_that_changed_is_done_again_and_one_that_was_copied_is_not(folders, predictor):
    go(*folders, predictor)
    put_photos(folders[0], ["unused.webp", "a.png"])
    (folders[0] / "unused.webp").unlink()
    os.utime(folders[0] / "b.png", (1, 1))
    _, plan = go(*folders, predictor)
    assert list(to_do(plan)) == ["a.png"]


def test_a_photo_that_changes_while_it_is_read_fails_and_is_done_as_it_is_the_next_time(
    folders, predictor, monkeypatch
):
    photo = folders[0] / "a.bmp"
    (folders[0] / "a.png").unlink()
    Image.new("RGB", (20, 24), "red").save(photo)

    def read_in_between(path):
        pixels = read_photo(path)
        if path == photo:
            Image.new("RGB", (20, 24), "blue").save(photo)  # of the same size
        return pixels

    monkeypatch.setattr(making, "read_photo", read_in_between)
    run, _ = go(*folders, predictor)
    assert states(run) == {"a.bmp": "failed", "b.png": "done", "sub/c.png": "done"}
    assert run.row("a.bmp").reason.startswith(f"{photo} has changed while it was read.")
    monkeypatch.undo()
    run, _ = go(*folders, predictor)
    assert states(run)["a.bmp"] == "done"


def test_another_model_makes_everything_new(folders, predictor, monkeypatch):
    go(*folders, predictor)
    monkeypatch.setattr("batches.MODEL", "another")
    _, plan = go(*folders, predictor)
    assert list(to_do(plan)) == NAMES


def test_a_result_that_was_removed_is_made_again(folders, predictor):
    go(*folders, predictor)
    before = tree(folders[1])
    (folders[1] / "sub" / "c-alpha.png").unlink()
    _, plan = go(*folders, predictor)
    assert list(to_do(plan)) == ["sub/c.png"]
    assert tree(folders[1]) == before


def test_files_of_others_are_kept_unless_told(folders, predictor):
    folders[1].mkdir()
    theirs = folders[1] / "a-alpha.png"
    theirs.write_text("mine!")
    run, plan = go(*folders, predictor)
    assert states(run) == {"a.png": "skipped", "b.png": "done", "sub/c.png": "done"}
    assert "no batch made, and are kept: a-alpha.png. To have them made anew, have files replaced." in plan.notices[0]
    assert theirs.read_text() == "mine!"
    run, _ = go(*folders, predictor, overwrite=True)
    assert states(run)["a.png"] == "done"
    assert theirs.read_bytes().startswith(b"\x89PNG")


def test_results_of_photos_of_the_same_name_in_another_folder_are_kept(tmp_path, predictor):
    """Cameras count anew on every card."""
    for folder, height in (("mon", 24), ("tue", 25)):
        put_photos(tmp_path / folder, ["IMG_1.png", f"{folder}.png"], height=height)
    output = tmp_path / "out"
    go(tmp_path / "mon", output, predictor)
    before = tree(output)
    run, plan = go(tmp_path / "tue", output, predictor)
    assert states(run) == {"IMG_1.png": "skipped", "tue.png": "done"}
    assert "Results of other photos of the same names are there already, and are kept: IMG_1-alpha" in plan.notices[0]
    assert tree(output)["IMG_1-alpha.png"] == before["IMG_1-alpha.png"]
    assert run.row("IMG_1.png").thumbnail is None, "it is the other photo's"
    run, _ = go(tmp_path / "tue", output, predictor, overwrite=True)
    assert states(run) == {"IMG_1.png": "done", "tue.png": "skipped"}


def test_a_folder_that_was_moved_is_known_again(folders, predictor, tmp_path):
    go(*folders, predictor)
    moved = folders[0].rename(tmp_path / "elsewhere")
    run, plan = go(moved, folders[1], predictor)
    assert set(states(run).values()) == {"skipped"}
    assert plan.notices == ()
    _, plan = go(moved, folders[1], predictor, replace(FAST, look=Look(refinement=Refinement(feather_px=3))))
    assert list(to_do(plan)) == NAMES


def test_a_result_of_a_photo_that_has_gone_is_kept_from_its_successor(folders, predictor):
    go(*folders, predictor)
    (folders[0] / "a.png").unlink()
    put_photos(folders[0], ["a.webp"], height=30)
    before = tree(folders[1])
    run, _ = go(*folders, predictor)
    assert states(run)["a.webp"] == "skipped"
    assert tree(folders[1]) == before


def test_a_journal_of_before_folders_were_noted_still_counts(folders, predictor):
    go(*folders, predictor)
    lines = [json.loads(line) for line in journal(folders[1]).read_text().splitlines()]
    for line in lines:
        assert line.pop("folder") == str((folders[0] / line["photo"]).parent)
    journal(folders[1]).write_text("".join(json.dumps(line) + "\n" for line in lines))
    put_photos(folders[0], ["a.png"], height=30)
    run, _ = go(*folders, predictor)
    assert states(run) == {"a.png": "done", "b.png": "skipped", "sub/c.png": "skipped"}


def test_a_photo_that_is_a_link_into_the_output_folder_is_safe(tmp_path, predictor):
    put_photos(tmp_path / "out", ["a.png"])
    photo = (tmp_path / "out" / "a.png").read_bytes()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").symlink_to(tmp_path / "out" / "a.png")
    run, _ = go(tmp_path / "in", tmp_path / "out", predictor, replace(FAST, template="{stem}"), overwrite=True)
    assert states(run) == {"a.png": "done"}
    assert (tmp_path / "out" / "a.png").read_bytes() == photo
    assert (tmp_path / "out" / "a_png.png").exists()


@pytest.mark.parametrize("is_own", [False, True])
def test_a_background_picture_in_the_output_folder_is_safe(is_own, folders):
    source, output = folders
    put_photos(output, ["a-composite.png"])
    look = Look(background=Picture(path=output / "a-composite.png"))
    items = find_photos(source, recursive=False, output=output).items
    recipe = replace(BOTH, what=(ExportKind.COMPOSITE,))
    if is_own:
        items = tuple(replace(item, look=look) for item in items)
    else:
        recipe = replace(recipe, look=look)
    plan = make_plan(items, recipe, output, History(), "tiny", overwrite=True)
    assert [wanted.path for task in plan.tasks for wanted in task.to_make] == ["a_png-composite.png", "b-composite.png"]


def test_a_result_that_somebody_touched_up_is_kept(folders, predictor):
    go(*folders, predictor)
    (folders[1] / "a-alpha.png").write_text("touched up")
    other = replace(FAST, look=Look(refinement=Refinement(feather_px=3)))
    run, _ = go(*folders, predictor, other)
    assert states(run) == {"a.png": "skipped", "b.png": "done", "sub/c.png": "done"}
    assert (folders[1] / "a-alpha.png").read_text() == "touched up"


class Meanwhile:
    """Lets somebody do something while the network works."""

    def __init__(self, predictor, what):
        self._predictor, self._what = predictor, what

    def predict(self, image):
        self._what()
        return self._predictor.predict(image)


@pytest.mark.parametrize("earlier", [True, False])
def test_a_file_that_somebody_writes_while_the_batch_runs_is_kept_unless_told(earlier, folders, predictor):
    if earlier:
        go(*folders, predictor)
    theirs = folders[1] / "a-alpha.png"
    busy = Meanwhile(predictor, lambda: theirs.write_text("touched up"))
    other = replace(FAST, look=Look(refinement=Refinement(feather_px=3)))
    run, _ = go(*folders, busy, other, to_replace="add --overwrite")
    assert states(run) == {"a.png": "failed", "b.png": "done", "sub/c.png": "done"}
    assert f"{theirs} was written by somebody else" in run.row("a.png").reason
    assert run.row("a.png").reason.endswith("Move it away, or add --overwrite, then try again.")
    assert theirs.read_text() == "touched up"
    run, _ = go(*folders, busy, other, overwrite=True)
    assert states(run)["a.png"] == "done"
    assert theirs.read_bytes().startswith(b"\x89PNG")


def test_a_journal_line_whose_result_never_came_is_done_again(folders, predictor):
    """As where a run is killed between the two."""
    go(*folders, predictor)
    before = tree(folders[1])
    (folders[1] / "b-alpha.png").unlink()
    run, _ = go(*folders, predictor)
    assert states(run)["b.png"] == "done"
    assert tree(folders[1]) == before


def test_a_replacement_that_never_came_leaves_what_may_be_replaced(folders, predictor):
    """Killed after the new line, before the new result took the old one's place: the old one is still a batch's."""
    go(*folders, predictor)
    old = folders[1] / "a-alpha.png"
    contents, times = old.read_bytes(), old.stat()
    go(*folders, predictor, replace(FAST, look=Look(refinement=Refinement(feather_px=3))))
    old.write_bytes(contents)
    os.utime(old, ns=(times.st_mtime_ns, times.st_mtime_ns))
    run, _ = go(*folders, predictor, replace(FAST, look=Look(refinement=Refinement(feather_px=3))))
    assert states(run)["a.png"] == "done"
    assert old.read_bytes() != contents


@pytest.mark.parametrize("cut", [2, 40, 200])
def test_a_line_cut_off_counts_as_none_and_spoils_no_other(cut, folders, predictor):
    """As where a run is killed while it writes a line, which is before it puts the result in place."""
    go(*folders, predictor, workers=1)
    before, path = tree(folders[1]), journal(folders[1])
    path.write_bytes(path.read_bytes()[:-cut])
    (folders[1] / "sub" / "c-alpha.png").unlink()
    resumed, _ = go(*folders, predictor)
    assert states(resumed) == {"a.png": "skipped", "b.png": "skipped", "sub/c.png": "done"}
    assert tree(folders[1]) == before
    again, _ = go(*folders, predictor)
    assert set(states(again).values()) == {"skipped"}


def test_what_a_killed_run_left_on_its_way_is_cleared_and_nothing_else(folders, predictor):
    partial = folders[1] / ".matting-studio" / "journal.partial"
    partial.mkdir(parents=True)
    (partial / ".0123456789abcdef.tmp").write_text("half")
    theirs = folders[1] / ".0123456789abcdef.tmp"
    theirs.write_text("another program's")
    go(*folders, predictor)
    assert leftovers(folders[1]) == [theirs]


def test_two_runs_do_not_share_an_output_folder(folders):
    with Workplace(folders[1]), pytest.raises(WorkplaceError, match="Another run is writing to"):
        Workplace(folders[1])
    with Workplace(folders[1]), Workplace(folders[1], "journal-1-of-2"):
        pass


def test_failures_are_tried_again(folders, predictor):
    good = (folders[0] / "a.png").read_bytes()
    (folders[0] / "a.png").write_bytes(good[:100])
    first, _ = go(*folders, predictor)
    assert states(first)["a.png"] == "failed"
    second, _ = go(*folders, predictor)
    assert states(second) == {"a.png": "failed", "b.png": "skipped", "sub/c.png": "skipped"}
    (folders[0] / "a.png").write_bytes(good)
    third, _ = go(*folders, predictor)
    assert states(third)["a.png"] == "done"
    assert third.row("a.png").reason is None


def test_photos_that_come_later_change_no_names(folders, predictor):
    go(*folders, predictor)
    put_photos(folders[0], ["a.jpg"])
    run, _ = go(*folders, predictor)
    assert states(run)["a.png"] == "skipped"
    assert (folders[1] / "a_jpg-alpha.png").exists()


def test_entries_survive_the_way_through_the_file(folders, predictor):
    go(*folders, predictor)
    lines = journal(folders[1]).read_bytes().splitlines()
    entries = [Entry.parse(line) for line in lines]
    assert [entry.line().strip() for entry in entries] == lines
    assert History.read(folders[1]).last("a.png") in entries
    assert Entry.parse(b'{"photo": "a.png"}') is None
    assert Entry.parse(b"[]") is None
    assert Entry.parse(b"[" * 100_000) is None


@pytest.mark.parametrize(
    "wrong", [{"time": "x"}, {"time": None}, {"photo": ["a.png"]}, {"doubt": "x"}, {"seconds": []}, {"model": 1}]
)
def test_an_entry_of_other_kinds_of_values_is_none(folders, predictor, wrong):
    go(*folders, predictor)
    line = journal(folders[1]).read_bytes().splitlines()[0]
    assert Entry.parse(json.dumps({**json.loads(line), **wrong}).encode()) is None
