"""A photo through a pipe: real processes, real bytes."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

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
