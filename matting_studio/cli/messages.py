"""Messages for people go to standard error, results to standard output; exit codes say how it went."""

import errno
import os
import sys

from core.errors import MattingError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
NOBODY_READS = 141
"""As shells call the end by SIGPIPE."""


class UsageError(MattingError):
    """What was asked for makes no sense together."""


def say(sentence: str) -> None:
    """Print a message; to a terminal that has ended none, and what was done is no failure for that."""
    try:
        print(sentence, file=sys.stderr)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # Python would try to write it once more at its end, and fail with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def tell(text: str) -> None:
    """Print a result; names in it that standard output cannot take as they are have their odd letters as escapes.

    Standard error does so by itself.
    """
    try:
        print(text)
    except UnicodeEncodeError:
        print(text.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))
