"""Messages for people go to standard error, results to standard output; exit codes say how it went."""

import contextlib
import os
import sys

from core.errors import MattingError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
NOBODY_READS = 141
"""As shells call the end by SIGPIPE."""


class UsageError(MattingError):
    """What was asked for makes no sense together."""


def say(sentence: str) -> None:
    """Print a message; none where standard error takes it no more, and what was done is no failure for that."""
    if sys.stderr is None:
        # Closed, as by 2>&-: print would take standard output in its place, where a picture may go.
        return
    try:
        print(sentence, file=sys.stderr)
    except OSError:
        # A terminal that has ended, a reader who has had enough, a full disk: there is nobody to tell.
        # Python would try to write it once more at its end, and fail with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def say_at_once(line: str) -> None:
    """Write a message from within a signal, which may have come in the middle of a print."""
    if sys.stderr is not None:  # the number of one that was closed may be another file's by now
        with contextlib.suppress(OSError):  # as in `say`
            os.write(2, line.encode())


def shows_bars() -> bool:
    """Whether messages go to a terminal, where a bar can be drawn."""
    return sys.stderr is not None and sys.stderr.isatty()


def tell(text: str) -> None:
    """Print a result; names in it that standard output cannot take as they are have their odd letters as escapes.

    Standard error does so by itself.
    """
    try:
        print(text)
    except UnicodeEncodeError:
        print(text.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))
