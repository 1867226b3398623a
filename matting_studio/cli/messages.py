"""Messages for people go to standard error, results to standard output; exit codes say how it went."""

import sys

from core.errors import MattingError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


class UsageError(MattingError):
    """What was asked for makes no sense together."""


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
