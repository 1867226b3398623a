"""A photo from standard input, and a result to standard output, as in `curl … | matting-studio matte - > out.png`."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from matting_studio.cli.messages import UsageError

Pipe = Literal["-"]
PIPE: Pipe = "-"
"""What stands for standard input or output on the command line; a file of that name is ./- there."""


def check_pipe() -> None:
    """Raises UsageError where standard output is a terminal: a picture is nothing to show there."""
    if sys.stdout.isatty():
        raise UsageError("The picture would go to the terminal: name a file with -o, or send it on with > or |.")


@contextmanager
def poured_out(name: str) -> Iterator[Path]:
    """A place for a file of this name; when the block ends well, what was written there goes to standard output.

    So nothing at all goes there if something fails on the way. Raises OSError, BrokenPipeError among them.
    """
    with tempfile.TemporaryDirectory(prefix="matting-studio-") as folder:
        path = Path(folder) / name
        yield path
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
