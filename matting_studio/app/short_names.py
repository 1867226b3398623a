"""Names that are not too long for a file system, and still one for each."""

import hashlib
import os

LONGEST_NAME_BYTES = 255


def shortened(stem: str, excess_bytes: int) -> str:
    """A stem that takes less by so much: its beginning, and a mark that it has for itself.

    Raises ValueError where nothing would be left of it.
    """
    mark = "~" + short_hash(stem)[:8]
    kept_bytes = len(os.fsencode(stem)) - excess_bytes - len(mark)
    if kept_bytes < 1:
        raise ValueError(f"{stem} cannot be shortened by {excess_bytes} bytes.")
    # Cut between letters, not within one.
    return os.fsencode(stem)[:kept_bytes].decode(errors="ignore") + mark


def fitted(stem: str, ending: str) -> str:
    """A file's name; where it would be too long, of as much of the stem as the ending leaves room for.

    Raises ValueError where that is nothing.
    """
    excess_bytes = len(os.fsencode(stem + ending)) - LONGEST_NAME_BYTES
    return (shortened(stem, excess_bytes) if excess_bytes > 0 else stem) + ending


def short_hash(name: str) -> str:
    """Twenty letters that stand for a name, however long it is."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:20]
