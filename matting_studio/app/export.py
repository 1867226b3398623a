"""A document's result in a file: what the preview shows, at full size, in the photo's own colour space."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.image_io import BitDepth, Encoding
from matting_studio.app.document import Snapshot


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


class Cancellation(Protocol):
    """Asked between the stages of long work."""

    def raise_if_cancelled(self) -> None: ...


def export(snapshot: Snapshot, request: ExportRequest, token: Cancellation) -> None:
    """Write a document's result, whole or not at all.

    Raises: ExportError where nothing can be written as asked, ImageWriteError where writing fails, and whatever the
    token raises when the work is cancelled.
    """
    raise NotImplementedError
