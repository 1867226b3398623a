"""What files hold, as a digest that is kept as long as they look the same: photos are large, and copies of unsaved work
that say which photo they are about are written again and again."""

import hashlib
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

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Raises OSError."""
        with path.open("rb") as file:
            return cls(sha256=hashlib.file_digest(file, "sha256").hexdigest(), size_bytes=file.tell())


class Digests:
    """Of the files that were asked for before, by their paths. Asked from one thread."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[tuple[int, int, int], Digest]] = {}

    def of(self, path: Path) -> Digest:
        """The file is read where it is not known, or looks different from when it was. Raises OSError."""
        found = path.stat()
        # Another file in its place has another inode, however old it is; 0 on file systems that have none.
        looks = found.st_size, found.st_mtime_ns, found.st_ino
        if path not in self._kept or self._kept[path][0] != looks:
            # What it looked like before it was read: one that is written meanwhile looks different the next time.
            self._kept[path] = looks, Digest.of_file(path)
        return self._kept[path][1]
