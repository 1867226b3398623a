"""What an error comes from: libraries wrap what the system said in errors of their own. And what it still holds."""

import errno
import traceback
from collections.abc import Iterator

_FULL = (errno.ENOSPC, errno.EDQUOT)


def with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it was raised from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or what it comes from, says that there is no room."""
    return any(isinstance(each, OSError) and each.errno in _FULL for each in with_causes(error))


def let_go(error: BaseException) -> None:
    """Free what the frames that an error ended still hold. Its traceback, and those of its causes, keep their lines."""
    for each in with_causes(error):
        traceback.clear_frames(each.__traceback__)
