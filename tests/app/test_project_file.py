"""Project files: exact there and back, refused with a sentence when they are not what they should be."""

import errno
import json
import os
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.image_io import read_photo, write_image
from matting_studio.app.digests import Digests
from matting_studio.app.document import State
from matting_studio.app.edits import Base, Box, Brush, Edit
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Look, Picture, Placement, Refinement, Shadow
from matting_studio.app.packing import pack
from matting_studio.app.pasted import photo_from_array
from matting_studio.app.project_file import (
    PhotoMissingError,
    Project,
    ProjectError,
    read_project,
    write_project,
    writing,
)

HEIGHT, WIDTH = 30, 40


@pytest.fixture
def random():
    return np.random.default_rng(7)


@pytest.fixture
def photo_path(tmp_path, random):
    path = tmp_path / "photos" / "änna 1.png"
    path.parent.mkdir()
    write_image(path, random.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8))
    return path


@pytest.fixture
def project(photo_path, random):
    def edit(brush, box, solved):
        size = box.bottom - box.top, box.right - box.left
        coverage = random.integers(0, 256, size).astype(np.uint8)
        return Edit(brush, box, coverage, random.random(size, np.float32) if solved else None)

    edits = (
        edit(Brush.FOREGROUND, Box(0, 0, HEIGHT, WIDTH), False),
        edit(Brush.UNKNOWN, Box(3, 5, 17, 6), True),
        edit(Brush.RESTORE, Box(29, 39, 30, 40), False),
    )
    look = Look(
        refinement=Refinement(feather_px=2.5, keep_largest=True),
        background=Picture(path=photo_path),
        shadow=Shadow(opacity=0.1),
    )
    alpha = random.random((HEIGHT, WIDTH), np.float32)
    alpha[0, :2] = 0, 1
    base = Base(alpha, random.choice(np.array([0, 128, 255], np.uint8), (HEIGHT, WIDTH)))
    photo = read_photo(photo_path)
    as_read = Fingerprint.of(photo_path)
    return Project(photo_path.name, photo, photo_path, State(edits, look), base, "portrait", photo_file=as_read)


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "projects"
    folder.mkdir()
    return folder / "work.mstudio"


def assert_same(read, written):
    assert read.state.look == written.state.look
    assert (read.name, read.model) == (written.name, written.model)
    np.testing.assert_array_equal(read.base.trimap, written.base.trimap)
    np.testing.assert_allclose(read.base.alpha, written.base.alpha, rtol=0, atol=0.51 / 65535)
    assert len(read.state.edits) == len(written.state.edits)
    for one, other in zip(read.state.edits, written.state.edits, strict=True):
        assert (one.brush, one.box) == (other.brush, other.box)
        np.testing.assert_array_equal(one.coverage, other.coverage)
        assert (one.solved is None) == (other.solved is None)
        if one.solved is not None:
            np.testing.assert_allclose(one.solved, other.solved, rtol=0, atol=0.51 / 65535)
    np.testing.assert_array_equal(read.photo.pixels, written.photo.pixels)


