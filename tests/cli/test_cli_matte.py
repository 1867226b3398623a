import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from generated_portraits import exchanged_primaries, person
from PIL import ExifTags, Image

from core.green_screen import network_picture
from core.image_io import read_photo, write_image
from core.predictor import Matte, MattingPredictor

ROOT = Path(__file__).parents[2]


def test_writes_a_transparent_cutout_beside_the_photo_and_says_where(studio, model, portrait):
    outcome = studio("matte", portrait, "--model", model)
    cutout = portrait.with_name("portrait_cutout.png")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{cutout}\n", "")
    with Image.open(cutout) as written:
        assert written.mode == "RGBA"
        assert written.size == (40, 48)


def test_writes_alpha_and_trimap(studio, model, portrait, tmp_path):
    alpha, trimap = tmp_path / "a.png", tmp_path / "t.png"
    assert studio("matte", portrait, "--model", model, "--alpha", alpha, "--trimap", trimap).code == 0
    with Image.open(alpha) as written, Image.open(portrait.with_name("portrait_cutout.png")) as cutout:
        assert written.mode == "L"
        np.testing.assert_array_equal(np.asarray(written), np.asarray(cutout)[..., 3])
    with Image.open(trimap) as written:
        assert set(np.unique(np.asarray(written))) <= {0, 128, 255}


def test_json_names_files_device_model_and_stages(studio, model, portrait, tmp_path):
    output = tmp_path / "out.webp"
    result = studio("matte", portrait, "-o", output, "--model", model, "--size", 96, "--device", "cpu", "--json").json()
    assert (result["input"], result["output"], result["alpha"]) == (str(portrait), str(output), None)
    assert (result["width"], result["height"], result["size_px"]) == (40, 48, 96)
    assert result["device"].startswith("CPU · ")
    assert (result["model"], result["warnings"]) == (str(model), [])
    assert list(result["seconds"]) == ["load", "read", "network", "foreground", "write"]


@pytest.mark.parametrize(
    ("ellipses", "start"),
    [([], "Nobody seems to be"), ([10, 30], "There seems to be more than one person"), ([20], None)],
)
def test_nobody_and_several_persons_are_remarked(ellipses, start, studio, portrait, monkeypatch):
    alpha = np.zeros((48, 40), np.float32)
    for x in ellipses:
        alpha[8:, x - 6 : x + 6] = 1
    seen = Matte(alpha, (alpha * 255).astype(np.uint8))
    monkeypatch.setattr(MattingPredictor, "predict", lambda *_, **__: seen)
    outcome = studio("matte", portrait, "--json")
    assert outcome.code == 0
    warnings = outcome.json()["warnings"]
    assert [warning.startswith(str(start)) for warning in warnings] == ([] if start is None else [True])
    assert outcome.err == "".join(f"{warning}\n" for warning in warnings)


def test_an_alpha_that_the_photo_has_multiplies_the_matte_of_what_is_seen(studio, model, tmp_path):
    image, _ = person()
    own = np.full((48, 40), 0.8, np.float32)
    own[:, :8] = 0
    write_image(tmp_path / "cut.png", image, alpha=own)
    write_image(tmp_path / "filled.png", np.where(own[..., None] > 0, image, 0.3).astype(np.float32), alpha=own)
    write_image(tmp_path / "seen.png", network_picture(read_photo(tmp_path / "cut.png")))
    for name in ("cut", "filled", "seen"):
        assert studio("matte", tmp_path / f"{name}.png", "--model", model).code == 0
    cut, filled, seen = (read_alpha(tmp_path / f"{name}_cutout.png") for name in ("cut", "filled", "seen"))
    np.testing.assert_array_equal(cut, filled)
    assert seen.max() > 100
    np.testing.assert_allclose(cut, seen * own, atol=1.01)


def test_a_colour_as_background_gives_an_opaque_jpeg(studio, model, portrait, tmp_path):
    output = tmp_path / "white.jpg"
    outcome = studio("matte", portrait, "-o", output, "--model", model, "--background", "white", "--json")
    assert "composite" in outcome.json()["seconds"]
    with Image.open(output) as written:
        assert (written.mode, written.size) == ("RGB", (40, 48))
        # An untrained network sees half a person everywhere, so half of it is white.
        assert np.asarray(written).mean() > read_photo(portrait).image.mean() + 20


def test_a_picture_as_background(studio, model, portrait, tmp_path):
    scene = tmp_path / "scène.png"
    write_image(scene, np.full((7, 9, 3), (0, 255, 0), np.uint8))
    assert studio("matte", portrait, "-o", tmp_path / "o.png", "--model", model, "--background", scene).code == 0
    before, after = read_photo(portrait).image, read_photo(tmp_path / "o.png").image
    assert after[..., 1].mean() > before[..., 1].mean() + 20


