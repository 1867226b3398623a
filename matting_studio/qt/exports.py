"""Results to files and to the clipboard."""

import tempfile
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from matting_studio.app.document import Document, Snapshot
from matting_studio.app.edits import Base, Edit, fold
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.app.places import pictures_folder
from matting_studio.app.reach import is_there
from matting_studio.app.result_name import result_stem
from matting_studio.app.settings import ExportSettings
from matting_studio.qt.corrections import Corrections
from matting_studio.qt.desk import Desk
from matting_studio.qt.pictures import read_for_others


@dataclass(frozen=True, eq=False)
class _Frozen:
    """A document as it was when its export was asked for; the arrays that are shown may be painted on meanwhile."""

    shown: Snapshot
    base: Base
    edits: tuple[Edit, ...]

    def snapshot(self) -> Snapshot:
        """With a matte of its own, made from what never changes. Takes time with large photos."""
        patch = fold(self.base, self.edits, self.base.box)
        return replace(self.shown, alpha=patch.alpha, trimap=patch.trimap)


class Exports(QObject):
    exported = Signal(object)
    """The Path that was written."""
    copied = Signal(object)
    """The Document whose cut-out is on the clipboard now."""
    handed_out = Signal(object, QImage)
    """The Path of a cut-out that was written for another program, and its picture."""

    def __init__(self, desk: Desk, corrections: Corrections, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._corrections = corrections

    def export(self, document: Document, request: ExportRequest) -> None:
        """Write a document's result as it is after all strokes so far, and remember the choices."""
        settings = self._desk.settings
        self._desk.change_settings(
            settings.model_copy(
                update={"export": ExportSettings.of(request), "export_folder": request.path.absolute().parent}
            )
        )
        self._corrections.when_complete(document, lambda: self._export_now(document, request))

    def hand_out(self, document: Document, path: Path) -> None:
        """Write the cut-out for another program: no export that a person chose, so no word and no memory."""
        self._corrections.when_complete(document, lambda: self._hand_out_now(document, path))

    def quick_export(self, document: Document) -> None:
        """Export with the same choices as last time, beside the photo or its project; overwrites nothing."""
        folder = document.folder or self._desk.settings.export_folder or pictures_folder()
        chosen = self._desk.settings.export

        def export() -> None:
            # Now, as what other photos waited with may have taken the name meanwhile.
            stems = (result_stem(document.name, chosen.what, chosen.suffix, number) for number in count(1))
            requests = (chosen.request(folder, stem) for stem in stems)
            self._export_now(document, next(request for request in requests if not self._is_taken(request.path)))

        self._corrections.when_complete(document, export)

    def copy_cutout(self, document: Document) -> None:
        """Put the cut-out with transparency on the clipboard: as PNG, and as the system's own kind of picture."""
        self._corrections.when_complete(document, lambda: self._copy_now(document))

    def _is_taken(self, path: Path) -> bool:
        return is_there(path) or any(job.key[0] == "export" and job.key[2] == path for job in self._desk.files.jobs)

    def _export_now(self, document: Document, request: ExportRequest) -> None:
        frozen = self._frozen(document)
        if frozen is None:
            return

        def work(context: JobContext) -> None:
            from matting_studio.app.export import export  # noqa: PLC0415 - the window is up without it

            context.report(Progress(f"Writing {request.path.name}"))
            export(frozen.snapshot(), request, context.token)

        def deliver(_nothing: None) -> None:
            self._desk.say("info", f"Exported to {request.path}.")
            self.exported.emit(request.path)

        key = ("export", document, request.path)
        self._desk.files.submit(Job(key, f"Exporting {document.name}", work, Priority.CURRENT, deliver))

    def _hand_out_now(self, document: Document, path: Path) -> None:
        frozen = self._frozen(document)
        if frozen is None:
            return

        def work(context: JobContext) -> QImage:
            return _cutout(frozen, path, context)

        def deliver(image: QImage) -> None:
            self.handed_out.emit(path, image)

        key, title = ("hand out", document, path), f"Handing out {document.name}"
        self._desk.files.submit(Job(key, title, work, Priority.CURRENT, deliver))

    def _copy_now(self, document: Document) -> None:
        frozen = self._frozen(document)
        if frozen is None:
            return

        def work(context: JobContext) -> tuple[bytes, QImage]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "cutout.png"
                image = _cutout(frozen, path, context)
                return path.read_bytes(), image

        def deliver(copy: tuple[bytes, QImage]) -> None:
            data, image = copy
            contents = QMimeData()
            contents.setData("image/png", data)
            contents.setImageData(image)
            QGuiApplication.clipboard().setMimeData(contents)
            self._desk.say("info", f"The cut-out of {document.name} is on the clipboard.")
            self.copied.emit(document)

        self._desk.files.submit(Job(("copy", document), f"Copying {document.name}", work, Priority.CURRENT, deliver))

    def _frozen(self, document: Document) -> _Frozen | None:
        snapshot, base = document.snapshot(), document.base
        if snapshot is None or base is None:
            self._desk.say("info", f"The matte of {document.name} is not there yet: export it once it is.")
            return None
        return _Frozen(snapshot, base, document.edits)


def _cutout(frozen: _Frozen, path: Path, context: JobContext) -> QImage:
    """Write the cut-out to a PNG; returns its picture, as other programs take it."""
    from matting_studio.app.export import export  # noqa: PLC0415 - the window is up without it

    context.report(Progress("Making the cut-out"))
    export(frozen.snapshot(), ExportRequest(ExportKind.CUTOUT, path), context.token)
    context.token.raise_if_cancelled()
    return read_for_others(path)
