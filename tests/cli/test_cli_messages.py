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
