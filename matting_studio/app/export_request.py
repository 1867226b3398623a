"""What is written, where, and how; `export` does it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from core.image_io import BitDepth, Encoding


class ExportKind(StrEnum):
    CUTOUT = "cutout"
    """The person with transparency, and its shadow."""
    ALPHA = "alpha"
    TRIMAP = "trimap"
    FOREGROUND = "foreground"
    """The person's colours without transparency."""
    COMPOSITE = "composite"
    """The person on the new background."""


@dataclass(frozen=True)
class ExportRequest:
    """What is written where. The format is what the path's ending says."""

    what: ExportKind
    path: Path
    bit_depth: BitDepth | None = None
    """None: as the photo has it."""
    encoding: Encoding = field(default_factory=Encoding)
    """How hard, and how well."""
    crop: bool = True
    """Whether the look's crop is made; else the whole photo is written."""
