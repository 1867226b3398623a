"""Project files: opened, and kept by themselves while somebody works, for the case of a crash; `saves` writes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from matting_studio.app.document import Document, Version
from matting_studio.app.edits import Base, Patch, fold
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.app.places import backgrounds_folder
from matting_studio.app.recovery import Recovery, RecoveryError, RecoveryItem
from matting_studio.app.session import Status
from matting_studio.qt.corrections import Corrections
from matting_studio.qt.desk import Desk
from matting_studio.qt.saves import Saves, project_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matting_studio.app.project_file import PhotoMissingError, Project

AUTOSAVE_MS = 30_000


@dataclass(frozen=True, eq=False)
class _Opened:
    project: Project
    file: Fingerprint | None
    """The project's, before it was read."""
    shown: Patch | None
    thumbnail: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Kept:
    """The copy of a modified document."""

    path: Path
    version: Version


class Projects(QObject):
    opened = Signal(object)
    """A Document that has just joined the session with its photo, and with its matte if the project had one."""
    joined = Signal(object)
    """The same of one that was opened along with others, and that nobody waits for."""
    photo_missing = Signal(object)
    """A PhotoMissingError."""
    left = Signal()
    """Work that a crash left was to be brought back and was not; it stays kept."""

    def __init__(self, desk: Desk, corrections: Corrections, saves: Saves, user_folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._corrections, self._saves = desk, corrections, saves
        self._kept: dict[Document, _Kept] = {}
        self._recovering: dict[Path, RecoveryItem] = {}
        self._recovery = Recovery(user_folder / "recovery")
        self._backgrounds = backgrounds_folder(user_folder)
        """Where background pictures are unpacked to that come within projects."""
        self._trouble: str | None = None
        """Why the last copy could not be written."""
        self._timer = QTimer(self, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        self._timer.start()
        desk.hand.cancelled.connect(self._job_cancelled)
        saves.saved.connect(self._drop_copy_if_saved)

    # Opening

    def open(self, path: Path, photo_path: Path | None = None) -> None:
        """Open a project, by its absolute path, unless that is under way already; `photo_path` says where its photo
        is now."""
        self._open(path, photo_path, Priority.CURRENT, self.opened)

    def open_along(self, path: Path) -> None:
        """As `open`, behind those and all else that somebody waits for; `joined` follows."""
        self._open(path, None, Priority.OTHERS, self.joined)

    def _open(self, path: Path, photo_path: Path | None, priority: Priority, announcing: SignalInstance) -> None:
        if self._desk.is_worked_on("project", path):
            return
        backgrounds, item = self._backgrounds, self._recovering.get(path)

        def work(context: JobContext) -> _Opened | PhotoMissingError:
            from matting_studio.app.bringing_back import bring_back  # noqa: PLC0415 - the window is up without it
            from matting_studio.app.project_file import PhotoMissingError, read_project  # noqa: PLC0415 - as above
            from matting_studio.app.thumbnail import thumbnail  # noqa: PLC0415

            context.report(Progress("Reading the project"))
            file = Fingerprint.of(path)
            try:
                if item is None:
                    project = read_project(path, photo_path, backgrounds)
                else:
                    project = bring_back(item, photo_path, backgrounds)
            except PhotoMissingError as error:
                # Nothing failed yet: somebody may know where the photo is.
                return error
            base = project.base
            shown = fold(base, (), base.box) if isinstance(base, Base) else None
            context.token.raise_if_cancelled()
            return _Opened(project, file, shown, thumbnail(project.photo.image))

        def deliver(opened: _Opened | PhotoMissingError) -> None:
            if isinstance(opened, _Opened):
                announcing.emit(self._join(path, opened))
            else:
                self.photo_missing.emit(opened)

        def fail(_sentence: str) -> None:
            self._leave(path)

        # All on one thread, so that they join in the order in which they were named.
        title = f"Opening {path.name if item is None else item.name}"
        self._desk.hand.submit(Job(("project", path), title, work, priority, deliver, fail))

    def _join(self, path: Path, opened: _Opened) -> Document:
        project = opened.project
        document = Document(project.photo_path, project.state, project.name)
        document.project_is_whole = project.is_whole
        item = self._recovering.pop(path, None)
        if item is None:
            document.project_path = path
            self._saves.note(document, path, opened.file)
        else:
            document.project_path = self._unclaimed(project.project_path, item)
            document.mark_saved(None)
            self._take_over(document, item)
        document.set_photo(project.photo)
        document.photo_file = project.photo_file
        document.matted_by = project.model
        if isinstance(project.base, Base):
            document.set_base(project.base, opened.shown)
        status = Status.WAITING if document.base is None else Status.READY
        self._desk.session.add(document, status)
        self._desk.session.place(document).thumbnail = opened.thumbnail
        self._corrections.refold(document)
        return document

    def _unclaimed(self, path: Path | None, item: RecoveryItem) -> Path | None:
        """The project file that somebody's work was to be saved to, unless it is opened already: then the two would
        write over each other."""
        if path is None or self._saves.owner(path) is None:
            return path
        self._desk.say(
            "warning", f"{path} is open already: what was brought back of {item.name} wants a name of its own."
        )
        return None

    # Copies for the case of a crash

    def is_kept(self, document: Document) -> bool:
        """Whether a crash would lose nothing of a document."""
        kept = self._kept.get(document)
        return not document.modified or (kept is not None and kept.version == document.version)

    @Slot(object)
    def _drop_copy_if_saved(self, document: Document) -> None:
        if not document.modified:
            self._drop_copy(document)

    @Slot()
    def autosave(self) -> None:
        """Write copies of the documents that were changed since their last copy."""
        for document in self._desk.session.documents:
            if not document.modified:
                self._drop_copy(document)
            elif not self.is_kept(document):
                self._keep(document)

    def _keep(self, document: Document) -> None:
        project = project_of(document, document.project_path, document.project_is_whole)
        if project is None or self._desk.files.has(("autosave", document)):
            return
        version, digests = document.version, self._saves.digests
        kept = self._kept.get(document)
        try:
            path = kept.path if kept else self._recovery.new_path(document.name)
        except RecoveryError as error:
            if self._trouble is None:
                self._desk.say("warning", str(error))
            self._trouble = str(error)  # it is tried again: there may be room, or a way there, later
            return

        def work(_context: JobContext) -> str | None:
            from matting_studio.app.project_file import ProjectError, write_project  # noqa: PLC0415 - as above

            try:
                # What there is to say about the photo is said when somebody saves.
                write_project(path, project, digests)
            except ProjectError as error:
                return str(getattr(error.__cause__, "strerror", None) or error.__cause__)
            return None

        def deliver(trouble: str | None) -> None:
            self._tell_trouble_with_copies(trouble)
            if trouble is not None:
                return
            self._kept[document] = _Kept(path, version)
            if document not in self._desk.session or not document.modified:
                self._drop_copy(document)

        title = f"Keeping a copy of {document.name}"
        self._desk.files.submit(Job(("autosave", document), title, work, Priority.HOUSEKEEPING, deliver))

    def _drop_copy(self, document: Document) -> None:
        kept = self._kept.pop(document, None)
        if kept is not None:
            self._recovery.drop(kept.path)

    def _tell_trouble_with_copies(self, trouble: str | None) -> None:
        """Once, until copies can be written again."""
        if trouble is not None and self._trouble is None:
            self._desk.say(
                "warning", f"Unsaved work cannot be kept for the case of a crash ({trouble}): save it yourself, often."
            )
        self._trouble = trouble

    def forget(self, document: Document) -> None:
        """The document was closed, and what was not saved is not wanted."""
        self._drop_copy(document)

    # What a crash left

    def pending(self) -> list[RecoveryItem]:
        try:
            return self._recovery.pending()
        except RecoveryError as error:
            self._desk.say("warning", str(error))
            return []

    def recover(self, item: RecoveryItem) -> None:
        """Open what a crash left; its copy stays until the document is saved or closed."""
        self._recovering[item.path] = item
        self.open(item.path)

    def is_being_brought_back(self, item: RecoveryItem) -> bool:
        return self._desk.is_worked_on("project", item.path)

    def _leave(self, path: Path) -> None:
        """A project was not opened."""
        if path in self._recovering:
            self.left.emit()

    @Slot(object)
    def _job_cancelled(self, job: Job) -> None:
        kind, *rest = job.key
        if kind == "project":
            self._leave(rest[0])

    def discard(self, item: RecoveryItem) -> None:
        self._recovering.pop(item.path, None)
        try:
            self._recovery.discard(item)
        except RecoveryError as error:
            self._desk.say("warning", str(error))

    def _take_over(self, document: Document, item: RecoveryItem) -> None:
        try:
            self._kept[document] = _Kept(self._recovery.take(item), document.version)
        except RecoveryError as error:
            self._desk.say("warning", str(error))

    def close(self) -> None:
        """The program ends well: nothing is left to recover."""
        self._timer.stop()
        try:
            self._recovery.close()
        except RecoveryError as error:
            self._desk.say("warning", str(error))
