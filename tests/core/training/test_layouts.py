"""A folder says by itself which data sets it holds."""

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
    with pytest.raises(DatasetError, match=r"no data set that is known: it needs image .* side by side"):
        recognise(tmp_path)
    with pytest.raises(DatasetError, match="does not exist"):
        recognise(tmp_path / "missing")
