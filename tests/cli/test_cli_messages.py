"""Messages go where somebody reads them, and nowhere where nobody does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from generated_portraits import person
from PIL import Image

from core.image_io import write_image
from matting_studio.__main__ import main
from matting_studio.cli.messages import INTERRUPTED

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_message_to_a_terminal_that_has_ended_is_no_failure():
    script = "from matting_studio.cli.messages import say; input(); say('Stopped, and saved.'); print('done')"
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        os.close(ours)
        out, _ = process.communicate(b"\n", timeout=60)
    assert (process.returncode, out) == (0, b"done\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
def test_messages_to_a_closed_stream_go_nowhere_else(tmp_path):
    script = (
        "from matting_studio.cli.messages import say, say_at_once, shows_bars\n"
        "with open(sys.argv[1], 'w') as file:\n"
        "    assert file.fileno() == 2\n"
        "    say('Stopped, and saved.')\n"
        "    say_at_once('Stopping.')\n"
        "print(shows_bars())"
    )
    command = ["sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-c", f"import sys\n{script}", tmp_path / "file"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"False\n")
    assert (tmp_path / "file").read_bytes() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_message_that_finds_no_room_is_no_failure():
    script = "from matting_studio.cli.messages import say; say('Stopped, and saved.'); print('done')"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=-1, stderr=full, check=False)
    assert (done.returncode, done.stdout) == (0, b"done\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
def test_no_file_gets_the_number_of_a_stream_that_is_closed(tmp_path):
    script = (
        "import sys\n"
        "from matting_studio import __main__ as program\n"
        "program.answered = lambda words: open(words[0], 'w').fileno()\n"
        "sys.exit(program.main())"
    )
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", script, tmp_path / "file"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 3


def test_of_damaged_files_libraries_say_nothing(model, tmp_path):
    image, alpha = person()
    for name in ("photos", "alphas"):
        (tmp_path / name).mkdir()
        for stem in ("a", "b"):
            write_image(tmp_path / name / f"{stem}.png", image if name == "photos" else alpha)
    damaged = tmp_path / "alphas" / "a.png"
    damaged.write_bytes(damaged.read_bytes()[:100])
    (tmp_path / "photos" / "b.png").unlink()
    photo = tmp_path / "photos" / "b.tif"
    Image.new("RGB", (40, 48)).save(photo, compression="tiff_lzw")
    photo.write_bytes(photo.read_bytes()[:-40])
    command = ["evaluate", "--images", "photos", "--alphas", "alphas", "--model", model]
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["a.png", "b.tif"]


def test_an_interruption_while_the_words_are_read_is_no_crash(monkeypatch):
    def interrupted(words):
        raise KeyboardInterrupt

    monkeypatch.setattr("matting_studio.__main__.parse", interrupted)
    assert main(["info"]) == INTERRUPTED
