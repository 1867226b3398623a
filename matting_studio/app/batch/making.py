"""One photo's way through a batch: read, matte, write. Each step is for a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ImageReadError
from core.green_screen import network_picture
from core.image_io import Encoding, Photo, measure_photo, read_photo, write_image
from core.memory_plan import Limit, Result, Size
from matting_studio.app.batch.fingerprint import Source, sha256_of
from matting_studio.app.batch.pictures import Pictures
from matting_studio.app.batch.plan import Task, Wanted
from matting_studio.app.batch.recipe import Recipe
from matting_studio.app.batch.scaling import scaled_down
from matting_studio.app.cutout import opacity
from matting_studio.app.document import Snapshot
from matting_studio.app.doubt import Doubt, doubt_of
from matting_studio.app.edits import Base, fold
from matting_studio.app.export import export_all
from matting_studio.app.export_request import ExportRequest
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import CancelToken
from matting_studio.app.short_names import short_hash
from matting_studio.app.thumbnail import thumbnail

if TYPE_CHECKING:
    from core.predictor import Matte

_THUMBNAIL = Encoding(webp_quality=80)


class Predictor(Protocol):
    """What a batch needs of a `MattingPredictor`."""

    def predict(self, image: NDArray[np.generic]) -> "Matte": ...


class ThriftyPredictor(Predictor, Protocol):
    """What a batch needs of one that keeps within a limit for the memory."""

    def predict(self, image: NDArray[np.generic], *, result: Result = ..., limit: Limit | None = ...) -> "Matte": ...

    def expected_bytes(self, photo: Size, limit: Limit, result: Result = ...) -> int: ...


@dataclass(frozen=True, eq=False)
class Opened:
    photo: Photo
    source: Source


@dataclass(frozen=True, eq=False)
class Matted:
    snapshot: Snapshot
    """With the strokes of the task, at full size."""
    source: Source
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Made:
    """Whole files that are not yet in their places."""

    results: tuple[tuple[Wanted, Path], ...]
    thumbnail: Path
    doubt: Doubt


def size_of(task: Task) -> Size | None:
    """What a photo is going to have in memory, by its header; None where it cannot be read, which reading will say."""
    try:
        return Size(*measure_photo(task.item.path))
    except ImageReadError:
        return None


def open_photo(task: Task) -> Opened:
    """Raises ImageReadError."""
    path = task.item.path
    fingerprint = Fingerprint.of(path)
    if fingerprint is not None and task.item.file not in (None, fingerprint):
        raise ImageReadError(
            f"{path} has changed since it was opened in the studio. Close it there, then open it again."
        )
    photo = read_photo(path)
    contents = sha256_of(path)
    if fingerprint is None or contents is None:
        raise ImageReadError(f"{path} has gone while it was read. Put it back, then try again.")
    # Pixels and hash must be of the same file: what is noted of a photo is believed for ever.
    if Fingerprint.of(path) != fingerprint:
        raise ImageReadError(f"{path} has changed while it was read. Wait until it is whole, then try again.")
    return Opened(photo, Source(fingerprint, contents))


def matte_photo(
    task: Task, opened: Opened, predictor: Predictor | ThriftyPredictor, recipe: Recipe, limit: Limit | None = None
) -> Matted:
    """With a limit, the predictor has to be a thrifty one. Raises DeviceError."""
    photo = opened.photo
    picture = network_picture(photo)
    if limit is None:
        matte = predictor.predict(picture)
    else:
        matte = cast(ThriftyPredictor, predictor).predict(picture, result=recipe.memory_result, limit=limit)
    alpha, trimap = matte.alpha, matte.trimap
    if task.item.edits:
        base = Base(alpha, trimap)
        patch = fold(base, task.item.edits, base.box)
        alpha, trimap = patch.alpha, patch.trimap
    snapshot = Snapshot(photo, alpha, trimap, recipe.look_of(photo, task.item.look), revision=0)
    return Matted(snapshot, opened.source, (*photo.warnings, *matte.warnings))


def make_results(
    task: Task, matted: Matted, recipe: Recipe, folder: Path, *, pictures: Pictures, token: CancelToken
) -> Made:
    """Write all that is wanted of a photo into a folder, by the studio's own export.

    Raises ImageWriteError, ImageReadError for the background picture, JobCancelled.
    """
    snapshot = matted.snapshot
    assert snapshot.alpha is not None
    assert snapshot.trimap is not None
    doubt = doubt_of(snapshot.alpha, snapshot.trimap)
    if recipe.max_size_px is not None:
        snapshot = scaled_down(snapshot, recipe.max_size_px)
    stem = short_hash(task.name)
    results = tuple((wanted, folder / f"{stem}-{wanted.what}{recipe.suffix}") for wanted in task.to_make)
    requests = [ExportRequest(wanted.what, path, recipe.bit_depth, recipe.encoding) for wanted, path in results]
    try:
        export_all(snapshot, requests, token, pictures.of)
        return Made(results, _small_cutout(snapshot, folder / f"{stem}-thumbnail.webp"), doubt)
    except BaseException:
        # They would take room until the run ends, on a disk that may be full.
        for _, path in results:
            path.unlink(missing_ok=True)
        raise


def _small_cutout(snapshot: Snapshot, path: Path) -> Path:
    assert snapshot.alpha is not None
    image = thumbnail(snapshot.photo.image)
    alpha = opacity(snapshot.photo, snapshot.alpha)
    small = cv2.resize(alpha, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_AREA)
    write_image(path, image, alpha=np.clip(small, 0, 1), encoding=_THUMBNAIL)
    return path


class PixelGate:
    """Lets photos through as long as not too many pixels are worked on at once; one photo always."""

    def __init__(self, most_pixels: int) -> None:
        self._most = most_pixels
        self._inside = 0
        self._changed = threading.Condition()

    @contextmanager
    def inside(self, pixels: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._inside == 0 or self._inside + pixels <= self._most)
            self._inside += pixels
        try:
            yield
        finally:
            with self._changed:
                self._inside -= pixels
                self._changed.notify_all()
