"""How a photo and a model are known again: by size and time at a glance, by their contents for sure."""

from dataclasses import dataclass
from pathlib import Path

from core.checkpoint import shipped_detail
from core.errors import CheckpointError
from matting_studio.app.digests import Digest
from matting_studio.app.fingerprint import Fingerprint


@dataclass(frozen=True)
class Source:
    """A photo as it was when it was worked on."""

    fingerprint: Fingerprint
    sha256: str

    def is_still(self, path: Path) -> bool:
        """Whether the file has the same contents. It is read only where its time alone has changed, as by a copy."""
        now = Fingerprint.of(path)
        if now is None or now.size_bytes != self.fingerprint.size_bytes:
            return False
        return now == self.fingerprint or sha256_of(path) == self.sha256


def sha256_of(path: Path) -> str | None:
    """Of a file's contents; None where they cannot be read."""
    try:
        return Digest.of_file(path).sha256
    except OSError:
        return None


def model_key(model: Path, size_px: int | None, quality: str = "balanced") -> str:
    """What a matte depends on besides the photo: the model file, the detail network that comes with the program, the
    working size (None: the model's own), the quality.

    Raises CheckpointError where a file cannot be read.
    """
    contents = "/".join(contents_of(path) for path in (model, shipped_detail()))
    size = "" if size_px is None else f"@{size_px}"
    return contents + size + ("" if quality == "balanced" else f"+{quality}")


def contents_of(model: Path) -> str:
    digest = sha256_of(model)
    if digest is None:
        raise CheckpointError(f"The model file {model} cannot be read: check the path.")
    return digest
