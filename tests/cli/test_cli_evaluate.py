import numpy as np
import pytest
from generated_portraits import person

from core.image_io import read_photo, write_image
from core.metrics import evaluate_pair
from core.predictor import MattingPredictor
from core.trimap import trimap_from_alpha


@pytest.fixture
def data(tmp_path):
    """Two portraits with alphas and trimaps."""
    for name in ("images", "alphas", "trimaps"):
        (tmp_path / name).mkdir()
    for index, size in enumerate(((48, 40), (40, 64))):
        image, alpha = person(*size)
        write_image(tmp_path / "images" / f"{index}.png", image)
        write_image(tmp_path / "alphas" / f"{index}.png", alpha)
        write_image(tmp_path / "trimaps" / f"{index}.png", trimap_from_alpha(alpha, 2))
    return tmp_path


def test_json_has_the_means_and_a_row_per_photo(studio, model, data):
    outcome = studio("evaluate", *folders(data), "--trimaps", data / "trimaps", "--model", model, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    result = outcome.json()
    assert (result["photos"], result["failures"], result["model"]) == (2, [], str(model))
    assert [row["photo"] for row in result["rows"]] == ["0.png", "1.png"]
    expected = expected_measures(model, data, "1")
    assert {key: value for key, value in result["rows"][1].items() if key != "photo"} == pytest.approx(expected)
    for name, value in result["mean"].items():
        assert value == pytest.approx(np.mean([row[name] for row in result["rows"]]))


def test_the_table_has_a_line_per_measure(studio, model, data):
    plain = studio("evaluate", *folders(data), "--model", model)
    assert (plain.code, plain.err) == (0, "")
    lines = [line.split() for line in plain.out.splitlines()]
    assert lines[0] == ["2", "photos", "image"]
    assert [line[0] for line in lines[1:]] == ["sad", "mse", "mad", "grad", "conn", "conn_seed"]
    assert all(len(line) == 2 for line in lines[1:])
    unknown = studio("evaluate", *folders(data), "--trimaps", data / "trimaps", "--model", model)
    assert unknown.out.splitlines()[0].split() == ["2", "photos", "image", "unknown"]


def test_one_bad_photo_is_named_and_the_others_are_measured(studio, model, data):
    (data / "images" / "0.png").write_bytes(b"nothing")
    outcome = studio("evaluate", *folders(data), "--model", model, "--json")
    assert outcome.code == 1
    assert outcome.err.startswith("0.png: ")
    assert outcome.json()["photos"] == 1
    assert outcome.json()["failures"][0]["photo"] == "0.png"


@pytest.mark.parametrize(
    ("kind", "reason"), [("empty", "is damaged, cut short or no picture."), ("folder", "cannot be read (")]
)
def test_one_bad_alpha_is_named_and_the_others_are_measured(studio, model, data, kind, reason):
    bad = data / "alphas" / "0.png"
    bad.unlink()
    bad.write_bytes(b"") if kind == "empty" else bad.mkdir()
    outcome = studio("evaluate", *folders(data), "--model", model, "--json")
    assert outcome.code == 1
    assert outcome.err.startswith(f"0.png: {bad} {reason}")
    assert outcome.err.count("\n") == 1
    assert outcome.json()["photos"] == 1


def test_an_alpha_of_another_size_is_a_failure_that_names_both_files(studio, model, data):
    write_image(data / "alphas" / "0.png", person(20, 20)[1])
    outcome = studio("evaluate", *folders(data), "--model", model)
    assert outcome.code == 1
    photo, alpha = data / "images" / "0.png", data / "alphas" / "0.png"
    assert f"{alpha} is 20 × 20 px, and {photo} is 40 × 48 px: make it anew" in outcome.err


def test_a_trimap_of_another_size_is_a_failure_that_names_it(studio, model, data):
    write_image(data / "trimaps" / "0.png", np.full((20, 30), 128, np.uint8))
    outcome = studio("evaluate", *folders(data), "--trimaps", data / "trimaps", "--model", model)
    assert outcome.code == 1
    assert f"{data / 'trimaps' / '0.png'} is 30 × 20 px, and " in outcome.err


def test_a_picture_in_colours_is_measured_as_no_alpha(studio, model, data):
    alpha = data / "alphas" / "0.png"
    alpha.write_bytes((data / "images" / "0.png").read_bytes())
    outcome = studio("evaluate", *folders(data), "--model", model, "--json")
    assert (outcome.code, outcome.json()["photos"]) == (1, 1)
    assert outcome.err.startswith(f"0.png: {alpha} has colours, as photos have: save the alpha in grey")


def test_two_alphas_for_one_photo_are_wrong_usage(studio, model, data):
    write_image(data / "alphas" / "0.jpg", person(48, 40)[1])
    outcome = studio("evaluate", *folders(data), "--model", model)
    assert (outcome.code, outcome.out) == (2, "")
    assert "there are 0.jpg and 0.png: keep one of each name" in outcome.err


def test_alphas_without_a_photo_are_named_and_the_others_are_measured(studio, model, data):
    (data / "images" / "0.png").rename(data / "images" / "0.heic")
    outcome = studio("evaluate", *folders(data), "--model", model, "--json")
    assert (outcome.code, outcome.json()["photos"]) == (0, 1)
    assert outcome.err.startswith("1 of the alphas have no photo of the same name in JPEG")
    assert outcome.err.endswith(": 0.png\n")


def test_a_missing_alpha_is_wrong_usage(studio, model, data):
    (data / "alphas" / "0.png").unlink()
    outcome = studio("evaluate", *folders(data), "--model", model)
    assert (outcome.code, outcome.out) == (2, "")
    assert "1 photos in" in outcome.err
    assert "0.png" in outcome.err


def folders(data):
    return "--images", data / "images", "--alphas", data / "alphas"


def expected_measures(model, data, stem):
    photo, alpha, trimap = (read_photo(data / name / f"{stem}.png").image for name in ("images", "alphas", "trimaps"))
    predicted = MattingPredictor.from_checkpoint(model).predict(photo).alpha
    return evaluate_pair(predicted, alpha[..., 0], trimap[..., 0])
