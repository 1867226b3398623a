"""Documents written to project files: after all strokes so far, and never over what another program wrote meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from matting_studio.app.digests import Digests
from matting_studio.app.document import Document
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.app.reach import is_same_place
from matting_studio.app.session import Status
from matting_studio.qt.corrections import Corrections
from matting_studio.qt.desk import Desk

if TYPE_CHECKING:
    from matting_studio.app.project_file import Project


@dataclass(frozen=True, eq=False)
class Save:
    """That a document is to be saved."""

    document: Document
    path: Path
    is_whole: bool
    """What a `Project` says of itself."""
    then: Callable[[], None]
    """Called when it is saved, and never where it cannot be."""


class _Overtaken:
    """Another program wrote the file since the document was read from it or saved to it."""


@dataclass(frozen=True)
class _Written:
    remark: str | None
    """What there is to say of it."""


class Saves(QObject):
    saved = Signal(object)
    """A Document."""
    overtaken = Signal(object)
    """A Save that was not done, since another program has written its file; see `insist`."""
    photo_wanted = Signal()
    """A document is to be saved whose photo has to be read first: `awaits` knows which, `photo_read` goes on."""

    def __init__(self, desk: Desk, corrections: Corrections, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._corrections = desk, corrections
        self.digests = Digests()
        """Of files that projects and copies say which they are, again and again; used on the worker of files only."""
        self._wanted: list[Save] = []
        """What is not written yet, in the order in which it was asked for."""
        self._awaiting: dict[Document, list[Save]] = {}
        """What is saved as soon as the photos are there."""
        self._files: dict[Document, tuple[Path, Fingerprint | None]] = {}
        """The project files as the documents were read from them or saved to them; changed by the worker of files, as
        the next save may have begun there before the window hears of this one."""

    # What is being saved where

    @property
    def saving(self) -> tuple[Document, ...]:
        return tuple(dict.fromkeys(save.document for save in self._wanted))

    def owner(self, path: Path, other_than: Document | None = None) -> Document | None:
        """The open document whose project a file is, or is about to be, be it by another name of that file."""
        others = (document for document in self._desk.session.documents if document is not other_than)
        return next((other for other in others if any(is_same_place(path, own) for own in self._paths(other))), None)

    def _paths(self, document: Document) -> list[Path]:
        known = [] if document.project_path is None else [document.project_path]
        return known + [save.path for save in self._wanted if save.document is document]

    def note(self, document: Document, path: Path, file: Fingerprint | None) -> None:
        """A document was read from a project file, which was like this."""
        self._files[document] = path, file

    def forget(self, document: Document) -> None:
        """The document was closed; what is being written already is written."""
        self._awaiting.pop(document, None)
        self._files.pop(document, None)
        under_way = {job.key for job in self._desk.files.jobs}
        self._wanted = [save for save in self._wanted if save.document is not document or _key(save) in under_way]

    # Saving

    def save(self, save: Save) -> None:
        """Save a document as it is after all strokes so far."""
        self._wanted.append(save)
        self._corrections.when_complete(save.document, partial(self._save_now, save))

    def insist(self, save: Save) -> None:
        """Write over what another program wrote."""
        self._files.pop(save.document, None)
        self.save(save)

    def _save_now(self, save: Save) -> None:
        document, path = save.document, save.path
        project = project_of(document, path, save.is_whole)
        if project is None:
            self._save_later(save)
            return
        version, digests, files = document.version, self.digests, self._files

        def work(context: JobContext) -> _Written | _Overtaken:
            from matting_studio.app.project_file import write_project  # noqa: PLC0415 - the window is up without it

            context.report(Progress("Writing the project"))
            known_path, known = files.get(document, (None, None))
            if path == known_path and known is not None and Fingerprint.of(path) not in (known, None):
                return _Overtaken()
            remark = write_project(path, project, digests)
            files[document] = path, Fingerprint.of(path)
            return _Written(remark)

        def deliver(outcome: _Written | _Overtaken) -> None:
            done = self._end(save)

            def go_on() -> None:
                for each in done:
                    each.then()

            if isinstance(outcome, _Overtaken):
                self.overtaken.emit(replace(save, then=go_on))
                return
            document.project_path, document.project_is_whole = path, save.is_whole
            document.mark_saved(version)
            if outcome.remark is None:
                self._desk.say("info", f"Saved as {path}.")
            else:
                self._desk.say("warning", f"Saved as {path}. {outcome.remark}")
            self._desk.document_changed.emit(document)
            self.saved.emit(document)
            go_on()

        def fail(_sentence: str) -> None:
            self._end(save)

        title = f"Saving {document.name}"
        self._desk.files.submit(Job(_key(save), title, work, Priority.CURRENT, deliver, fail, essential=True))

    def _end(self, save: Save) -> list[Save]:
        """Take a save off the list, and those before it that gave way to it; returns them all."""
        if save.document not in self._desk.session:
            self._files.pop(save.document, None)
        before = self._wanted[: self._wanted.index(save) + 1]
        ended = [each for each in before if _key(each) == _key(save)]
        self._wanted = [each for each in self._wanted if each not in ended]
        return ended

    def _save_later(self, save: Save) -> None:
        """Its photo was put away, or was not read yet."""
        document = save.document
        place = self._desk.session.place(document)
        if place.status is Status.FAILED and place.matte_failure is None:
            self._end(save)
            self._desk.say("warning", f"{document.name} cannot be saved: {place.sentence}")
            return
        self._awaiting.setdefault(document, []).append(save)
        self.photo_wanted.emit()

    def awaits(self, document: Document) -> bool:
        """Whether a document is to be saved as soon as its photo is there."""
        return document in self._awaiting

    @Slot(object)
    def photo_read(self, document: Document) -> None:
        """A document's photo has been read, or cannot be."""
        for save in self._awaiting.pop(document, []):
            self._corrections.when_complete(document, partial(self._save_now, save))


def _key(save: Save) -> tuple[str, Document, Path]:
    return "save", save.document, save.path


def project_of(document: Document, project_path: Path | None, is_whole: bool) -> Project | None:
    """What a project file is to hold of a document; None as long as its photo is not there."""
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
