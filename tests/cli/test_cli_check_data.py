"""The command says what is wrong, file by file, and its exit code says whether to train."""

import cv2
import numpy as np
import pytest
from generated_portraits import person

from core.errors import DatasetError
from core.image_io import read_photo, write_image
from core.training.layouts import recognise


def write_set(folder, sizes):
    """Photos with alphas, each of its own size and so unlike the others."""
    for name in ("image", "alpha"):
        (folder / name).mkdir(parents=True)
    for i, (height, width) in enumerate(sizes):
        image, alpha = person(height, width)
        write_image(folder / "image" / f"{i}.png", np.roll(image, i, axis=2))
        write_image(folder / "alpha" / f"{i}.png", alpha)
    return folder


@pytest.fixture
def data(tmp_path):
    return write_set(tmp_path / "data", ((96, 80), (80, 128)))


def test_a_closed_folder_is_passed_over_below_a_set_and_refused_by_itself(studio, data, like_a_user):
    closed = data / "lost+found"
    closed.mkdir(mode=0)
    try:
        assert studio("check-data", data).code == 0
        with pytest.raises(DatasetError, match="may not be looked into: ask for permission to read it"):
            recognise(closed)
    finally:
        closed.chmod(0o700)


@pytest.fixture
def config(tmp_path, data):
    """Photos, others held back, and crops that are larger than one of the photos."""
    held_back = write_set(tmp_path / "held_back", ((64, 200),))
    write_image(held_back / "image" / "0.png", 1 - read_photo(held_back / "image" / "0.png").image / np.float32(255))
    path = tmp_path / "my.toml"
    path.write_text(
        f'[[data.photos]]\nfolder = "{data.as_posix()}"\n'
        f'[[data.validation]]\nname = "held back"\nfolder = "{held_back.as_posix()}"\n'
        "[[schedule.stages]]\nsteps = 1\ncrop_px = 64\nbatch_size = 2\n"
        "[[schedule.stages]]\nsteps = 1\ncrop_px = 80\nbatch_size = 2\n"
    )
    return path


def test_a_sound_folder_is_a_table_and_a_verdict(studio, data):
    outcome = studio("check-data", data)
    assert (outcome.code, outcome.err) == (0, "")
    header, row, *_ = outcome.out.splitlines()
    assert header.split() == ["set", "role", "layout", "count", "smallest", "median", "largest"]
    assert row.split("  ")[0] == str(data)
    assert "training  photos with alphas  2      80 × 96" in row
    assert row.endswith("128 × 80")
    assert outcome.out.splitlines()[-1] == "Errors: 0, warnings: 1. It can be trained on."  # nothing is held back


def test_a_configuration_brings_its_validation_and_its_crop_size(studio, config, data):
    assert studio("check-data", "--config", config, "--json").json()["findings"] == []
    config.write_text(config.read_text().replace("crop_px = 80", "crop_px = 96"))
    outcome = studio("check-data", "--config", config, "--json")
    assert outcome.code == 0
    (finding,) = outcome.json()["findings"]
    assert (finding["severity"], finding["kind"]) == ("warning", "small photo")
    assert finding["files"] == [
        {"path": str(data / "image" / "0.png"), "detail": "80 × 96 px"},
        {"path": str(data / "image" / "1.png"), "detail": "128 × 80 px"},
    ]
    assert [(chosen["name"], chosen["role"], chosen["pairs"]) for chosen in outcome.json()["sets"]] == [
        (str(data), "training", 2),
        ("held back", "validation", 1),
    ]