def test_a_background_with_transparency_lies_over_white(studio, model, portrait, tmp_path):
    for name, colour, alpha in (("white", 255, None), ("hidden", 0, np.zeros((7, 9), np.float32))):
        write_image(tmp_path / f"{name}.png", np.full((7, 9, 3), colour, np.uint8), alpha=alpha)
        words = ("-o", tmp_path / f"on_{name}.png", "--background", tmp_path / f"{name}.png")
        assert studio("matte", portrait, "--model", model, *words).code == 0
    results = [read_photo(tmp_path / f"on_{name}.png").image for name in ("white", "hidden")]
    np.testing.assert_array_equal(*results)


def test_the_photo_out_of_focus_as_background(studio, model, portrait, tmp_path):
    assert studio("matte", portrait, "-o", tmp_path / "o.png", "--model", model, "--background", "blur").code == 0
    with Image.open(tmp_path / "o.png") as written:
        assert (written.mode, written.size) == ("RGB", (40, 48))


def test_sixteen_bits_stay_sixteen_bits(studio, model, tmp_path):
    photo = tmp_path / "deep.tif"
    write_image(photo, person()[0], bit_depth=16)
    for output in (tmp_path / "o.png", tmp_path / "o.tif"):
        assert studio("matte", photo, "-o", output, "--model", model).code == 0
        assert read_photo(output).bit_depth == 16


def test_profile_and_exif_are_kept_and_the_photo_is_upright(studio, model, tmp_path):
    profile = exchanged_primaries()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "Ansel"
    photo, output = tmp_path / "turned.jpg", tmp_path / "o.png"
    Image.fromarray(np.rint(person()[0] * 255).astype(np.uint8)).save(photo, exif=exif, icc_profile=profile)
    assert studio("matte", photo, "-o", output, "--model", model).code == 0
    with Image.open(output) as written:
        assert written.size == (48, 40)
        assert written.info["icc_profile"] == profile
        assert written.getexif()[ExifTags.Base.Artist] == "Ansel"
        assert written.getexif()[ExifTags.Base.Orientation] == 1


def test_a_background_colour_is_the_named_one_in_the_photo_s_own_space(studio, model, tmp_path):
    photo, output = tmp_path / "p.png", tmp_path / "o.png"
    empty = np.zeros((48, 40), np.float32)  # nobody is left, so the background is all there is
    write_image(photo, person()[0], alpha=empty, icc_profile=exchanged_primaries())
    assert studio("matte", photo, "-o", output, "--model", model, "--background", "#c02000").code == 0
    written = read_photo(output)
    np.testing.assert_allclose(written.image[20, 20], (0xC0, 0x20, 0), atol=3)
    np.testing.assert_allclose(written.pixels[20, 20], (0x20, 0xC0, 0), atol=3)


