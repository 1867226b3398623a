"""A document's result in a file: what the preview shows, at full size, in the photo's own colour space."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import cv2

from core.errors import ImageWriteError
from core.image_io import WRITABLE_SUFFIXES, BitDepth, Encoding, Format, write_image
from matting_studio.app.crop import crop_box, cropped
from matting_studio.app.cutout import refined_alpha
from matting_studio.app.document import Snapshot
from matting_studio.app.finish import finish
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Crop, Look, Transparent


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


def export(snapshot: Snapshot, request: ExportRequest, token: CancelToken) -> None:
    """Write a document's result, whole or not at all.

    Cut-out, foreground and composite carry the photo's colour profile and EXIF. What does not go on the new background
    is written without its light: a cut-out keeps its shadow, alpha and foreground do not.

    Raises:
        ImageWriteError: nothing can be written as asked, or writing failed.
        ImageReadError: the background picture cannot be read.
        JobCancelled: the token was cancelled before writing began.
    """
    _check(snapshot, request)
    photo, look = snapshot.photo, _look_for(snapshot.look, request)
    depth = request.bit_depth or photo.bit_depth
    match request.what:
        case ExportKind.ALPHA | ExportKind.TRIMAP:
            assert snapshot.alpha is not None
            assert snapshot.trimap is not None
            alpha = refined_alpha(photo, snapshot.alpha.copy(), look)
            box = crop_box(look.crop, alpha)
            plane = alpha if request.what is ExportKind.ALPHA else snapshot.trimap
            token.raise_if_cancelled()
            write_image(
                request.path,
                cropped(plane, box, border=cv2.BORDER_CONSTANT),
                bit_depth=depth if request.what is ExportKind.ALPHA else 8,
                encoding=request.encoding,
            )
        case ExportKind.CUTOUT | ExportKind.FOREGROUND | ExportKind.COMPOSITE:
            result = finish(replace(snapshot, look=look), token)
            token.raise_if_cancelled()
            opaque = request.what is ExportKind.FOREGROUND or result.composite is not None
            write_image(
                request.path,
                result.foreground if result.composite is None else result.composite,
                alpha=None if opaque else result.alpha,
                bit_depth=depth,
                icc_profile=photo.icc_profile,
                exif=photo.exif,
                encoding=request.encoding,
            )


def _check(snapshot: Snapshot, request: ExportRequest) -> None:
    """Refuse, before any work is done, what could not be written or would destroy something."""
    path, what = request.path, request.what
    if snapshot.alpha is None or snapshot.trimap is None:
        raise ImageWriteError(f"{path} cannot be written: the photo has no matte yet. Wait until it is there.")
    source = snapshot.photo.path
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise ImageWriteError(f"{path} is the photo itself. Give the result another name.")
    if WRITABLE_SUFFIXES.get(path.suffix.lower()) is not Format.JPEG:
        return
    if what is ExportKind.TRIMAP:
        raise ImageWriteError(f"{path} cannot be written: a trimap does not survive JPEG. Use PNG, WebP or TIFF.")
    if what is ExportKind.CUTOUT:
        raise ImageWriteError(
            f"{path} cannot be written: JPEG has no transparency. Use PNG, WebP or TIFF, or export the composite."
        )
    if what is ExportKind.COMPOSITE and isinstance(snapshot.look.background, Transparent):
        raise ImageWriteError(
            f"{path} cannot be written: JPEG has no transparency. Choose a background, or use PNG, WebP or TIFF."
        )


def _look_for(look: Look, request: ExportRequest) -> Look:
    """The look without what the kind of export leaves out."""
    left_out: dict[str, object] = {} if request.crop else {"crop": Crop()}
    if request.what is not ExportKind.COMPOSITE:
        left_out["background"] = Transparent()
    if request.what not in (ExportKind.COMPOSITE, ExportKind.CUTOUT):
        left_out["shadow"] = None
    return look.model_copy(update=left_out)