def test_errors_are_named_file_by_file_and_make_the_exit_code_1(studio, data):
    (data / "image" / "0.png").write_bytes(b"nothing")
    write_image(data / "alpha" / "1.png", person(40, 128)[1])
    outcome = studio("check-data", data)
    assert outcome.code == 1
    assert f"  {data / 'image' / '0.png'}: is damaged, cut short or no picture" in outcome.out
    assert f"  {data / 'alpha' / '1.png'}: 128 × 40 px, and 1.png is 128 × 80 px" in outcome.out
    assert outcome.out.splitlines()[-1] == "Errors: 2, warnings: 1. Mend the errors before you train on it."
    result = studio("check-data", data, "--json")
    assert (result.code, result.json()["blocks"]) == (1, True)
    assert [finding["kind"] for finding in result.json()["findings"]] == ["unreadable", "size differs", "no validation"]


def test_text_names_twenty_files_and_json_all(studio, data):
    for i in range(25):
        write_image(data / "alpha" / f"lonely{i:02}.png", person(16, 16)[1])
    plain = studio("check-data", data).out
    assert "warning, 25 files: Alphas of" in plain
    assert "lonely19.png" in plain
    assert "lonely20.png" not in plain
    assert "… and 5 more; --json names all" in plain
    (finding, _) = studio("check-data", data, "--json").json()["findings"]
    assert len(finding["files"]) == 25


def test_the_sheet_is_written_even_where_there_are_errors(studio, data, tmp_path):
    (data / "alpha" / "0.png").unlink()
    outcome = studio("check-data", data, "--sheet", tmp_path / "sheet.png")
    assert (outcome.code, outcome.err) == (1, "")
    assert cv2.imread(str(tmp_path / "sheet.png")).shape[1] == 1600


def test_a_file_that_exists_becomes_a_sheet_only_when_told(studio, data, tmp_path):
    sheet = tmp_path / "sheet.png"
    sheet.write_bytes(b"precious")
    outcome = studio("check-data", data, "--sheet", sheet)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"{sheet} exists: name another file, or add --overwrite to replace it.\n"
    assert sheet.read_bytes() == b"precious"
    assert studio("check-data", data, "--sheet", sheet, "--overwrite").code == 0
    assert cv2.imread(str(sheet)).shape[1] == 1600


@pytest.mark.parametrize("place", ["image/0.png", "image/sheet.png", "alpha/sheet.png", "elsewhere/0.png"])
def test_a_sheet_is_never_put_where_the_pictures_lie(studio, data, place):
    (data / "elsewhere").mkdir()
    (data / "image" / "0.png").rename(data / "elsewhere" / "0.png")
    (data / "image" / "0.png").symlink_to(data / "elsewhere" / "0.png")
    before = {path: path.read_bytes() for path in data.rglob("*.png")}
    outcome = studio("check-data", data, "--sheet", data / place, "--overwrite")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"{data / place} is where pictures of a data set lie: name a file in another folder.\n"
    assert {path: path.read_bytes() for path in data.rglob("*.png")} == before


def test_a_sheet_with_nothing_to_show_is_said_and_none_is_written(studio, data, tmp_path):
    for name in "01":
        (data / "image" / f"{name}.png").write_bytes(b"nothing")
    outcome = studio("check-data", data, "--sheet", tmp_path / "sheet.png")
    assert outcome.code == 1
    assert outcome.err == "There is no sample to show: none of the data sets can be read.\n"
    assert not (tmp_path / "sheet.png").exists()


def test_what_makes_no_sense_is_wrong_usage(studio, data, config, tmp_path):
    (tmp_path / "nothing").mkdir()
    for words, sentence in (
        ((), "Name the folders of the data sets, or a configuration"),
        ((data, "--config", config), "Name the folders of the data sets, or a configuration"),
        ((tmp_path / "nothing",), "is no data set that is known"),
        ((tmp_path / "missing",), "there is no folder"),
        ((data, "--sheet", tmp_path / "sheet.txt"), "is no name of a sheet"),
        ((data, "--sheet", tmp_path / "missing" / "sheet.png"), "create it first"),
        ((data, "--sheet", tmp_path / "nothing"), "is a folder: name a file, such as"),
    ):
        outcome = studio("check-data", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert sentence in outcome.err
