"""What is made of each photo, and which of the settings each kind of result depends on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import MattingError
from core.image_io import WRITABLE_SUFFIXES, BitDepth, Encoding, Format, Photo
from core.memory_plan import Result
from matting_studio.app.background import look_before
from matting_studio.app.batch.fingerprint import sha256_of
from matting_studio.app.edits import Edit
from matting_studio.app.export_request import ExportKind
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Look, Picture

DEFAULT_TEMPLATE = "{stem}-{what}"


class RecipeError(MattingError):
    """What is asked for cannot be made of any photo."""


@dataclass(frozen=True)
class Recipe:
    """What is made of each photo."""

    what: tuple[ExportKind, ...] = (ExportKind.CUTOUT,)
    suffix: str = ".png"
    look: Look = field(default_factory=Look)
    """For photos that have no look of their own. Its lengths are in pixels of the photo, whatever `max_size_px` is."""
    blurred: bool = False
    """The photo's own background out of focus, in proportion to its size, instead of the look's background."""
    max_size_px: int | None = None
    """Results are scaled down so that their longer side has at most so many pixels."""
    template: str = DEFAULT_TEMPLATE
    """Names of the results without their ending; see `naming`."""
    bit_depth: BitDepth | None = None
    encoding: Encoding = field(default_factory=Encoding)

    def check(self) -> None:
        """Raises RecipeError with a sentence where no photo could be done like this."""
        if not self.what:
            raise RecipeError("Nothing is to be made: choose at least one kind of result.")
        if self.suffix not in WRITABLE_SUFFIXES:
            raise RecipeError(
                f"{self.suffix} names no format that is written: use one of {', '.join(WRITABLE_SUFFIXES)}."
            )
        if self.max_size_px is not None and self.max_size_px < 1:
            raise RecipeError(f"Results cannot be {self.max_size_px} px large: give 1 px or more.")
        is_jpeg = WRITABLE_SUFFIXES[self.suffix] is Format.JPEG
        if is_jpeg and ExportKind.CUTOUT in self.what:
            raise RecipeError("JPEG has no transparency: use PNG, WebP or TIFF for cut-outs, or make composites.")
        if is_jpeg and ExportKind.TRIMAP in self.what:
            raise RecipeError("A trimap does not survive JPEG: use PNG, WebP or TIFF.")

    @property
    def memory_result(self) -> Result:
        """The one of the results that takes the most memory."""
        if ExportKind.COMPOSITE in self.what:
            return Result.COMPOSITE
        cut_out = {ExportKind.CUTOUT, ExportKind.FOREGROUND}
        return Result.CUTOUT if cut_out & set(self.what) else Result.MATTE

    def look_of(self, photo: Photo, own: Look | None) -> Look:
        """The look of one photo; `own` is what was chosen for this photo alone."""
        if own is not None:
            return own
        if not self.blurred:
            return self.look
        return self.look.model_copy(update={"background": look_before("blur", photo).background})

    def settings(self, what: ExportKind, own: Look | None = None, edits: Sequence[Edit] = ()) -> str:
        """A hash of all that a kind of result depends on, besides photo and model.

        What it does not depend on plays no part: another background makes composites new and leaves the cut-outs.
        Raises RecipeError where the background picture cannot be read.
        """
        look = own or self.look
        parts: dict[str, Any] = {
            "what": what,
            "look": _concerning(look, what),
            "max_size_px": self.max_size_px,
            "bit_depth": None if what is ExportKind.TRIMAP else self.bit_depth,
            "encoding": _encoding(self.encoding, self.suffix),
            "edits": [_edit(edit) for edit in edits],
        }
        if what is ExportKind.COMPOSITE:
            if own is None and self.blurred:
                parts["look"]["background"] = "blurred"
            elif isinstance(look.background, Picture):
                parts["picture"] = _picture(look.background.path)
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _concerning(look: Look, what: ExportKind) -> dict[str, Any]:
    chosen = look.model_dump(mode="json")
    if what is not ExportKind.COMPOSITE:
        for name in ("background", "light_wrap", "colour_match"):
            del chosen[name]
    if what not in (ExportKind.COMPOSITE, ExportKind.CUTOUT):
        del chosen["shadow"]
    if what in (ExportKind.ALPHA, ExportKind.TRIMAP):
        del chosen["decontaminate"]
    if what is ExportKind.TRIMAP and look.crop.kind == "none":
        del chosen["refinement"]  # it has its effect on a trimap only by where the crop is
    return chosen


def _encoding(encoding: Encoding, suffix: str) -> dict[str, Any]:
    prefix = WRITABLE_SUFFIXES[suffix].value.lower()
    return {"suffix": suffix} | {name: value for name, value in asdict(encoding).items() if name.startswith(prefix)}


def _edit(edit: Edit) -> str:
    digest = hashlib.sha256(f"{edit.box} {edit.brush}".encode())
    digest.update(edit.coverage.tobytes())
    if edit.solved is not None:
        digest.update(edit.solved.tobytes())
    return digest.hexdigest()


def _picture(path: Path) -> str:
    fingerprint = Fingerprint.of(path)
    contents = None if fingerprint is None else _contents(path, fingerprint)
    if contents is None:
        raise RecipeError(f"The background picture {path} cannot be read. Check the name and the folder.")
    return contents


@lru_cache(maxsize=8)
def _contents(path: Path, _fingerprint: Fingerprint) -> str | None:
    return sha256_of(path)
