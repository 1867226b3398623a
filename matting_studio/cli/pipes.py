"""A photo from standard input, and a result to standard output, as in `curl … | matting-studio matte - > out.png`."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from core.errors import ImageWriteError
from matting_studio.cli.messages import UsageError

Pipe = Literal["-"]
PIPE: Pipe = "-"
"""What stands for standard input or output on the command line; a file of that name is ./- there."""


def check_source() -> None:
    """Raises UsageError where standard input is closed."""
    if sys.stdin is None:
        raise UsageError("Standard input is closed, so no photo comes from it: name a file, or send one with < or |.")


def check_pipe() -> None:
    """Raises UsageError where standard output is closed, or a terminal: a picture is nothing to show there."""
    if sys.stdout is None:
        raise UsageError("Standard output is closed, so no picture goes there: name a file with -o, or use > or |.")
    if sys.stdout.isatty():
        raise UsageError("The picture would go to the terminal: name a file with -o, or send it on with > or |.")


@contextmanager
def poured_out(name: str) -> Iterator[Path]:
    """A place for a file of this name; when the block ends well, what was written there goes to standard output.

    So nothing at all goes there if something fails on the way. Raises ImageWriteError where the place takes no file;
    OSError, BrokenPipeError among them.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix="matting-studio-")
    except OSError as error:
        raise ImageWriteError(
            f"Standard output cannot be written: {error.strerror or error}. Name a folder that has room with TMPDIR."
        ) from error
    with made as folder:
        path = Path(folder) / name
        try:
            yield path
        except ImageWriteError as error:
            if str(path) not in str(error):
                raise
            raise _about_standard_output(error, path) from error
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)


def _about_standard_output(error: ImageWriteError, path: Path) -> ImageWriteError:
    """The same error in the words of somebody who has named no such file."""
    said = str(error).replace(str(path), "Standard output")
    return ImageWriteError(
        f"{said} On its way there the picture lies in {tempfile.gettempdir()}: TMPDIR names another folder."
    )
