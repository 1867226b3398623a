"""The controller between the views and the workers: the only thing that views talk to. SIGNATURES, being filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from matting_studio.app.document import Document
from matting_studio.app.edits import Brush
from matting_studio.app.look import Look
from matting_studio.app.session import Session, Status


@dataclass(frozen=True)
class Activity:
    """What is being done, for the status bar."""

    title: str
    stage: str
    fraction: float | None
    seconds_left: float | None
    device: str


@dataclass(frozen=True, eq=False)
class RenderedView:
    """A picture that `request_view` asked for."""

    key: str
    document: Document
    view: object
    """The render.View that was asked for."""
    image: NDArray[np.uint8]
    """(h, w, 3) RGB."""
    revision: int


class Studio(QObject):
    documents_changed = Signal()
    current_changed = Signal(object)
    """A Document or None."""
    document_changed = Signal(object)
    """A Document: its matte, edits, look, status, name or thumbnail."""
    activity_changed = Signal(object)
    """An Activity, or None when nothing is being done."""
    message = Signal(str, str)
    """Severity (`info`, `warning`, `error`) and a sentence."""
    rendered = Signal(object)
    """A RenderedView."""
    settings_changed = Signal()
    photo_missing = Signal(object)
    """A PhotoMissingError of app/project_file.py: a project's photo is not where it was; answer by `locate_photo`."""
    exported = Signal(object)
    """The list of paths that an export wrote."""

    def __init__(
        self, config_folder: Path | None = None, data_folder: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = Session()

    # Documents
    @property
    def documents(self) -> tuple[Document, ...]: ...
    @property
    def current(self) -> Document | None: ...
    def status(self, document: Document) -> Status: ...
    def failure(self, document: Document) -> str | None: ...
    def thumbnail(self, document: Document) -> NDArray[np.uint8] | None: ...  # (h, w, 3) RGB, at most 192 px
    def open(self, paths: Sequence[Path]) -> None: ...
    def paste(self, image: NDArray[np.generic]) -> None: ...  # (H, W, 3 or 4) uint8/uint16
    def open_sample(self) -> None: ...
    def locate_photo(self, project: Path, photo: Path) -> None: ...
    def select(self, document: Document) -> None: ...
    def select_next(self) -> None: ...
    def select_previous(self) -> None: ...
    def close(self, document: Document) -> None: ...
    # Corrections
    def stroke(
        self, brush: Brush, points: Sequence[tuple[float, float]], size_px: float, hardness: float, opacity: float
    ) -> None: ...
    def change_look(self, look: Look, name: str) -> None: ...
    def preview_look(self, look: Look | None) -> None: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def reset_edits(self) -> None: ...
    # Pictures
    def request_view(self, key: str, view: object) -> None: ...
    # Matting
    def cancel(self) -> None: ...
    def matte_again(self, document: Document) -> None: ...
    def set_model(self, path: Path | None) -> None: ...
    def set_device(self, name: str) -> None: ...
    def set_size_px(self, size_px: int | None) -> None: ...
    @property
    def device_text(self) -> str: ...
    @property
    def model_text(self) -> str: ...
    # Export: ExportRequest of app/export.py
    def export(self, request: object) -> None: ...
    def quick_export(self) -> None: ...
    def copy_cutout(self) -> None: ...
    # Projects, recovery, settings
    def save_project(self, path: Path | None = None, copy_photo: bool = False) -> None: ...
    def project_path(self, document: Document) -> Path | None: ...
    @property
    def modified(self) -> tuple[Document, ...]: ...
    def pending_recoveries(self) -> list[object]: ...  # recovery.RecoveryItem
    def recover(self, item: object) -> None: ...
    def discard(self, item: object) -> None: ...
    # settings: app.settings.Settings, frozen; change_settings(settings.model_copy(update={...}))
    def shutdown(self, timeout_seconds: float = 10.0) -> bool: ...