def rewritten(path, **changes):
    """Write the project again with other files in it; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            if data is not None:
                archive.writestr(name, data)


def change_contents(path, change):
    with zipfile.ZipFile(path) as archive:
        contents = json.loads(archive.read("project.json"))
    change(contents)
    rewritten(path, **{"project.json": json.dumps(contents).encode()})


# There and back


def test_a_project_comes_back_as_it_was_saved(path, project):
    write_project(path, project)
    read = read_project(path)
    assert_same(read, project)
    assert read.photo_path == project.photo_path


def test_saving_again_what_was_read_loses_nothing_more(path, project):
    write_project(path, project)
    once = read_project(path)
    write_project(path, once)
    twice = read_project(path)
    np.testing.assert_array_equal(once.base.alpha, twice.base.alpha)
    np.testing.assert_array_equal(once.state.edits[1].solved, twice.state.edits[1].solved)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode elsewhere")
def test_names_that_are_no_unicode_are_kept(path, project, photo_path):
    photo = photo_path.rename(photo_path.with_name(os.fsdecode(b"caf\xe9.png")))
    look = project.state.look.model_copy(update={"background": Picture(path=photo)})
    named = replace(project, name=photo.name, photo_path=photo, state=State(project.state.edits, look))
    path = path.with_name(os.fsdecode(b"\xe9t\xe9.mstudio"))
    assert write_project(path, replace(named, project_path=path)) is None
    read = read_project(path)
    assert_same(read, named)
    assert (read.photo_path, read.project_path) == (photo, path)


def test_a_packed_matte_is_saved_as_it_is(path, project):
    packed = Project(project.name, project.photo, project.photo_path, project.state, pack(project.base), project.model)
    write_project(path, packed)
    assert_same(read_project(path), project)


def test_a_project_without_a_matte_can_be_saved(path, project):
    write_project(path, Project("x", project.photo, project.photo_path, State(), None))
    read = read_project(path)
    assert read.base is None
    assert read.state.edits == ()


def test_with_a_copy_of_the_photo_the_project_can_go_anywhere(path, project, tmp_path):
    write_project(path, replace(project, is_whole=True))
    shutil.rmtree(project.photo_path.parent)
    elsewhere = tmp_path / "elsewhere.mstudio"
    path.rename(elsewhere)
    read = read_project(elsewhere)
    assert_same(read, project)
    assert read.photo_path is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_pasted_picture_is_kept_in_the_project_without_loss(path, random, dtype):
    picture = random.integers(0, np.iinfo(dtype).max + 1, (HEIGHT, WIDTH, 4)).astype(dtype)
    photo = photo_from_array(picture)
    write_project(path, Project("Pasted picture", photo, None, State(), None))
    read = read_project(path)
    assert read.name == "Pasted picture"
    assert read.photo.pixels.dtype == dtype
    np.testing.assert_array_equal(read.photo.pixels, photo.pixels)
    np.testing.assert_allclose(read.photo.alpha, photo.alpha, atol=1e-7)


# Where the photo is


def test_project_and_photo_may_move_together(path, project, tmp_path):
    write_project(path, project)
    moved = tmp_path / "moved"
    moved.mkdir()
    for folder in ("photos", "projects"):
        (tmp_path / folder).rename(moved / folder)
    assert read_project(moved / "projects" / path.name).photo_path == moved / "photos" / project.photo_path.name


def test_the_project_may_move_alone(path, project, tmp_path):
    write_project(path, project)
    (tmp_path / "a" / "b").mkdir(parents=True)
    path.rename(tmp_path / "a" / "b" / "other.mstudio")
    assert read_project(tmp_path / "a" / "b" / "other.mstudio").photo_path == project.photo_path


def test_the_photo_may_have_come_beside_the_project(path, project):
    write_project(path, project)
    beside = project.photo_path.rename(path.parent / project.photo_path.name)
    assert read_project(path).photo_path == beside


def test_a_photo_that_is_gone_is_asked_for_and_taken_from_where_it_is(path, project, tmp_path):
    write_project(path, project)
    elsewhere = project.photo_path.rename(tmp_path / "renamed.png")
    with pytest.raises(PhotoMissingError, match="is no longer at") as caught:
        read_project(path)
    assert caught.value.project == path
    assert caught.value.expected == project.photo_path
    assert read_project(path, elsewhere).photo_path == elsewhere


def refuse_to_open(monkeypatch, refused):
    """As where somebody may not read a file; whoever runs as root may read all."""
    open_file = Path.open

    def opened(path, *arguments, **named):
        if path.name == refused.name and path.parent.name == refused.parent.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_file(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", opened)


def test_a_photo_that_may_not_be_read_is_asked_for_with_the_reason(path, project, monkeypatch):
    write_project(path, project)
    refuse_to_open(monkeypatch, project.photo_path)
    with pytest.raises(PhotoMissingError, match=r"photo of work\.mstudio cannot be read.*Permission denied") as asked:
        read_project(path)
    assert asked.value.expected.name == project.photo_path.name


def test_a_photo_that_may_not_be_read_is_looked_for_elsewhere(path, project, monkeypatch):
    write_project(path, project)
    beside = path.parent / project.photo_path.name
    shutil.copy(project.photo_path, beside)
    refuse_to_open(monkeypatch, project.photo_path)
    assert read_project(path).photo_path == beside


def test_another_photo_in_its_place_is_not_taken_silently(path, project):
    write_project(path, project)
    write_image(project.photo_path, np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    with pytest.raises(PhotoMissingError, match="has changed since"):
        read_project(path)
    assert read_project(path, project.photo_path).photo.pixels.max() == 0


def test_a_photo_of_another_size_is_never_taken(path, project, tmp_path):
    write_project(path, project)
    write_image(tmp_path / "small.png", np.zeros((5, 6, 3), np.uint8))
    with pytest.raises(
        PhotoMissingError, match=r"has 6 x 5 pixels, but the project work\.mstudio is about a photo of 40 x 30"
    ) as caught:
        read_project(path, tmp_path / "small.png")
    assert (caught.value.project, caught.value.expected) == (path, project.photo_path), "it is asked for once more"


def test_a_photo_that_is_gone_is_looked_for_where_it_was_or_else_beside_the_project(path, project):
    write_project(path, project)
    project.photo_path.unlink()
    with pytest.raises(PhotoMissingError) as asked:
        read_project(path)
    assert asked.value.near == project.photo_path.parent
    project.photo_path.parent.rmdir()
    with pytest.raises(PhotoMissingError) as asked:
        read_project(path)
    assert asked.value.near == path.parent


# Where the background picture is


@pytest.fixture
def backdrop(tmp_path, random):
    path = tmp_path / "backdrops" / "beach.png"
    path.parent.mkdir()
    write_image(path, random.integers(0, 256, (8, 9, 3)).astype(np.uint8))
    return path


@pytest.fixture
def before_beach(project, backdrop):
    """The project with a background picture of its own."""
    background = Picture(path=backdrop, placement=Placement(fit="tile", zoom=2.0))
    look = project.state.look.model_copy(update={"background": background})
    return replace(project, state=State(project.state.edits, look))


def assert_before(read, written, picture):
    """It lies there now; all else of the look is as it was written."""
    background = written.state.look.background.model_copy(update={"path": picture})
    assert read.state.look == written.state.look.model_copy(update={"background": background})


def test_project_and_background_may_move_together(path, before_beach, backdrop, tmp_path):
    write_project(path, before_beach)
    moved = tmp_path / "moved"
    moved.mkdir()
    for folder in ("photos", "projects", "backdrops"):
        (tmp_path / folder).rename(moved / folder)
    assert_before(read_project(moved / "projects" / path.name), before_beach, moved / "backdrops" / "beach.png")


def test_the_background_may_have_come_beside_the_project(path, before_beach, backdrop):
    write_project(path, before_beach)
    beside = backdrop.rename(path.parent / backdrop.name)
    assert_before(read_project(path), before_beach, beside)


def test_another_picture_of_the_backgrounds_name_is_not_taken_for_it(path, before_beach, backdrop, tmp_path):
    write_project(path, before_beach)
    elsewhere = tmp_path / "other" / "projects" / path.name
    elsewhere.parent.mkdir(parents=True)
    path.rename(elsewhere)
    write_image(elsewhere.parent / backdrop.name, np.zeros((8, 9, 3), np.uint8))
    assert_before(read_project(elsewhere), before_beach, backdrop)


def edited(picture):
    write_image(picture, np.zeros((4, 4, 3), np.uint8))


@pytest.mark.parametrize("harm", [edited, Path.unlink])
def test_a_background_that_was_edited_or_is_gone_is_named_where_it_was(path, before_beach, backdrop, harm):
    write_project(path, before_beach)
    harm(backdrop)
    assert_before(read_project(path), before_beach, backdrop)


def test_a_background_that_could_not_be_read_is_found_again_once_it_is_back(path, before_beach, backdrop, tmp_path):
    data = backdrop.read_bytes()
    backdrop.unlink()
    assert write_project(path, before_beach) is None
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / "projects").rename(moved / "projects")
    assert_before(read_project(moved / "projects" / path.name, before_beach.photo_path), before_beach, backdrop)
    (moved / "projects" / backdrop.name).write_bytes(data)
    beside = moved / "projects" / backdrop.name
    assert_before(read_project(moved / "projects" / path.name, before_beach.photo_path), before_beach, beside)


# Projects to be handed on


@pytest.fixture
def elsewhere(path, before_beach, tmp_path):
    """A whole project on its own, as on another machine."""
    write_project(path, replace(before_beach, is_whole=True))
    for folder in ("photos", "backdrops"):
        shutil.rmtree(tmp_path / folder)
    (tmp_path / "elsewhere").mkdir()
    return path.rename(tmp_path / "elsewhere" / path.name)


def test_a_whole_project_brings_its_background_along(elsewhere, before_beach, tmp_path, random):
    folder = tmp_path / "user" / "backgrounds"
    read = read_project(elsewhere, backgrounds=folder)
    picture = read.state.look.background.path
    assert_before(read, before_beach, picture)
    assert picture.is_relative_to(folder)
    assert picture.name == "beach.png"
    assert read_photo(picture).image.shape == (8, 9, 3)
    assert read.is_whole
    assert (read.photo.pixels == before_beach.photo.pixels).all()


def test_a_background_that_came_along_is_unpacked_once(elsewhere, tmp_path):
    for _ in range(2):
        read_project(elsewhere, backgrounds=tmp_path)
    assert len(list(tmp_path.rglob("beach.png"))) == 1


def test_a_whole_project_is_handed_on_by_whoever_got_it(elsewhere, before_beach, tmp_path):
    read = read_project(elsewhere, backgrounds=tmp_path / "theirs")
    assert write_project(elsewhere, read) is None
    shutil.rmtree(tmp_path / "theirs")
    again = read_project(elsewhere, backgrounds=tmp_path / "others")
    assert again.state.look.background.path.read_bytes()


def test_where_the_background_is_still_there_nothing_is_unpacked(path, before_beach, backdrop, tmp_path):
    write_project(path, replace(before_beach, is_whole=True))
    assert_before(read_project(path, backgrounds=tmp_path / "unpacked"), before_beach, backdrop)
    assert not (tmp_path / "unpacked").exists()


def test_a_background_that_was_edited_comes_out_of_a_whole_project_as_it_was(path, before_beach, backdrop, tmp_path):
    data = backdrop.read_bytes()
    write_project(path, replace(before_beach, is_whole=True))
    edited(backdrop)
    assert read_project(path, backgrounds=tmp_path / "u").state.look.background.path.read_bytes() == data


def test_that_a_whole_project_lacks_its_background_is_said(path, before_beach, backdrop):
    backdrop.unlink()
    remark = write_project(path, replace(before_beach, is_whole=True))
    assert f"The background picture {backdrop} is not in it: it cannot be read" in remark
    assert read_project(path).state.look.background.path == backdrop


def test_a_background_that_cannot_be_unpacked_is_told_with_the_folder(elsewhere, tmp_path):
    (tmp_path / "file").write_bytes(b"no folder")
    with pytest.raises(ProjectError, match=r"background picture cannot be unpacked to .*file"):
        read_project(elsewhere, backgrounds=tmp_path / "file")


def test_a_name_that_leads_elsewhere_is_unpacked_where_it_may_be(elsewhere, tmp_path):
    with zipfile.ZipFile(elsewhere) as archive:
        additions = json.loads(archive.read("additions.json"))
    additions["background"]["name"] = "../../../escaped.png"
    rewritten(elsewhere, **{"additions.json": json.dumps(additions).encode()})
    picture = read_project(elsewhere, backgrounds=tmp_path / "user").state.look.background.path
    assert picture.resolve().is_relative_to(tmp_path / "user")


# Programs from before, and those to come


def test_a_project_says_to_programs_from_before_what_they_know_and_no_more(path, before_beach):
    write_project(path, before_beach)
    with zipfile.ZipFile(path) as archive:
        contents = json.loads(archive.read("project.json"))
    assert contents["version"] == 1
    assert set(contents) == {"format", "version", "photo", "matte", "edits", "look", "model", "project_path"}
    assert set(contents["photo"]) == {
        "name", "height_px", "width_px", "copied_as", "relative", "absolute", "size_bytes", "sha256"
    }  # fmt: skip
    assert contents["look"]["background"]["path"] == str(before_beach.state.look.background.path)


def test_a_project_from_before_is_opened_with_its_background_where_it_was(path, before_beach, backdrop):
    write_project(path, before_beach)
    rewritten(path, **{"additions.json": None})
    assert_before(read_project(path), before_beach, backdrop)


def test_what_is_added_later_still_is_passed_over(path, before_beach, backdrop):
    write_project(path, before_beach)
    rewritten(path, **{"additions.json": json.dumps({"hologram": True}).encode(), "hologram.bin": b"light"})
    assert_before(read_project(path), before_beach, backdrop)


@pytest.mark.parametrize("additions", [b"{", b"[]", b'{"background": {"name": 7}}'])
def test_additions_that_do_not_fit_are_refused(path, before_beach, additions):
    write_project(path, before_beach)
    rewritten(path, **{"additions.json": additions})
    with pytest.raises(ProjectError, match=r"damaged|cannot be understood"):
        read_project(path)


# A photo whose file does not stay as it was


def rewrite(photo_path, height=HEIGHT):
    write_image(photo_path, np.zeros((height, WIDTH, 3), np.uint8))


@pytest.mark.parametrize("is_whole", [False, True])
@pytest.mark.parametrize("height", [HEIGHT, HEIGHT + 5])
def test_a_photo_that_changed_since_it_was_read_is_saved_as_it_was_read(path, project, is_whole, height):
    rewrite(project.photo_path, height)
    remark = write_project(path, replace(project, is_whole=is_whole))
    assert f"{project.photo_path} has changed since it was opened" in remark
    read = read_project(path)
    assert_same(read, project)
    assert read.photo_path is None


@pytest.mark.parametrize(
    ("reading", "is_whole"), [((Digests, "of"), False), ((Path, "read_bytes"), True)], ids=["noted", "copied"]
)
def test_a_photo_that_changes_while_it_is_saved_is_saved_as_it_was_read(path, project, monkeypatch, reading, is_whole):
    owner, method = reading
    found = getattr(owner, method)

    def read_and_change(*arguments):
        data = found(*arguments)
        if arguments[-1] == project.photo_path:
            rewrite(project.photo_path)
        return data

    monkeypatch.setattr(owner, method, read_and_change)
    assert "has changed" in write_project(path, replace(project, is_whole=is_whole))
    assert_same(read_project(path), project)


def test_a_photo_whose_digest_is_known_is_not_read_to_save_its_project_again(path, project, monkeypatch):
    digests = Digests()
    write_project(path, project, digests)
    with monkeypatch.context() as closed:
        refuse_to_open(closed, project.photo_path)
        assert write_project(path, project, digests) is None
    assert_same(read_project(path), project)
    assert read_project(path).photo_path == project.photo_path


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_photo_that_is_gone_is_saved_as_it_was_read(path, project, is_whole):
    shutil.rmtree(project.photo_path.parent)
    remark = write_project(path, replace(project, is_whole=is_whole))
    assert f"{project.photo_path} cannot be read any more" in remark
    assert "The project holds a copy of the photo" in remark
    assert_same(read_project(path), project)


def test_a_photo_that_is_as_it_was_stays_where_it_is_and_there_is_nothing_to_say(path, project):
    assert write_project(path, project) is None
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("photo/")]


def test_a_photo_read_with_its_project_is_known_to_have_changed_too(path, project):
    write_project(path, project)
    read = read_project(path)
    assert read.photo_file == Fingerprint.of(project.photo_path)
    os.utime(project.photo_path, ns=(0, 0))
    assert "has changed" in write_project(path, read)
    assert_same(read_project(path), project)


def test_a_photo_of_which_nobody_knows_how_it_was_is_taken_to_be_the_same(path, project):
    assert write_project(path, replace(project, photo_file=None)) is None
    assert read_project(path).photo_path == project.photo_path


# What cannot be opened


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ProjectError, match="does not exist"):
        read_project(tmp_path / "none.mstudio")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" * 50])
def test_a_foreign_file(path, content):
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="is no project, or is damaged"):
        read_project(path)


def test_a_zip_of_something_else(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ProjectError, match="is no project of Matting Studio"):
        read_project(path)


def test_a_project_of_a_newer_version(path, project):
    write_project(path, project)
    change_contents(path, lambda contents: contents.update(version=2, hologram=True))
    with pytest.raises(ProjectError, match=r"saved by a newer version .* Update the program"):
        read_project(path)


def test_a_project_cut_short_anywhere(path, project):
    write_project(path, project)
    data = path.read_bytes()
    for length in range(0, len(data), len(data) // 40):
        path.write_bytes(data[:length])
        with pytest.raises(ProjectError, match="damaged"):
            read_project(path)


def test_a_project_with_damaged_bytes_opens_unharmed_or_is_refused(path, project, random):
    write_project(path, project)
    data = path.read_bytes()
    refused = 0
    for _ in range(60):
        damaged = bytearray(data)
        damaged[random.integers(len(data))] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        try:
            assert_same(read_project(path), project)
        except ProjectError:
            refused += 1
    assert refused > 30


@pytest.mark.parametrize(
    "change",
    [
        lambda contents: contents.pop("look"),
        lambda contents: contents["look"].update(decontaminate=7),
        lambda contents: contents["edits"][0].update(brush="spray"),
        lambda contents: contents["edits"][0].update(box=[0, 0, HEIGHT + 1, WIDTH]),
        lambda contents: contents["edits"][0].update(box=[5, 5, 5, 9]),
        lambda contents: contents["edits"][0].update(box=[0, 0, 3, 3]),
        lambda contents: contents["edits"][0].update(coverage="no/such.png"),
        lambda contents: contents["edits"][0].update(coverage="matte/alpha.png"),
        lambda contents: contents["matte"].update(trimap="edits/0001-coverage.png"),
        lambda contents: contents["photo"].update(height_px=HEIGHT * 2),
        lambda contents: contents["photo"].update(width_px=0),
        lambda contents: contents.update(surprise=1),
    ],
)
def test_contents_that_do_not_fit_are_refused(path, project, change):
    write_project(path, project)
    change_contents(path, change)
    with pytest.raises(ProjectError, match=r"damaged|cannot be understood"):
        read_project(path)


def test_a_picture_that_claims_more_than_it_can_be_is_not_unpacked(path, project):
    write_project(path, project)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, bytes(50 << 20) if name == "matte/alpha.png" else data)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(ProjectError, match="more than it can have"):
        read_project(path)


# What cannot be saved


def test_a_project_that_cannot_be_saved_leaves_the_old_one(path, project, monkeypatch):
    def full(_base):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_project(path, project)
    before = path.read_bytes()
    monkeypatch.setattr(writing, "pack", full)
    with pytest.raises(ProjectError, match=r"cannot be saved: No space left"):
        write_project(path, project)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_is_not_there(tmp_path, project):
    with pytest.raises(ProjectError, match=r"cannot be saved: .* Choose another folder"):
        write_project(tmp_path / "none" / "work.mstudio", project)
