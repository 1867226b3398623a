"""The controller between the views and the workers: the only thing that views talk to.

It owns the documents and changes them on the window's thread only. What takes time goes to a worker as a job and comes
back as a value; see `desk` for the workers and the modules beside it for each kind of work.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from matting_studio.app.document import Document
from matting_studio.app.edits import Brush
from matting_studio.app.export_request import ExportRequest
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.look import Look
from matting_studio.app.network_bench import SHIPPED_MODEL, NetworkBench, NetworkChoice
from matting_studio.app.paths_to_open import PathsToOpen, absolute, is_project, looks_like_file, sort_out
from matting_studio.app.places import config_folder, data_folder, own_data_folder, runs_folder
from matting_studio.app.recovery import RecoveryItem
from matting_studio.app.sample import SAMPLE, own_folder
from matting_studio.app.session import Status
from matting_studio.app.settings import Settings, SettingsFile
from matting_studio.app.view import View
from matting_studio.qt.activities import STOPPABLE_KINDS, Activities, Activity
from matting_studio.qt.corrections import Corrections, Stroke
from matting_studio.qt.desk import Desk
from matting_studio.qt.exports import Exports
from matting_studio.qt.failures import Failures
from matting_studio.qt.lessons import Lessons
from matting_studio.qt.matting import Matting
from matting_studio.qt.projects import Projects
from matting_studio.qt.saves import Save, Saves
from matting_studio.qt.shelf import Shelf
from matting_studio.qt.views import RenderedView, Views

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.memory_plan import Limit
    from matting_studio.qt.training.runner import Runner

__all__ = ["Activity", "RenderedView", "Studio"]

_OUTLIVE_CLOSING = {"export", "copy", "learn", "autosave"}
"""Kinds of jobs whose result lies outside the document; they hold all that they need. A copy for the case of a crash is
deleted by whoever awaits it."""


class Studio(QObject):
    documents_changed = Signal()
    current_changing = Signal()
    """Another document is about to be the current one: what is still being done to this one is to be ended now."""
    current_changed = Signal(object)
    """A Document or None."""
    document_changed = Signal(object)
    """A Document: its photo, matte, edits, look, status or thumbnail."""
    activity_changed = Signal(object)
    """An Activity, or None when nothing is being done."""
    message = Signal(str, str)
    """Severity (`info`, `warning` or `error`) and a sentence."""
    made_good = Signal(str)
    """The sentence of an error, said before: what failed then has gone well now."""
    rendered = Signal(object)
    """A RenderedView."""
    settings_changed = Signal()
    """Settings, or what `model_text` and `device_text` say."""
    recent_files_found = Signal(object)
    """The Paths of those recent files that are still there."""
    photo_missing = Signal(object)
    """A PhotoMissingError: a project's photo is not where it was. Answered by `locate_photo`."""
    work_left = Signal()
    """Work that a crash left was to be recovered and was not; it stays among the pending recoveries."""
    saved = Signal(object)
    """A Document whose project file has just been written."""
    save_overtaken = Signal(object)
    """A Save that was not done, as another program has written the project file since; see `insist_on`."""
    exported = Signal(object)
    """The Path that an export wrote."""
    copied = Signal(object)
    """The Document whose cut-out is on the clipboard now."""
    handed_out = Signal(object, QImage)
    """The Path of a cut-out that was written for another program, and its picture."""
    training_failed = Signal(str)
    """A sentence: what was to be done with a training run, such as to start one whose turn it was, could not be."""
    learnt = Signal(object)
    """An own_data.Count: how many corrected photos there are to learn from, now that another one is among them."""

    def __init__(
        self, settings_folder: Path | None = None, user_folder: Path | None = None, parent: QObject | None = None
    ) -> None:
        """The folders are for settings, and for what a person made: copies of unsaved work, photos to learn from,
        training runs. By default they are the platform's own places."""
        super().__init__(parent)
        bench = NetworkBench()
        self._desk = Desk(SettingsFile(settings_folder or config_folder()), self)
        self._corrections = Corrections(self._desk, bench, self)
        user_folder = user_folder or data_folder()
        self.own_photos_folder = own_data_folder(user_folder)
        self.runs_folder = runs_folder(user_folder)
        self._saves = Saves(self._desk, self._corrections, self)
        self._projects = Projects(self._desk, self._corrections, self._saves, user_folder, self)
        self._shelf = Shelf(self._desk, self._may_be_put_away, self)
        self._matting = Matting(self._desk, bench, self._shelf.packed, self._saves.awaits, self)
        self._views = Views(self._desk, self)
        self._exports = Exports(self._desk, self._corrections, self)
        self._lessons = Lessons(self._desk, self._corrections, self.own_photos_folder, self)
        self._failures = Failures(self._desk, self)
        self._activities = Activities(self._desk, lambda: self.device_text, self)
        self._runner: Runner | None = None
        self._connect()

    def _connect(self) -> None:
        desk = self._desk
        desk.documents_changed.connect(self.documents_changed)
        desk.current_changed.connect(self.current_changed)
        desk.document_changed.connect(self.document_changed)
        desk.message.connect(self.message)
        self._failures.made_good.connect(self.made_good)
        desk.settings_changed.connect(self.settings_changed)
        self._activities.changed.connect(self.activity_changed)
        self._views.rendered.connect(self.rendered)
        self._projects.photo_missing.connect(self.photo_missing)
        self._saves.saved.connect(self.saved)
        self._saves.overtaken.connect(self.save_overtaken)
        self._projects.left.connect(self.work_left)
        self._projects.opened.connect(self._project_opened)
        self._projects.joined.connect(self._project_joined)
        self._saves.photo_wanted.connect(self._matting.advance)
        self._matting.read.connect(self._saves.photo_read)
        self._exports.exported.connect(self.exported)
        self._exports.handed_out.connect(self.handed_out)
        self._exports.copied.connect(self.copied)
        self._lessons.learnt.connect(self.learnt)
        self._matting.based.connect(self._corrections.refold)
        self._matting.loaded.connect(self._solve_rest)
        self._projects.opened.connect(self._solve_rest)
        self._projects.joined.connect(self._solve_rest)
        self._matting.based.connect(self._tidy)
        self._matting.read.connect(self._tidy)
        self._shelf.put_away.connect(self._views.forget)
        for worker in desk.workers:
            worker.cancelled.connect(self._matting.job_cancelled)
        # As soon as the event loop runs, somebody listens.
        QTimer.singleShot(0, desk.complain_of_settings)

    def warm_up(self) -> None:
        """Import what the first photo needs, before somebody waits for it; begin to tend the queue of training runs."""

        def work(_context: JobContext) -> None:
            for name in ("render", "export", "project_file", "training.launching", "training.queue"):
                importlib.import_module(f"matting_studio.app.{name}")

        def deliver(_nothing: None) -> None:
            self._tend_training()

        self._desk.hand.submit(Job(("warm up",), "Getting ready", work, Priority.HOUSEKEEPING, deliver))

    # Documents

    @property
    def documents(self) -> tuple[Document, ...]:
        return self._desk.session.documents

    @property
    def current(self) -> Document | None:
        return self._desk.session.current

    def status(self, document: Document) -> Status:
        return self._desk.session.place(document).status

    def failure(self, document: Document) -> str | None:
        """Why a document failed, as a sentence."""
        return self._desk.session.place(document).sentence

    def thumbnail(self, document: Document) -> NDArray[np.uint8] | None:
        """(h, w, 3) RGB of at most 192 px, once the photo was read."""
        return self._desk.session.place(document).thumbnail

    def open(self, paths: Sequence[Path]) -> None:
        """Open photos, projects, and all those in folders; the first of them is shown."""
        named = tuple(Path(path) for path in paths)

        def work(context: JobContext) -> PathsToOpen:
            return sort_out(named, context.token.raise_if_cancelled)

        # A folder may be large or far away, which no stroke waits for; and who opens a photo waits for no export.
        are_files = all(map(looks_like_file, named))
        worker, priority = (self._desk.hand, Priority.CURRENT) if are_files else (self._desk.files, Priority.VIEW)
        worker.submit(Job(("list", named), "Looking for photos", work, priority, self._take_paths))

    def look_for_recent_files(self) -> None:
        """Find out which of the recent files are still there; a disk may take its time to say."""
        settings = self._desk.settings

        def work(_context: JobContext) -> tuple[Path, ...]:
            return settings.existing_recent_files

        title = "Looking for recent files"
        job = Job(("recent files",), title, work, Priority.HOUSEKEEPING, self.recent_files_found.emit)
        self._desk.files.submit(job)

    def forget_recent_files(self) -> None:
        self._desk.change_settings(self._desk.settings.without_recent())

    def _take_paths(self, found: PathsToOpen) -> None:
        for complaint in found.complaints:
            self._desk.say("warning", complaint)
        if not found.files:
            return
        settings = self._desk.settings.with_recent(reversed(found.files))
        folder = own_folder(found.files[0]) or settings.open_folder
        self._desk.change_settings(settings.model_copy(update={"open_folder": folder}))
        first: Document | None = None
        known = self._documents_by_path()
        for path in found.files:
            document = known.get(path)
            if document is None and is_project(path):
                if path == found.files[0]:
                    self._projects.open(path)
                else:
                    self._projects.open_along(path)
                continue
            if document is None:
                document = known[path] = Document(path)
                self._desk.session.add(document)
            first = first or document
        self._desk.documents_changed.emit()
        if first is not None:
            self._show(first)

    def _documents_by_path(self) -> dict[Path, Document]:
        """The open documents by their photos and projects; the first one where several have the same."""
        by_path: dict[Path, Document] = {}
        for document in self.documents:
            for path in (document.path, document.project_path):
                if path is not None:
                    by_path.setdefault(path, document)
        return by_path

    def paste(self, image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
        """Open a picture (H, W, 3) RGB or (H, W, 4) RGBA, sRGB, as a new document."""
        from matting_studio.app.pasted import photo_from_array  # noqa: PLC0415 - the window is up without it
        from matting_studio.app.thumbnail import thumbnail  # noqa: PLC0415

        photo = photo_from_array(image)
        number = sum(document.path is None for document in self.documents) + 1
        document = Document(None, name="Pasted picture" if number == 1 else f"Pasted picture {number}")
        document.set_photo(photo)
        self._desk.session.add(document)
        self._desk.session.place(document).thumbnail = thumbnail(photo.image)
        self._desk.documents_changed.emit()
        self._show(document)

    def open_sample(self) -> None:
        """Open the portrait that comes with the program."""
        self.open([SAMPLE])

    def locate_photo(self, project: Path, photo: Path) -> None:
        """Open a project whose photo is somewhere else now."""
        project = absolute(project)
        open_already = self._documents_by_path().get(project)
        if open_already is None:
            self._projects.open(project, absolute(photo))
        else:
            self._show(open_already)

    @Slot(object)
    def _project_opened(self, document: Document) -> None:
        self._desk.documents_changed.emit()
        self._show(document)

    @Slot(object)
    def _project_joined(self, document: Document) -> None:
        self._desk.documents_changed.emit()
        if document is self.current:  # the first one of all
            self._show(document)
        else:
            self._matting.advance()
            self._tidy()

    def select(self, document: Document) -> None:
        if document is not self.current:
            self._show(document)

    def select_next(self) -> None:
        self._select_neighbour(1)

    def select_previous(self) -> None:
        self._select_neighbour(-1)

    def _select_neighbour(self, steps: int) -> None:
        neighbour = self._desk.session.neighbour(steps)
        if neighbour is not None:
            self._show(neighbour)

    def _show(self, document: Document) -> None:
        if document is not self.current:
            self.current_changing.emit()
        self._desk.session.select(document)
        self._current_changed()

    def _current_changed(self) -> None:
        current = self.current
        if current is not None:
            self._shelf.note_shown(current)
        self._desk.current_changed.emit(current)
        self._matting.current_changed()
        self._tidy()

    def close(self, *documents: Document) -> None:
        """Close documents and forget what was not saved of them; what is being made of them for elsewhere is finished.

        Those that are closed at once are told of once: many would keep the window busy one by one.
        """
        closed = frozenset(documents)
        was_current = self.current in closed
        if was_current:
            self.current_changing.emit()
        for document in documents:
            self._desk.session.remove(document)
        self._desk.cancel(
            lambda job: not (closed.isdisjoint(job.key) or job.essential or job.key[0] in _OUTLIVE_CLOSING)
        )
        for document in documents:
            for part in (self._corrections, self._saves, self._projects, self._shelf, self._views, self._failures):
                part.forget(document)
        self._desk.documents_changed.emit()
        if was_current:
            self._current_changed()
        else:
            self._matting.advance()

    def _may_be_put_away(self, document: Document) -> bool:
        return self._corrections.is_settled(document) and self._projects.is_kept(document)

    @Slot()
    def _solve_rest(self) -> None:
        """Solve what an earlier session or somebody's Cancel left unsolved, once there is a network to do it."""
        if self._matting.state is not None:
            for document in self.documents:
                self._corrections.solve_rest(document)

    @Slot()
    def _tidy(self) -> None:
        self._shelf.tidy()

    # Corrections of the current document

    def stroke(
        self, brush: Brush, points: Sequence[tuple[float, float]], size_px: float, hardness: float, opacity: float
    ) -> None:
        """Paint along (x, y) in pixels of the photo; nothing happens before there is a matte."""
        document = self.current
        if document is not None and document.base is not None:
            self._corrections.stroke(document, Stroke(brush, tuple(points), size_px, hardness, opacity))

    def change_look(self, look: Look, name: str) -> None:
        """Take a look, as a step of the history that is called `name`."""
        document = self.current
        if document is not None:
            self._corrections.change(document, lambda: document.change_look(look, name))
            self._views.end_preview()

    def preview_look(self, look: Look | None) -> None:
        """Show the document with another look while somebody is still choosing; None ends it."""
        if look is None:
            self._views.end_preview()
        elif self.current is not None:
            self._views.preview(self.current, look)

    def undo(self) -> None:
        document = self.current
        if document is not None:
            self._corrections.change(document, document.undo)

    def redo(self) -> None:
        document = self.current
        if document is not None:
            self._corrections.change(document, document.redo)

    def reset_edits(self) -> None:
        document = self.current
        if document is not None:
            self._corrections.change(document, lambda: document.clear_edits("Remove all strokes"))

    # Pictures

    def request_view(self, key: str, view: View) -> None:
        """Have the current document rendered; `rendered` follows. A newer request of the same key replaces it."""
        if self.current is not None:
            self._views.request(self.current, key, view)

    # The network

    def cancel(self) -> None:
        """Call off what is being done for the current document, or else what the status bar shows."""
        document = self.current
        jobs = [job for worker in self._desk.workers for job in worker.jobs if job.key[0] in STOPPABLE_KINDS]
        chosen = [job for job in jobs if job.key[1] is document]
        if not chosen and self._activities.shown_job in jobs:
            chosen = [self._activities.shown_job]
        self._matting.stop([job.key[1] for job in chosen if job.key[0] in {"read", "matte"}])
        self._desk.cancel(lambda job: job in chosen)
        for name in dict.fromkeys(job.key[1].name for job in chosen if job.key[0] == "solve"):
            self._desk.say(
                "warning", f"What was declared unknown in {name} is not solved: undo that stroke, or paint it again."
            )

    def matte_again(self, document: Document) -> None:
        """Try what failed or was cancelled once more, or have a matte made anew."""
        self._matting.matte_again(document)

    def set_model(self, path: Path | None) -> None:
        """Matte with a model file, as it is now, or with the model that comes with the program."""
        self._change_network({"model": path})

    def set_device(self, name: str) -> None:
        """Run the network on `auto`, `cpu`, `cuda`, `cuda:N` or `mps`."""
        self._change_network({"device": name})

    def set_size_px(self, size_px: int | None) -> None:
        """Matte at a working size, or at the one that the model recommends."""
        self._change_network({"size_px": size_px})

    def set_quality(self, quality: str) -> None:
        """Matte `fast`, `balanced` or `best`."""
        self._change_network({"quality": quality})

    def set_memory_limit(self, limit_bytes: int | None) -> None:
        """Let the program take so much while it mattes, or most of what is free."""
        if limit_bytes != self._desk.settings.memory_limit_bytes:
            self._matting.change_memory_limit(limit_bytes)

    @property
    def memory_limit(self) -> Limit | None:
        """What is left for work beside the open photos; None without a limit."""
        limit = self._desk.memory_limit()
        return None if limit.total_bytes is None else limit

    @property
    def network_choice(self) -> NetworkChoice:
        """What mattes are made with from now on."""
        return self._matting.choice

    def _change_network(self, update: dict[str, object]) -> None:
        self._matting.change(self._desk.settings.model_copy(update=update))

    @property
    def device_text(self) -> str:
        """What runs the network, or is going to: for example `CPU`."""
        state = self._matting.state
        return state.device if state else self._desk.settings.device

    @property
    def model_text(self) -> str:
        state, model = self._matting.state, self._desk.settings.model
        return state.model if state else model.stem if model else SHIPPED_MODEL

    # Export of the current document

    def export(self, document: Document, request: ExportRequest) -> None:
        self._exports.export(document, request)

    def hand_out_cutout(self, document: Document, path: Path) -> None:
        """Write the cut-out for another program; `handed_out` tells when it is there."""
        self._exports.hand_out(document, path)

    def quick_export(self) -> None:
        """Export as last time, beside the photo."""
        if self.current is not None:
            self._exports.quick_export(self.current)

    def copy_cutout(self) -> None:
        if self.current is not None:
            self._exports.copy_cutout(self.current)

    # Training

    @property
    def runner(self) -> Runner:
        """The training runs, which are tended from the first call on."""
        return self._tend_training()

    def _tend_training(self) -> Runner:
        """From the first call on, runs that wait are started when their turn comes."""
        if self._runner is None:
            from matting_studio.qt.training.runner import Runner  # noqa: PLC0415 - the window is up without it

            self._runner = Runner(self.runs_folder, self)
            self._runner.failed.connect(self.training_failed)
        return self._runner

    def learn_from_corrections(self) -> None:
        """Keep the current photo with its corrected matte among one's own photos to learn from; `learnt` follows."""
        if self.current is not None:
            self._lessons.learn_from(self.current)

    # Projects

    def save_project(
        self, path: Path | None = None, document: Document | None = None, then: Callable[[], None] = lambda: None
    ) -> None:
        """Save a document, by default the current one, to a project file, by default its own; `saved` follows.

        A project that is whole stays so. `then` is called when it is saved, and never where it cannot be. Raises
        ValueError where it has none and no path is given.
        """
        document = document or self.current
        if document is None:
            return
        path = path or document.project_path
        if path is None:
            raise ValueError("A document that was never saved needs a path to be saved to.")
        self._save(document, path, document.project_is_whole, then)

    def save_whole_project(self, path: Path, document: Document) -> None:
        """Save a document to a project file that holds photo and background picture, to hand it on; `saved` follows."""
        self._save(document, path, is_whole=True)

    def _save(self, document: Document, path: Path, is_whole: bool, then: Callable[[], None] = lambda: None) -> None:
        path = absolute(path)
        settings = self._desk.settings.with_recent([path])
        self._desk.change_settings(settings.model_copy(update={"project_folder": path.parent}))
        self._saves.save(Save(document, path, is_whole, then))

    def insist_on(self, save: Save) -> None:
        """Save over what another program wrote."""
        self._saves.insist(save)

    def project_owner(self, path: Path, other_than: Document) -> Document | None:
        """The open document whose project a file is, or is about to be."""
        return self._saves.owner(absolute(path), other_than)

    @property
    def saving(self) -> tuple[Document, ...]:
        """The documents that are being saved or wait for it."""
        return self._saves.saving

    @property
    def modified(self) -> tuple[Document, ...]:
        """The documents with changes that no project file has, strokes that are still drawn or solved among them."""
        return tuple(
            document for document in self.documents if document.modified or self._corrections.is_changing(document)
        )

    @property
    def exporting(self) -> tuple[Document, ...]:
        """The documents whose export is still being written, closed ones among them."""
        jobs = [job for worker in self._desk.workers for job in worker.jobs if job.key[0] == "export"]
        return tuple(dict.fromkeys(job.key[1] for job in jobs))

    def pending_recoveries(self) -> list[RecoveryItem]:
        """What a crash left behind, the newest first."""
        return self._projects.pending()

    def recover(self, item: RecoveryItem) -> None:
        self._projects.recover(item)

    def is_being_recovered(self, item: RecoveryItem) -> bool:
        return self._projects.is_being_brought_back(item)

    def discard(self, item: RecoveryItem) -> None:
        self._projects.discard(item)

    def keep_copies(self) -> None:
        """Keep copies of what was changed now, for the case that the program is ended."""
        self._projects.autosave()

    # Settings and the end

    @property
    def settings(self) -> Settings:
        return self._desk.settings

    def change_settings(self, settings: Settings) -> None:
        """Take other settings, made by `studio.settings.model_copy(update=...)`; they are written soon."""
        self._desk.change_settings(settings)

    def shutdown(self, timeout_seconds: float = 10.0) -> bool:
        """Cancel all work but saving, and end the threads; False if one is still busy after that time.

        What was not saved is not wanted: its copies for the case of a crash are deleted.
        """
        ended = self._desk.shutdown(timeout_seconds)
        if self._runner is not None:
            ended = self._runner.shutdown(timeout_seconds) and ended
        self._projects.close()
        return ended
