"""A photo through a pipe: real processes, real bytes."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from core.errors import ImageWriteError
from core.image_io import read_photo, write_image
from matting_studio.cli.pipes import poured_out

ROOT = Path(__file__).parents[2]


def matte(*words: object, given: bytes = b"", **streams) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(ROOT / "main.py"), "matte", *(str(word) for word in words)]
    return subprocess.run(command, input=given, check=False, **({"capture_output": True} | streams))


def test_a_photo_from_standard_input_goes_to_standard_output_as_it_would_to_a_file(model, portrait, tmp_path):
    to_file = matte(portrait, "--model", model)
    assert to_file.returncode == 0
    piped = matte("-", "--model", model, given=portrait.read_bytes())
    assert (piped.returncode, piped.stderr) == (0, b"")
    assert piped.stdout == (tmp_path / "portrait_cutout.png").read_bytes()


def test_either_end_may_be_a_file(model, portrait, tmp_path):
    out = matte(portrait, "-o", "-", "--model", model, "--background", "#2a6f97")
    with Image.open(io.BytesIO(out.stdout)) as composite:
        assert (composite.format, composite.mode, composite.size) == ("PNG", "RGB", (40, 48))
    into = matte("-", "-o", tmp_path / "c.webp", "--model", model, "--json", given=portrait.read_bytes())
    assert b'"input": "-"' in into.stdout
    with Image.open(tmp_path / "c.webp") as cutout:
        assert cutout.size == (40, 48)


def test_what_is_no_photo_puts_nothing_out(model):
    outcome = matte("-", "--model", model, given=b"no photo")
    assert (outcome.returncode, outcome.stdout) == (1, b"")
    assert outcome.stderr.startswith(b"Standard input is not a photo that can be read")


def test_results_and_picture_do_not_share_standard_output(model):
    outcome = matte("-", "--model", model, "--json")
    assert (outcome.returncode, outcome.stdout) == (2, b"")
    assert b"name a file with -o" in outcome.stderr


def test_a_file_called_like_the_pipe_can_be_named(studio, model, portrait):
    portrait.rename("-")
    assert studio("matte", "./-", "-o", "out.png", "--model", model).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_no_picture_goes_to_a_terminal(model, portrait):
    ours, theirs = os.openpty()
    try:
        outcome = matte(portrait, "-o", "-", "--model", model, capture_output=False, stdout=theirs, stderr=theirs)
        said = os.read(ours, 4096)
    finally:
        os.close(ours)
        os.close(theirs)
    assert outcome.returncode == 2
    assert b"The picture would go to the terminal" in said


def redirected(how: str, *words: object) -> subprocess.CompletedProcess[bytes]:
    """The program as a shell starts it with something such as >&- behind its words."""
    command = [sys.executable, str(ROOT / "main.py"), *(str(word) for word in words)]
    return subprocess.run(["sh", "-c", f'exec "$@" {how}', "sh", *command], capture_output=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize(
    ("how", "words", "sentence"),
    [
        (">&-", ["matte", "-"], "Standard output is closed, so no picture goes there: name a file with -o"),
        (">&-", ["matte", "IN", "-o", "-"], "Standard output is closed, so no picture goes there: name a file with -o"),
        ("<&-", ["matte", "-"], "Standard input is closed, so no photo comes from it: name a file"),
        ("<&- >&-", ["matte", "-"], "Standard input is closed"),
        (">&-", ["matte", "IN", "--json"], "standard output is closed, and --json writes there: leave it out"),
        (">&-", ["batch", ".", "out", "--json"], "standard output is closed, and --json writes there"),
        (
            ">&-",
            ["train", "--config", "IN", "--json-events"],
            "standard output is closed, and --json-events writes there",
        ),
    ],
)
def test_a_closed_stream_that_is_needed_is_a_sentence(how, words, sentence, portrait):
    outcome = redirected(how, *(portrait if word == "IN" else word for word in words))
    assert (outcome.returncode, outcome.stdout) == (2, b"")
    assert sentence.encode() in outcome.stderr
    assert b"Traceback" not in outcome.stderr
    assert list(portrait.parent.iterdir()) == [portrait]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
def test_streams_that_are_not_needed_may_be_closed(model, portrait, tmp_path):
    folder = tmp_path / "data"
    for name in ("image", "alpha"):
        (folder / name).mkdir(parents=True)
    (folder / "image" / "a.png").write_bytes(portrait.read_bytes())
    write_image(folder / "alpha" / "a.png", read_photo(portrait).image[..., 0])
    for words in (
        ("matte", portrait, "--model", model),
        ("batch", folder / "image", tmp_path / "out", "--model", model),
        ("evaluate", "--images", folder / "image", "--alphas", folder / "alpha", "--model", model),
    ):
        assert redirected("<&- >&- 2>&-", *words).returncode == 0
    assert (tmp_path / "portrait_cutout.png").exists()
    assert (tmp_path / "out" / "a-cutout.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit of the size of files")
def test_of_a_picture_for_standard_output_no_other_file_is_named(model, portrait):
    words = [sys.executable, ROOT / "main.py", "matte", portrait, "-o", "-", "--model", model]
    limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *map(str, words)]
    outcome = subprocess.run(limited, capture_output=True, check=False)
    assert (outcome.returncode, outcome.stdout) == (1, b"")
    assert outcome.stderr.startswith(b"Standard output cannot be written: ")
    assert b"cutout.png" not in outcome.stderr
    assert outcome.stderr.endswith(b": TMPDIR names another folder.\n")


def test_without_a_folder_for_temporary_files_nothing_is_poured_out(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ImageWriteError, match=r"^Standard output cannot be written: .*\. Name a folder"):
        poured_out("a.png").__enter__()


def test_another_file_that_cannot_be_written_keeps_its_name():
    with pytest.raises(ImageWriteError, match=r"^alpha\.png cannot be written\.$"), poured_out("a.png"):
        raise ImageWriteError("alpha.png cannot be written.")
