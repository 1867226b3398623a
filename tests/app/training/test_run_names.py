"""What somebody writes becomes a folder that can be made, found again, and is in nobody's way."""

import pytest

from matting_studio.app.training.run_names import free_folder, is_possible


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Larger crops", "Larger crops"),
        ("a/b\\c:d", "a-b-c-d"),
        ("..", "run"),
        (" .hidden ", "hidden"),
        ("写真", "写真"),
    ],
)
def test_a_name_is_kept_as_far_as_folders_allow(tmp_path, written, name):
    assert free_folder(tmp_path, written) == tmp_path / name


def test_a_name_that_is_too_long_for_a_folder_is_cut_and_runs_of_it_stay_apart(tmp_path):
    for letter in ("x", "é"):
        first = free_folder(tmp_path, 300 * letter)
        first.mkdir()
        second = free_folder(tmp_path, 300 * letter)
        second.mkdir()
        assert first != second
        assert first.name.startswith(100 * letter)
        assert second.name.endswith("-2")


@pytest.mark.parametrize("name", ["queue.json", "Queue.JSON", "queue.lock"])
def test_no_run_lies_in_the_place_of_the_queue(tmp_path, name):
    assert free_folder(tmp_path, name) == tmp_path / f"{name}-2"


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "a\0b"])
def test_some_names_would_not_be_found_again(name):
    assert not is_possible(name)
