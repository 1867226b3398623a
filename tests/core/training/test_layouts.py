"""A folder says by itself which data sets it holds."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from generated_data import write_cutouts, write_pairs

from core.errors import DatasetError
from core.training.layouts import recognise


def test_p3m_with_its_two_validation_sets(tmp_path: Path) -> None:
    root = tmp_path / "P3M-10k"
    write_pairs(root / "train", "blurred_image", "mask")
    for name in ("fg", "bg"):
        (root / "train" / name).mkdir()
    write_pairs(root / "validation" / "P3M-500-P", "blurred_image", "mask")
    write_pairs(root / "validation" / "P3M-500-NP", "original_image", "mask")
    found = recognise(root)
    assert found.layout == "P3M-10k"
    assert [photos.folder for photos in found.data.photos] == [root / "train"]
    assert {held_back.name: held_back.folder for held_back in found.data.validation} == {
        "P3M-500-P": root / "validation" / "P3M-500-P",
        "P3M-500-NP": root / "validation" / "P3M-500-NP",
    }
    assert found.data.cutouts == []


def test_hpm_with_its_test_part(tmp_path: Path) -> None:
    root = tmp_path / "HPM-17K"
    write_pairs(root / "train")
    for name in ("train/fg", "train/bg", "test/trimap"):
        (root / name).mkdir(parents=True)
    write_pairs(root / "test")
    found = recognise(root)
    assert found.layout == "HPM-17K"
    assert [photos.folder for photos in found.data.photos] == [root / "train"]
    assert [(held_back.name, held_back.folder) for held_back in found.data.validation] == [
        ("HPM-17K test", root / "test")
    ]


@pytest.mark.parametrize("alphas", ["alpha", "mask"])
def test_photos_with_alphas_and_a_part_that_is_held_back(tmp_path: Path, alphas: str) -> None:
    write_pairs(tmp_path / "own", "image", alphas)
    write_pairs(tmp_path / "own" / "validation", "image", alphas)
    found = recognise(tmp_path / "own")
    assert found.layout == "photos with alphas"
    assert [photos.folder for photos in found.data.photos] == [tmp_path / "own"]
    assert [held_back.name for held_back in found.data.validation] == ["own validation"]


def test_photos_and_cutouts_side_by_side(tmp_path: Path) -> None:
    cutouts = write_cutouts(tmp_path / "train")
    write_pairs(tmp_path / "train" / "photos")
    found = recognise(tmp_path)
    assert found.layout == "cut-outs, photos with alphas"
    assert [str(chosen.foregrounds) for chosen in found.data.cutouts] == [cutouts["foregrounds"]]
    assert [str(chosen.backgrounds) for chosen in found.data.cutouts] == [cutouts["backgrounds"]]
    assert [photos.folder for photos in found.data.photos] == [tmp_path / "train" / "photos"]


def test_two_plain_folders_are_cutouts_and_their_backgrounds_in_any_order(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path)
    people, scenes = tmp_path / "people", tmp_path / "places"
    Path(folders["foregrounds"]).rename(people)
    Path(folders["backgrounds"]).rename(scenes)
    for order in ((people, scenes), (scenes, people)):
        (chosen,) = recognise(*order).data.cutouts
        assert (chosen.foregrounds, chosen.backgrounds) == (people, scenes)


def test_several_data_sets_become_one(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_pairs(tmp_path / name)
        write_pairs(tmp_path / name / "validation" / "hard")
    data = recognise(tmp_path / "one", tmp_path / "other").data
    assert [photos.folder.name for photos in data.photos] == ["one", "other"]
    assert [held_back.name for held_back in data.validation] == ["hard", "hard 2"]


def test_a_validation_set_that_is_named_itself_is_used(tmp_path: Path) -> None:
    write_pairs(tmp_path / "validation" / "set")
    for folder in (tmp_path, tmp_path / "validation", tmp_path / "validation" / "set"):
        data = recognise(folder).data
        assert [photos.folder for photos in data.photos] == [tmp_path / "validation" / "set"]
        assert data.validation == []


def test_cutouts_without_backgrounds_say_what_is_missing(tmp_path: Path) -> None:
    folders = write_cutouts(tmp_path)
    with pytest.raises(DatasetError, match=r"holds cut-outs: name a folder of backgrounds"):
        recognise(Path(folders["foregrounds"]))


def test_other_folders_are_refused_with_the_layouts_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no data set that is known: it needs image .* side by side") as refused:
        recognise(tmp_path)
    assert "Image may also be called blurred_image, original_image or images, and alpha mask or alphas." in str(
        refused.value
    )
    with pytest.raises(DatasetError, match="does not exist"):
        recognise(tmp_path / "missing")
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(DatasetError, match="is a file: name the folder"):
        recognise(tmp_path / "photo.jpg")


def test_a_folder_that_cannot_be_looked_into_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatasetError, match=r"x cannot be looked into \(File name too long\): see to its disk"):
        recognise(tmp_path / (300 * "x"))
    write_pairs(tmp_path / "own")
    looked_into = Path.iterdir

    def drop_out(folder: Path) -> Iterator[Path]:
        if folder == tmp_path / "own":
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(folder))
        return looked_into(folder)

    monkeypatch.setattr(Path, "iterdir", drop_out)
    with pytest.raises(DatasetError, match=r"own cannot be looked into \(Stale file handle\)"):
        recognise(tmp_path / "own")


def test_a_link_to_what_is_closed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pairs(tmp_path / "own")
    link = tmp_path / "own" / "elsewhere"
    link.symlink_to(tmp_path)
    found_out = Path.stat

    def refuse(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == link.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return found_out(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(os.path, "isdir", lambda path: Path(path).name != link.name)
    assert [photos.folder for photos in recognise(tmp_path / "own").data.photos] == [tmp_path / "own"]
