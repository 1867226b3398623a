"""The program's one entrance: commands, or photos for the window."""

import errno
import importlib
import os
import sys
import warnings
from collections.abc import Sequence

from core.errors import MattingError
from matting_studio.cli.arguments import parse
from matting_studio.cli.messages import FAILED, INTERRUPTED, NOBODY_READS, WRONG_USAGE, say

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STREAMS = (0, 1, 2)
"""The numbers of standard input, output and error."""


def main(words: Sequence[str] | None = None) -> int:
    """Run what the words of the command line ask for; returns the exit code, 2 for what was wrong to ask.

    Raises SystemExit for --help, and with the code 2 where the words make no sense.
    """
    _take_closed_numbers()
    _hush_libraries()
    try:
        try:
            return answered(sys.argv[1:] if words is None else words)
        finally:
            if sys.stdout is not None:  # as in a window without a terminal
                sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has had enough, as `head` does. Python would try to write the rest once more at its end.
        _write_no_more()
        return NOBODY_READS
    except OSError as error:
        # Of a file that was opened its name would be known.
        if error.errno not in NO_ROOM or error.filename is not None:
            raise
        _write_no_more()
        say(f"The output cannot be written ({error.strerror}). Make room, or send it elsewhere.")
        return FAILED


def _take_closed_numbers() -> None:
    """Put nothing in the place of standard streams that are closed, as by >&-; to Python they stay so.

    The next file that is opened would have such a number, and what libraries print would be in the middle of it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) in STREAMS:
        os.set_inheritable(number, True)
    os.close(number)


def _hush_libraries() -> None:
    """Keep from the user what libraries say of damaged files: what it means for a photo is said by the program."""
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")  # and so for the processes that prepare crops
    if not sys.warnoptions:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _write_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def answered(words: Sequence[str]) -> int:
    try:
        command, arguments = parse(words)
        # Only now the module, and with it PyTorch: help and mistakes are answered at once.
        return int(importlib.import_module(f"matting_studio.cli.{command}").run(arguments))
    except MattingError as error:
        say(str(error))
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
