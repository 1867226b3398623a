"""A document's result in a file: what the preview shows, at full size, in the photo's own colour space."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ImageWriteError
from core.image_io import WRITABLE_SUFFIXES, Format, Photo, write_image
from matting_studio.app.crop import crop_box, cropped
from matting_studio.app.cutout import Cutout, clean_colours, refined_alpha
from matting_studio.app.develop import read_background
from matting_studio.app.document import Snapshot
from matting_studio.app.edits import Box
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.finish import complete
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Background, Crop, Look, Picture, Transparent


def export(snapshot: Snapshot, request: ExportRequest, token: CancelToken) -> None:
    """Write a document's result, whole or not at all: see `export_all`."""
    export_all(snapshot, (request,), token)


def export_all(
    snapshot: Snapshot,
    requests: Sequence[ExportRequest],
    token: CancelToken,
    picture_of: Callable[[Background], Photo | None] = read_background,
) -> None:
    """Write several results of a document, each whole or not at all; the person's colours are estimated once.

    Cut-out, foreground and composite carry the photo's colour profile and EXIF. What does not go on the new background
    is written without its light: a cut-out keeps its shadow, alpha and foreground do not.

    Args:
        snapshot: its arrays must not change meanwhile.
        requests: written in this order.
        token: looked at between the stages.
        picture_of: where background pictures come from.

    Raises:
        ImageWriteError: nothing can be written as asked, or writing failed. Earlier results stay.
        ImageReadError: the background picture cannot be read.
        JobCancelled: the token was cancelled before writing began.
    """
    for request in requests:
        _check(snapshot, request)
    looks = [_look_for(snapshot.look, request) for request in requests]
    # Before the work begins, so that nothing is done in vain.
    pictures = [picture_of(look.background) for look in looks]
    work = _Work(snapshot, token)
    for request, look, picture in zip(requests, looks, pictures, strict=True):
        token.raise_if_cancelled()
        if request.what in (ExportKind.ALPHA, ExportKind.TRIMAP):
            work.write_plane(request, look)
        else:
            work.write_colours(request, look, picture)


class _Work:
    """What the results of one document have in common, made when first needed."""

    def __init__(self, snapshot: Snapshot, token: CancelToken) -> None:
        assert snapshot.alpha is not None
        self._snapshot, self._token, self._matte = snapshot, token, snapshot.alpha

    @cached_property
    def _alpha(self) -> NDArray[np.float32]:
        return refined_alpha(self._snapshot.photo, self._matte, self._snapshot.look)

    @cached_property
    def _cutout(self) -> Cutout:
        photo, look = self._snapshot.photo, self._snapshot.look
        return Cutout(photo, self._matte, clean_colours(photo, self._matte, look), self._alpha)

    def _box(self, look: Look) -> Box | None:
        """What is exported, where that is known already: a result that is not to be cropped has all of the photo."""
        return None if look.crop.kind == "none" else self._snapshot.box

    def write_plane(self, request: ExportRequest, look: Look) -> None:
        """Alpha or trimap."""
        is_alpha = request.what is ExportKind.ALPHA
        plane = self._alpha if is_alpha else self._snapshot.trimap
        write_image(
            request.path,
            cropped(plane, self._box(look) or crop_box(look.crop, self._alpha), border=cv2.BORDER_CONSTANT),
            bit_depth=request.bit_depth or self._snapshot.photo.bit_depth if is_alpha else 8,
            encoding=request.encoding,
        )

    def write_colours(self, request: ExportRequest, look: Look, picture: Photo | None) -> None:
        """Cut-out, foreground or composite."""
        photo = self._snapshot.photo
        depth = request.bit_depth or photo.bit_depth
        cutout = self._cutout
        self._token.raise_if_cancelled()
        result = complete(cutout, look, picture, self._token, depth, box=self._box(look))
        self._token.raise_if_cancelled()
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


def refusal(photo: Photo, look: Look, request: ExportRequest, open_photos: Iterable[Path] = ()) -> str | None:
    """Why a result would destroy something or could not be written as asked; None where nothing is against it.

    `open_photos` are others that are being worked on. Raises OSError where the path cannot be looked at.
    """
    taken = _taken(photo, look, request.path, open_photos)
    if taken is not None:
        return f"{request.path} is {taken}. Give the result another name."
    return _fault_of_jpeg(look, request)


def _taken(photo: Photo, look: Look, path: Path, open_photos: Iterable[Path]) -> str | None:
    """What is there already and must stay."""
    if not path.exists():
        return None
    own = [] if photo.path is None else [photo.path]
    background = [look.background.path] if isinstance(look.background, Picture) else []
    files = {"the photo itself": own, "the background itself": background, "a photo that is open": open_photos}
    return next(
        (what for what, paths in files.items() if any(other.exists() and path.samefile(other) for other in paths)), None
    )


def _fault_of_jpeg(look: Look, request: ExportRequest) -> str | None:
    path, what = request.path, request.what
    if WRITABLE_SUFFIXES.get(path.suffix.lower()) is not Format.JPEG:
        return None
    fault = f"{path} cannot be written: JPEG has no transparency."
    if what is ExportKind.TRIMAP:
        return f"{path} cannot be written: a trimap does not survive JPEG. Use PNG, WebP or TIFF."
    if what is ExportKind.CUTOUT:
        return f"{fault} Use PNG, WebP or TIFF, or export the composite."
    if what is ExportKind.COMPOSITE and isinstance(look.background, Transparent):
        return f"{fault} Choose a background, or use PNG, WebP or TIFF."
    return None


def _check(snapshot: Snapshot, request: ExportRequest) -> None:
    """Refuse before any work is done."""
    if snapshot.alpha is None or snapshot.trimap is None:
        raise ImageWriteError(f"{request.path} cannot be written: the photo has no matte yet. Wait until it is there.")
    try:
        sentence = refusal(snapshot.photo, snapshot.look, request)
    except OSError as error:
        raise ImageWriteError(
            f"{request.path} cannot be written ({error.strerror or error}). Give it another name or another folder."
        ) from error
    if sentence is not None:
        raise ImageWriteError(sentence)


def _look_for(look: Look, request: ExportRequest) -> Look:
    """The look without what the kind of export leaves out."""
    left_out: dict[str, object] = {} if request.crop else {"crop": Crop()}
    if request.what is not ExportKind.COMPOSITE:
        left_out["background"] = Transparent()
    if request.what not in (ExportKind.COMPOSITE, ExportKind.CUTOUT):
        left_out["shadow"] = None
    return look.model_copy(update=left_out)
