"""Paths out of files that somebody or a crash may have had a hand in: one that no file can have is refused."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator


def _without_nul(path: Path) -> Path:
    # The system calls take it for the end of the name, so Python raises ValueError where a disk that has gone, or a
    # name that is too long, is an OSError.
    if "\0" in str(path):
        raise ValueError("no file has a NUL in its name")
    return path


PossiblePath = Annotated[Path, AfterValidator(_without_nul)]
