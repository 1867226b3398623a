import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from matting_studio.cli import arguments, window

ROOT = Path(__file__).parents[2]


def test_no_words_and_photos_mean_the_window(portrait):
    assert arguments.parse([])[0] == "window"
    command, chosen = arguments.parse([str(portrait), str(portrait.parent)])
    assert (command, chosen.photos) == ("window", [portrait, portrait.parent])


def test_a_photo_named_like_a_command_is_opened_by_its_path(portrait):
    portrait.rename("train")
    assert arguments.parse(["./train"])[0] == "window"


def test_what_is_neither_photo_nor_command_is_said_to_be_neither(studio):
    outcome = studio("mate", "photo.jpg")
    assert outcome.code == 2
    assert "there is no file mate, and no such command (there are matte, batch, evaluate" in outcome.err


@pytest.mark.skipif(sys.platform != "linux", reason="displays have names on Linux")
def test_without_a_display_a_sentence_says_so_before_qt_is_loaded(studio, monkeypatch):
    for name in window.DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(window, "APPLICATION", "this")  # a module that would greet whoever loads it
    outcome = studio()
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "There is no display for a window: use `matting-studio matte` or `matting-studio batch`.\n"


@pytest.mark.parametrize("command", [None, *arguments.COMMANDS])
def test_help_is_given(studio, command):
    outcome = studio(*([command] if command else []), "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"usage: matting-studio {command or '[-h]'}")
    assert outcome.out.isascii(), "a terminal may lack all other letters"


def test_every_command_has_its_file():
    for name in arguments.COMMANDS:
        assert importlib.util.find_spec(f"matting_studio.cli.{name.replace('-', '_')}")


def test_mistakes_are_answered_without_loading_pytorch(tmp_path):
    script = (
        "import sys\nfrom matting_studio.__main__ import main\n"
        f"try: main(['matte', {str(tmp_path)!r}])\n"
        "finally: assert 'torch' not in sys.modules and 'cv2' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "use `matting-studio batch`" in done.stderr
    assert "Traceback" not in done.stderr
