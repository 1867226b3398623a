import errno
import os
import sys
from pathlib import PureWindowsPath

import pytest
from batches import go, put_photos, states, tree

from matting_studio.app.batch import find_photos, items_from_files
from matting_studio.app.batch.journal import Histories, History
from matting_studio.app.batch.scan import _parts as parts


def names(found):
    return [item.name for item in found.items]


def test_sub_folders_are_searched_where_asked_for(tmp_path):
    put_photos(tmp_path, ["a.jpg", "x/b.png", "x/y/c.webp"])
    (tmp_path / "x" / "notes.txt").write_text("no photo")
    assert names(find_photos(tmp_path, recursive=True, output=tmp_path / "out")) == ["a.jpg", "x/b.png", "x/y/c.webp"]
    assert names(find_photos(tmp_path, recursive=False, output=tmp_path / "out")) == ["a.jpg"]


def test_hidden_files_and_folders_are_left_out(tmp_path):
    put_photos(tmp_path, ["a.jpg", ".b.jpg", ".trash/c.jpg"])
    assert names(find_photos(tmp_path, recursive=True, output=tmp_path / "out")) == ["a.jpg"]


def test_an_output_folder_inside_is_not_searched_and_that_is_said(tmp_path):
    put_photos(tmp_path, ["a.jpg", "out/b.jpg", "other/out/c.jpg"])
    found = find_photos(tmp_path, recursive=True, output=tmp_path / "out")
    assert names(found) == ["a.jpg", "other/out/c.jpg"]
    assert "takes the results" in found.notices[0]


@pytest.mark.parametrize("where", ["in", "in/out", "in/sub", "."])
def test_what_was_made_is_never_read_back(where, tmp_path, predictor):
    source = tmp_path / "in"
    put_photos(source, ["a.png", "sub/b.png", "in/c.png"])
    first, _ = go(source, tmp_path / where, predictor)
    second, _ = go(source, tmp_path / where, predictor)
    count = 2 if where == "in/sub" else 3
    assert list(states(first).values()) == ["done"] * count
    assert list(states(second).values()) == ["skipped"] * count


def test_what_another_batch_made_is_never_read_back(tmp_path, predictor):
    put_photos(tmp_path, ["a.png"])
    go(tmp_path, tmp_path / "first", predictor)
    run, _ = go(tmp_path, tmp_path / "second", predictor)
    assert states(run) == {"a.png": "done"}


def test_journals_are_read_again_only_where_they_have_changed(tmp_path, predictor, monkeypatch):
    put_photos(tmp_path, ["a.png"])
    go(tmp_path, tmp_path, predictor)
    histories, read, reads = Histories(), History.read, []
    monkeypatch.setattr(History, "read", lambda output: reads.append(output) or read(output))
    for _ in range(3):
        found = find_photos(tmp_path, recursive=True, output=tmp_path, histories=histories)
        assert names(found) == ["a.png"]
    assert len(reads) == 1
    put_photos(tmp_path, ["b.png"])
    go(tmp_path, tmp_path, predictor)
    found = find_photos(tmp_path, recursive=True, output=tmp_path, histories=histories)
    assert names(found) == ["a.png", "b.png"], "and not what was made of it"


def test_results_never_take_the_place_of_photos(tmp_path, predictor):
    put_photos(tmp_path, ["a.png", "a-alpha.png"])
    before = tree(tmp_path)
    run, _ = go(tmp_path, tmp_path, predictor, overwrite=True)
    after = tree(tmp_path)
    assert states(run) == {"a.png": "done", "a-alpha.png": "done"}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"a_png-alpha.png", "a-alpha-alpha.png"}


def test_an_empty_folder_named_like_a_photo_is_a_row_and_a_full_one_is_searched(tmp_path, predictor):
    put_photos(tmp_path / "in", ["holiday.jpg/a.png"])
    (tmp_path / "in" / "empty.jpg").mkdir()
    run, _ = go(tmp_path / "in", tmp_path / "out", predictor)
    assert states(run) == {"empty.jpg": "failed", "holiday.jpg/a.png": "done"}
    assert "is a folder, not a photo" in run.row("empty.jpg").reason


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_folder_that_may_not_be_read_is_said(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    found = find_photos(tmp_path, recursive=True, output=tmp_path / "out")
    closed.chmod(0o700)
    assert "closed cannot be searched (Permission denied). Ask for permission to read it." in found.complaints[0]


def test_a_folder_named_like_a_photo_that_cannot_be_read_is_said(tmp_path, close_folder):
    put_photos(tmp_path, ["a.jpg", "closed.jpg/b.jpg"])
    close_folder("closed.jpg", errno.EACCES)
    found = find_photos(tmp_path, recursive=True, output=tmp_path / "out")
    assert names(found) == ["a.jpg"]
    assert len(found.complaints) == 1
    assert "closed.jpg cannot be searched (Permission denied)" in found.complaints[0]


@pytest.mark.skipif(sys.platform == "win32", reason="links as Windows has not")
def test_a_link_to_itself_is_one_photo_that_fails(tmp_path, predictor):
    put_photos(tmp_path / "in", ["a.png"])
    (tmp_path / "in" / "loop.png").symlink_to("loop.png")
    run, _ = go(tmp_path / "in", tmp_path / "out", predictor)
    assert states(run) == {"a.png": "done", "loop.png": "failed"}


def test_photos_from_anywhere_are_told_apart_by_their_folders(tmp_path):
    items = items_from_files([tmp_path / "x" / "a.jpg", tmp_path / "y" / "a.jpg", tmp_path / "y" / "b.jpg"])
    first, second, third = (item.name for item in items)
    assert third == "b.jpg"
    assert first.endswith("x/a.jpg")
    assert second.endswith("y/a.jpg")
    assert not first.startswith("/")


def test_photos_of_several_drives_and_servers_are_told_apart():
    paths = [PureWindowsPath(text) for text in (r"E:\DCIM\a.jpg", r"F:\DCIM\a.jpg", r"\\nas\photos\DCIM\a.jpg")]
    assert ["/".join(parts(path)) for path in paths] == ["E/DCIM/a.jpg", "F/DCIM/a.jpg", "nas/photos/DCIM/a.jpg"]


def test_the_plan_is_the_same_whatever_the_order_of_the_file_system(tmp_path):
    put_photos(tmp_path, ["b.jpg", "a.jpg", "c/a.jpg"])
    assert names(find_photos(tmp_path, recursive=True, output=tmp_path / "o")) == ["a.jpg", "b.jpg", "c/a.jpg"]
