"""What is opened of what somebody dropped."""

import errno
import os
from pathlib import Path

import pytest

from matting_studio.app.jobs import CancelToken, JobCancelled
from matting_studio.app.paths_to_open import sort_out


@pytest.fixture
def tree(tmp_path):
    for name in ("b.jpg", "a.PNG", "notes.txt", "work.mstudio", ".hidden.jpg", "sub/c.heic", ".cache/d.jpg", "plain"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_a_folder_gives_its_photos_and_projects_by_name(tree):
    found = sort_out([tree])
    assert [path.relative_to(tree).as_posix() for path in found.files] == [
        "a.PNG", "b.jpg", "sub/c.heic", "work.mstudio",
    ]  # fmt: skip
    assert found.complaints == ()


def test_hidden_folders_are_not_even_looked_into(tree, monkeypatch):
    looked_into = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: looked_into.append(Path(path).name) or scandir(path))
    sort_out([tree])
    assert sorted(looked_into) == sorted([tree.name, "sub", "empty"])


def test_a_folder_that_cannot_be_searched_is_complained_about_and_the_others_are_opened(tree, close_folder):
    close_folder("sub", errno.ESTALE)
    found = sort_out([tree])
    assert [path.name for path in found.files] == ["a.PNG", "b.jpg", "work.mstudio"]
    assert found.complaints == (
        f"{tree / 'sub'} cannot be searched (Stale file handle). See to it that it is there and can be reached.",
    )


def test_a_search_ends_when_it_is_called_off(tree):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        sort_out([tree], token.raise_if_cancelled)


def test_files_keep_their_order_and_come_once(tree):
    found = sort_out([tree / "b.jpg", tree / "plain", tree / "a.PNG", tree / "b.jpg"])
    assert found.files == (tree / "b.jpg", tree / "plain", tree / "a.PNG")


def test_a_file_has_one_path_however_it_was_named(tree, monkeypatch):
    monkeypatch.chdir(tree / "sub")
    found = sort_out([Path("c.heic"), tree / "sub" / "c.heic", Path("../b.jpg"), Path("../sub")])
    assert found.files == (tree / "sub" / "c.heic", tree / "b.jpg")


def test_what_cannot_be_opened_is_complained_about(tree):
    found = sort_out([tree / "notes.txt", tree / "gone.jpg", tree / "empty", tree / "b.jpg"])
    assert found.files == (tree / "b.jpg",)
    assert [sentence.rstrip(".").split()[-1] for sentence in found.complaints] == [
        "read",
        "folder",
        str(tree / "empty"),
    ]


def test_what_cannot_be_reached_is_said_to_be_so(tree):
    name = "n" * 300 + ".jpg"
    found = sort_out([tree / name, tree / "b.jpg"])
    assert found.files == (tree / "b.jpg",)
    assert found.complaints == (
        f"{tree / name} cannot be reached (File name too long). Check its folder and its disk.",
    )


def test_a_model_is_told_from_photos_with_the_way_to_use_it(tmp_path):
    model = tmp_path / "mine.SafeTensors"
    model.touch()
    found = sort_out([model])
    assert found.files == ()
    assert found.complaints == (f"{model.name} is a model and no photo. To matte with it: Photo, Choose a model…",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none here")
@pytest.mark.parametrize("name", ["pipe", "pipe.jpg"])
def test_nobody_waits_for_a_pipe(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert sort_out([tmp_path / name]).complaints == (f"{name} is not opened: it is neither a file nor a folder.",)
    assert sort_out([tmp_path / name]).files == ()


def test_many_troubles_of_one_kind_are_one_sentence(tree):
    gone = [tree / f"{number}.jpg" for number in range(300)]
    (tree / "more.txt").touch()
    found = sort_out([*gone, tree / "notes.txt", tree / "more.txt", *gone])
    assert found.complaints == (
        f"{tree / '0.jpg'} and 299 others do not exist. Check the names and the folders.",
        "notes.txt is not opened: .txt is no kind of photo that can be read.",
        "more.txt is not opened: .txt is no kind of photo that can be read.",
    )
