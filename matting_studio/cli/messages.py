"""Messages for people go to standard error, results to standard output; exit codes say how it went."""

import sys

from core.errors import MattingError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
NOBODY_READS = 141
"""As shells call the end by SIGPIPE."""


class UsageError(MattingError):
    """What was asked for makes no sense together."""


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def tell(text: str) -> None:
    """Print a result; names in it that standard output cannot take as they are have their odd letters as escapes.

    Standard error does so by itself.
    """
    try:
        print(text)
    except UnicodeEncodeError:
        print(text.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))
