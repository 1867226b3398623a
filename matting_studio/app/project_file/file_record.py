"""What a project says about a file that it needs, so that the file is found again where the project, or both, moved."""

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from matting_studio.app.digests import Digest
from matting_studio.app.paths_to_open import absolute
from matting_studio.app.reach import is_file


class FileRecord(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    copied_as: str | None = None
    """Its copy in the project, where there is one."""
    relative: str | None = None
    """From the project's folder; None also where no way leads from there."""
    absolute: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None

    @classmethod
    def of(cls, file: Path, digest: Digest | None, project: Path) -> Self:
        """What is to be noted of a file in a project; no digest where the file cannot be read."""
        file = absolute(file)
        try:
            relative = Path(os.path.relpath(file, absolute(project.parent))).as_posix()
        except ValueError:
            relative = None  # on another drive of Windows there is no way from here to there
        return cls(
            name=file.name,
            relative=relative,
            absolute=str(file),
            size_bytes=digest and digest.size_bytes,
            sha256=digest and digest.sha256,
        )

    @property
    def expected_at(self) -> Path:
        return Path(self.absolute or self.name)

    def found(self, project: Path) -> list[Path]:
        """The files that may be it: where it was, seen from the project, then where it was absolutely, then beside the
        project."""
        candidates = [project.parent / self.relative] if self.relative else []
        candidates += [self.expected_at, project.parent / self.name]
        there = (Path(os.path.normpath(candidate)) for candidate in candidates if is_file(candidate))
        return list(dict.fromkeys(there))  # where nothing has moved, all three may be one

    def is_unchanged(self, candidate: Path) -> bool:
        """Whether a file holds what was noted. Raises OSError where it cannot be read."""
        return candidate.stat().st_size == self.size_bytes and Digest.of_file(candidate).sha256 == self.sha256
