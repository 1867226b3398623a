"""Messages go where somebody reads them, and nowhere where nobody does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
