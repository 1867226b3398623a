"""Project files: opened, saved, and kept by themselves while somebody works, for the case of a crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from matting_studio.app.digests import Digests
from matting_studio.app.document import Document, Version
from matting_studio.app.edits import Base, Patch, fold
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.app.recovery import Recovery, RecoveryError, RecoveryItem
from matting_studio.app.session import Status
from matting_studio.qt.corrections import Corrections
from matting_studio.qt.desk import Desk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matting_studio.app.project_file import PhotoMissingError, Project

AUTOSAVE_MS = 30_000


@dataclass(frozen=True, eq=False)
class _Opened:
    project: Project
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
    saved = Signal(object)
    """A Document."""
    left = Signal()
    """Work that a crash left was to be brought back and was not; it stays kept."""
    photo_wanted = Signal()
    """A document is to be saved whose photo has to be read first: `awaits` knows which, `photo_read` goes on."""

    def __init__(
        self, desk: Desk, corrections: Corrections, recovery_folder: Path, backgrounds: Path, parent: QObject
    ) -> None:
        """`backgrounds` is where background pictures are unpacked to that come within projects."""
        super().__init__(parent)
        self._desk = desk
        self._corrections = corrections
        self._digests = Digests()
        """Of files that projects and copies say which they are, again and again; used on the worker of files only."""
        self._kept: dict[Document, _Kept] = {}
        self._awaiting: dict[Document, Callable[[], None]] = {}
        """What is done with documents as soon as they have their photos."""
        self._recovering: dict[Path, RecoveryItem] = {}
        self._recovery = Recovery(recovery_folder)
        self._backgrounds = backgrounds
        self._trouble: str | None = None
        """Why the last copy could not be written."""
        self._timer = QTimer(self, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        self._timer.start()
        desk.hand.cancelled.connect(self._job_cancelled)

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
            return _Opened(project, shown, thumbnail(project.photo.image))

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
        document.project_path, document.project_is_whole = path, project.is_whole
        item = self._recovering.pop(path, None)
        if item is not None:
            document.project_path = project.project_path
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

    # Saving

    def save(self, document: Document, path: Path, is_whole: bool, then: Callable[[], None]) -> None:
        """Save a document as it is after all strokes so far; `is_whole` is what a `Project` says of itself.

        `then` is called when it is saved, and never where it cannot be.
        """
        self._corrections.in_turn(document, lambda: self._save_now(document, path, is_whole, then))

    def _save_now(self, document: Document, path: Path, is_whole: bool, then: Callable[[], None]) -> None:
        project = self._project(document, path, is_whole)
        if project is None:
            self._save_later(document, path, is_whole, then)
            return
        version, digests = document.version, self._digests

        def work(context: JobContext) -> str | None:
            from matting_studio.app.project_file import write_project  # noqa: PLC0415 - the window is up without it

            context.report(Progress("Writing the project"))
            return write_project(path, project, digests)

        def deliver(remark: str | None) -> None:
            document.project_path, document.project_is_whole = path, is_whole
            document.mark_saved(version)
            if not document.modified:
                self._drop_copy(document)
            if remark is None:
                self._desk.say("info", f"Saved as {path}.")
            else:
                self._desk.say("warning", f"Saved as {path}. {remark}")
            self._desk.document_changed.emit(document)
            self.saved.emit(document)
            then()

        title = f"Saving {document.name}"
        key = ("save", document, path)
        self._desk.files.submit(Job(key, title, work, Priority.CURRENT, deliver, essential=True))

    def _save_later(self, document: Document, path: Path, is_whole: bool, then: Callable[[], None]) -> None:
        """Its photo was put away, or was not read yet."""
        place = self._desk.session.place(document)
        if place.status is Status.FAILED and place.matte_failure is None:
            self._desk.say("warning", f"{document.name} cannot be saved: {place.sentence}")
            return
        self._awaiting[document] = lambda: self.save(document, path, is_whole, then)
        self.photo_wanted.emit()

    def awaits(self, document: Document) -> bool:
        """Whether something is to be done with a document as soon as its photo is there."""
        return document in self._awaiting

    @Slot(object)
    def photo_read(self, document: Document) -> None:
        """A document's photo has been read, or cannot be."""
        go_on = self._awaiting.pop(document, None)
        if go_on is not None:
            go_on()

    def _project(self, document: Document, project_path: Path | None, is_whole: bool) -> Project | None:
        from matting_studio.app.project_file import Project  # noqa: PLC0415 - the window is up without it

        if document.photo is None:
            return None
        return Project(
            name=document.name,
            photo=document.photo,
            photo_path=document.path,
            state=document.state,
            base=document.base,
            model=document.matted_by,
            project_path=project_path,
            photo_file=document.photo_file,
            is_whole=is_whole,
        )

    # Copies for the case of a crash

    def is_kept(self, document: Document) -> bool:
        """Whether a crash would lose nothing of a document."""
        kept = self._kept.get(document)
        return not document.modified or (kept is not None and kept.version == document.version)

    @Slot()
    def autosave(self) -> None:
        """Write copies of the documents that were changed since their last copy."""
        for document in self._desk.session.documents:
            if not document.modified:
                self._drop_copy(document)
            elif not self.is_kept(document):
                self._keep(document)

    def _keep(self, document: Document) -> None:
        project = self._project(document, document.project_path, document.project_is_whole)
        if project is None or self._desk.files.has(("autosave", document)):
            return
        version, digests = document.version, self._digests
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
        self._awaiting.pop(document, None)
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