def test_names_outside_ascii(studio, model, portrait, tmp_path):
    photo = portrait.rename(tmp_path / "Zoë 写真.png")
    assert studio("matte", photo, "--model", model).code == 0
    assert (tmp_path / "Zoë 写真_cutout.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text(model, portrait):
    photo = portrait.rename(portrait.with_name("\udcff.png"))
    words = [sys.executable, ROOT / "main.py", "matte", photo, "--model", model]
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(words, capture_output=True, env=strict, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"\\udcff_cutout.png\n")


def test_a_folder_is_sent_to_batch(studio, tmp_path):
    outcome = studio("matte", tmp_path)
    assert outcome.code == 2
    assert "is a folder: use `matting-studio batch`" in outcome.err
    assert outcome.out == ""


def test_a_damaged_photo_fails_with_a_sentence(studio, model, portrait):
    portrait.write_bytes(portrait.read_bytes()[:200])
    outcome = studio("matte", portrait, "--model", model)
    assert outcome.code == 1
    assert "damaged or cut short" in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(portrait.parent.iterdir()) == [portrait]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["missing.png"], "there is no file missing.png"),
        (["IN", "-o", "OUT.jpg"], "cannot be transparent"),
        (["IN", "-o", "OUT.bmp"], "names no format that is written"),
        (["IN", "-o", "nowhere/OUT.png"], "There is no folder nowhere"),
        (["IN", "-o", "IN"], "is the photo itself"),
        (["IN", "-o", "OUT.png", "--alpha", "OUT.png"], "the same name"),
        (["IN", "--trimap", "OUT.jpg"], "does not survive JPEG"),
        (["IN", "-o", "."], ". is a folder: name a file, such as portrait_cutout.png"),
        (["IN", "-o", "o" * 300 + ".png"], "is too long: choose a shorter one"),
        (["i" * 300 + ".png"], "is too long: choose a shorter one"),
        ([""], "the name is empty: give that of a file or folder"),
        (["IN", "-o", ""], "the name is empty"),
        (["IN", "--background", "blurple"], "'blurple' is no background"),
        (["IN", "--background", "nope.jpg"], "There is no file nope.jpg: give a colour"),
        (["IN", "--background", ""], "The background is empty: give a colour"),
        (["IN", "--background", "b" * 300 + ".png"], "cannot be read: File name too long"),
        (["IN", "--size", "0"], "is no working size"),
        (["IN", "--device", "toaster"], "is no device"),
        (["IN", "--model", "missing.safetensors"], "there is no file missing.safetensors"),
        (["IN", "--shiny"], "--shiny"),
    ],
)
def test_wrong_usage_is_refused_and_nothing_written(studio, model, portrait, words, reason):
    words = [portrait.name if word == "IN" else word for word in words]
    if "--model" not in words:
        words += ["--model", str(model)]
    outcome = studio("matte", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert reason in outcome.err
    assert "Traceback" not in outcome.err
    assert list(portrait.parent.iterdir()) == [portrait]


def test_the_cutout_of_a_long_name_is_called_by_its_beginning(studio, model, portrait):
    photo = portrait.rename(portrait.with_name("é" * 125 + ".png"))
    outcome = studio("matte", photo, "--model", model)
    assert outcome.code == 0
    (cutout,) = (path for path in portrait.parent.iterdir() if path != photo)
    assert outcome.out == f"{cutout}\n"
    assert cutout.name.startswith("é" * 110)
    assert cutout.name.endswith("_cutout.png")


@pytest.mark.parametrize(
    "words",
    [
        ["CLOSED"],
        ["IN", "-o", "CLOSED"],
        ["IN", "--alpha", "CLOSED"],
        ["IN", "--model", "CLOSED"],
        ["IN", "--background", "CLOSED"],
    ],
)
def test_files_in_a_folder_that_may_not_be_entered_are_a_sentence(words, studio, portrait, closed):
    names = {"CLOSED": closed / "portrait.png", "IN": portrait}
    outcome = studio("matte", *(names.get(word, word) for word in words))
    assert (outcome.code, outcome.out) == (2, "")
    assert str(closed / "portrait.png") in outcome.err
    assert "ask for permission" in outcome.err.lower()
    assert list(portrait.parent.glob("*.png")) == [portrait]


def test_what_may_not_be_read_or_written_is_a_sentence(studio, model, portrait, closed):
    closed.chmod(0o500)
    outcome = studio("matte", portrait, "--model", model, "-o", closed / "new.png")
    assert (outcome.code, outcome.err) == (
        2,
        f"Nothing may be written to the folder {closed}: choose another one.\n",
    )
    portrait.chmod(0)
    outcome = studio("matte", portrait, "--model", model)
    assert outcome.code == 2
    assert f"{portrait} may not be read: ask for permission to read it" in outcome.err


def test_an_existing_file_is_replaced_only_when_told(studio, model, portrait):
    cutout = portrait.with_name("portrait_cutout.png")
    cutout.write_bytes(b"precious")
    outcome = studio("matte", portrait, "--model", model)
    assert outcome.code == 2
    assert "--overwrite" in outcome.err
    assert cutout.read_bytes() == b"precious"
    assert studio("matte", portrait, "--model", model, "--overwrite").code == 0
    assert cutout.read_bytes() != b"precious"


def test_the_photo_is_never_overwritten_even_through_a_link(studio, model, portrait, tmp_path):
    link = tmp_path / "link.png"
    link.symlink_to(portrait)
    before = portrait.read_bytes()
    outcome = studio("matte", portrait, "-o", link, "--model", model, "--overwrite")
    assert (outcome.code, "is the photo itself" in outcome.err) == (2, True)
    assert portrait.read_bytes() == before


@pytest.mark.parametrize("option", ["-o", "--alpha", "--trimap"])
def test_the_background_picture_is_never_overwritten_even_through_a_link(option, studio, model, portrait, tmp_path):
    scene, link = tmp_path / "scene.png", tmp_path / "link.png"
    write_image(scene, np.full((7, 9, 3), (0, 255, 0), np.uint8))
    link.symlink_to(scene)
    before = scene.read_bytes()
    for place in (scene, link):
        outcome = studio("matte", portrait, option, place, "--background", scene, "--model", model, "--overwrite")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == f"{place} is the background itself: give the result another name.\n"
    assert scene.read_bytes() == before
    assert not portrait.with_name("portrait_cutout.png").exists()


def read_alpha(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)[..., 3]


def test_a_folder_is_no_name_for_a_result(studio, model, portrait, tmp_path):
    folder = tmp_path / "results.png"
    folder.mkdir()
    outcome = studio("matte", portrait, "-o", folder, "--model", model, "--overwrite")
    assert outcome.code == 2
    assert outcome.err == f"{folder} is a folder: name a file, such as {folder / 'results.png'}.\n"


def test_a_memory_limit_that_cannot_be_kept_is_a_failure_with_a_cure(studio, model, portrait):
    outcome = studio("matte", portrait, "--model", model, "--memory-limit", "100MB")
    assert outcome.code == 1
    assert "limit is 0.1 GB: raise it" in outcome.err
    assert not portrait.with_name("portrait_cutout.png").exists()


def test_a_limit_below_what_any_photo_takes_is_refused(studio, portrait):
    outcome = studio("matte", portrait, "--memory-limit", "1MB")
    assert outcome.code == 2
    assert "1MB is too little for any photo: give 100MB or more" in outcome.err


@pytest.mark.parametrize("amount", ["3", "much", "-1GB", "3TB"])
def test_an_amount_of_memory_has_a_unit(studio, portrait, amount):
    outcome = studio("matte", portrait, f"--memory-limit={amount}")
    assert outcome.code == 2
    assert "3GB or 800MB" in outcome.err
