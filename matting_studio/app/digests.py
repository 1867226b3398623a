"""What files hold, as a digest that is kept as long as they look the same: photos are large, and copies of unsaved work
that say which photo they are about are written again and again."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Digest:
    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Self:
        return cls(len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class _Seen:
    """A file from outside."""

    size_bytes: int
    mtime_ns: int
    inode: int
    """Another file in its place has another one, however old it is; 0 on file systems that have none."""

    @classmethod
    def of(cls, found: os.stat_result) -> Self:
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


class Digests:
    """Of the files that were asked for before, by their paths. Asked from one thread."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[_Seen, Digest]] = {}

    def of(self, path: Path) -> Digest:
        """The file is read where it is not known, or looks different from when it was. Raises OSError."""
        seen, digest = self._kept.get(path, (None, None))
        now = _Seen.of(path.stat())
        if digest is not None and seen == now:
            return digest
        with path.open("rb") as file:
            digest = Digest(sha256=hashlib.file_digest(file, "sha256").hexdigest(), size_bytes=file.tell())
        # What it looked like before it was read: one that is written meanwhile looks different the next time.
        self._kept[path] = now, digest
        return digest
