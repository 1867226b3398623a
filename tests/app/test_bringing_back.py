"""Work that a crash left: opened, or refused in words that name no copy."""

import json
import zipfile
from datetime import datetime

import numpy as np
import pytest

from core.image_io import read_photo, write_image
from matting_studio.app.bringing_back import bring_back
from matting_studio.app.document import State
from matting_studio.app.places import pictures_folder
from matting_studio.app.project_file import PhotoMissingError, Project, write_project
from matting_studio.app.recovery import RecoveryError, RecoveryItem

HIDDEN = "27058-92c71558"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photos" / "anna.png"
    path.parent.mkdir()
    write_image(path, np.full((20, 30, 3), 90, np.uint8))
    return path


@pytest.fixture
def item(tmp_path, photo):
    copy = tmp_path / HIDDEN / f"anna.png-{16 * 'a'}.mstudio"
    copy.parent.mkdir()
    write_project(copy, Project("anna.png", read_photo(photo), photo, State(), None))
    return RecoveryItem(copy, "anna.png", datetime.now().astimezone())


def refused(item, tmp_path, photo_path=None, error=RecoveryError):
    """Why it is, without a word about where the copy lies."""
    with pytest.raises(error) as caught:
        bring_back(item, photo_path, tmp_path)
    assert HIDDEN not in str(caught.value)
    assert item.path.name not in str(caught.value)
    return caught.value


def test_work_comes_back_with_its_photo(item, photo, tmp_path):
    assert bring_back(item, None, tmp_path).photo_path == photo


def test_a_photo_that_moved_is_asked_for_where_it_was(item, photo, tmp_path):
    moved = photo.rename(photo.with_name("berta.png"))
    missing = refused(item, tmp_path, error=PhotoMissingError)
    assert str(missing) == f"The photo of your work on anna.png is no longer at {photo}. Say where it lies now."
    assert (missing.project, missing.expected, missing.near) == (item.path, photo, photo.parent)
    assert bring_back(item, moved, tmp_path).photo_path == moved


def test_where_its_folder_is_gone_a_photo_is_looked_for_among_pictures(item, photo, tmp_path):
    photo.unlink()
    photo.parent.rmdir()
    assert refused(item, tmp_path, error=PhotoMissingError).near == pictures_folder()


def test_another_photo_is_not_taken(item, photo, tmp_path):
    write_image(photo, np.zeros((20, 30, 3), np.uint8))
    assert "has changed since your work on anna.png was saved" in str(refused(item, tmp_path, error=PhotoMissingError))
    write_image(photo, np.zeros((5, 6, 3), np.uint8))
    sentence = str(refused(item, tmp_path, photo, PhotoMissingError))
    assert "has 6 x 5 pixels, but your work on anna.png is about a photo of 30 x 20" in sentence


@pytest.mark.parametrize("content", [b"", b"PK"])
def test_a_damaged_copy_may_be_discarded(item, tmp_path, content):
    item.path.write_bytes(content)
    assert str(refused(item, tmp_path)) == (
        "Your work on anna.png cannot be brought back: what was kept of it is damaged. Discard it, then open the photo "
        "anew."
    )


def test_a_copy_that_cannot_be_read_now_stays_kept(item, tmp_path):
    item.path.unlink()
    item.path.mkdir()
    assert "cannot be brought back now (Is a directory). It stays kept" in str(refused(item, tmp_path))


def test_a_copy_that_another_window_has_taken_is_not_said_to_be_kept(item, tmp_path):
    item.path.unlink()
    assert str(refused(item, tmp_path)) == (
        "Your work on anna.png is not kept any more: it was brought back or discarded in another window."
    )


def test_a_copy_of_a_newer_program_waits_for_that(item, tmp_path):
    with zipfile.ZipFile(item.path) as archive:
        contents = json.loads(archive.read("project.json"))
    with zipfile.ZipFile(item.path, "w") as archive:
        archive.writestr("project.json", json.dumps(contents | {"version": 99}))
    assert "was kept by a newer version of Matting Studio. Update" in str(refused(item, tmp_path))
