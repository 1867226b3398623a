"""Gets every photo read and matted: the shown one first, then those after it in the strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from matting_studio.app.document import Document
from matting_studio.app.edits import Base, Patch, fold
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.app.network_bench import NetworkBench, NetworkChoice, NetworkState
from matting_studio.app.session import Place, Status
from matting_studio.app.settings import Settings
from matting_studio.qt.desk import Desk
from matting_studio.qt.worker import Worker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.image_io import Photo
    from matting_studio.app.packing import PackedBase

_ON_THEIR_WAY = (Status.WAITING, Status.MATTING)

READ_AHEAD = 2
"""Photos that may wait for the network in memory, so that it never waits for them."""


@dataclass(frozen=True, eq=False)
class _Read:
    file: Fingerprint | None
    """As it was when reading began: what changes from there on is noticed."""
    photo: Photo
    thumbnail: NDArray[np.uint8]
    base: Base | None
    shown: Patch | None


@dataclass(frozen=True, eq=False)
class _Matted:
    base: Base
    shown: Patch
    warnings: tuple[str, ...]
    remark: str | None


class Matting(QObject):
    """Whatever changes what is to be done calls `advance`; it submits the next jobs, one per worker and kind."""

    based = Signal(object)
    """A Document that has just got its matte, without its edits."""
    loaded = Signal()
    """The network is ready, or another one is."""
    read = Signal(object)
    """A Document that has just got its photo, or is found to have none that can be read."""

    def __init__(
        self,
        desk: Desk,
        bench: NetworkBench,
        packed: Callable[[Document], PackedBase | None],
        is_awaited: Callable[[Document], bool],
        parent: QObject,
    ) -> None:
        """`packed` gives the matte of a document that was put away, `is_awaited` says whether its photo is needed."""
        super().__init__(parent)
        self._desk = desk
        self._bench = bench
        self._packed = packed
        self._is_awaited = is_awaited
        self._state: NetworkState | None = None
        self._loading = False
        self._load_failure: str | None = None
        self._chosen: NetworkChoice | None = None
        """With the model file as it was when it was chosen."""

    @property
    def choice(self) -> NetworkChoice:
        """What the settings say. A model file that is written anew is another choice once it is chosen again."""
        settings = self._desk.settings
        if self._chosen is None or self._chosen.model != settings.model:
            self._chosen = NetworkChoice(settings.model).as_found_now()
        return replace(self._chosen, device=settings.device, size_px=settings.size_px, quality=settings.quality)

    @property
    def state(self) -> NetworkState | None:
        """What is loaded; None until the first model is."""
        return self._state

    # What is to be done

    @Slot()
    def advance(self) -> None:
        """Begin whatever is next."""
        self._read_next()
        self._matte_next()

    def current_changed(self) -> None:
        """Let the shown photo go before those that are only waiting, and before those that were shown in passing."""
        current = self._desk.session.current
        self._put_off_reading(self._desk.files, None)
        self._put_off_reading(self._desk.hand, current)
        self._remark()
        self.advance()

    def _put_off_reading(self, worker: Worker, wanted: Document | None) -> None:
        """Take back what is not begun, but for the photo that is wanted."""
        running = worker.running
        worker.cancel_where(lambda job: job.key[0] == "read" and job.key[1] is not wanted and job is not running)

    def _remark(self) -> None:
        """Say, once, what there is to say about the matte that is shown."""
        current = self._desk.session.current
        if current is None or not self._has_matte(current):
            return
        place = self._desk.session.place(current)
        remark, place.remark = place.remark, None
        if remark is not None and not current.edits and not current.look.refinement.keep_largest:
            self._desk.say("info", f"{current.name}: {remark}")

    def change(self, settings: Settings) -> None:
        """Take other settings for the network, or the same ones with what the model file holds by now."""
        before, self._chosen = self.choice, None
        self._desk.change_settings(settings)
        if self.choice != before:
            self._choose()

    def change_memory_limit(self, limit_bytes: int | None) -> None:
        """Matte within another limit from now on; what failed or came out short before is tried once more."""
        self._desk.change_settings(self._desk.settings.model_copy(update={"memory_limit_bytes": limit_bytes}))
        for place in self._places:
            place.outdated = place.outdated or place.short
        self._choose()

    def _choose(self) -> None:
        """Use what the settings say from now on; mattes of other documents are made anew when these are shown."""
        self._desk.settings_changed.emit()  # a model file is no setting, but views say whether it is the newest
        self._load_failure = None
        self._desk.network.cancel_where(lambda job: job.key[0] in {"matte", "model"})
        for place in self._places:
            place.predates_choice = True
            failed_before, place.matte_failure = place.matte_failure, None
            if place.status is Status.FAILED and failed_before is not None:
                self._desk.set_status(place.document, Status.WAITING)
        if self._desk.session.documents:
            self._load()

    def matte_again(self, document: Document) -> None:
        """Try a document that failed or was stopped once more, or have a matte made anew."""
        place = self._desk.session.place(document)
        self._load_failure = None
        if place.status is Status.READY:
            place.outdated = True
        elif place.status in (Status.FAILED, Status.STOPPED):
            place.matte_failure = None
            self._desk.set_status(document, Status.WAITING)
        self.advance()

    # Reading

    def _read_next(self) -> None:
        current = self._desk.session.current
        if current is not None and self._lacks_photo(self._desk.session.place(current)):
            self._read(current)
        if any(job.key[0] == "read" for job in self._desk.files.jobs):
            return
        for place in self._places:
            # One at a time, so that no more of what was put away is in memory than has to be.
            if self._is_awaited(place.document) and self._lacks_photo(place):
                self._read(place.document)
                return
        ready = [place for place in self._places if place.document.photo is not None and place.status in _ON_THEIR_WAY]
        if len(ready) < READ_AHEAD:
            document = self._desk.session.first(
                lambda place: place.status is Status.WAITING and self._lacks_photo(place)
            )
            if document is not None:
                self._read(document)

    @property
    def _places(self) -> list[Place]:
        session = self._desk.session
        return [session.place(document) for document in session.documents]

    def _lacks_photo(self, place: Place) -> bool:
        document = place.document
        return (
            document.photo is None
            and document.path is not None
            and (place.status in (Status.WAITING, Status.READY, Status.STOPPED) or place.matte_failure is not None)
            and not self._desk.is_worked_on("read", document)
        )

    def _read(self, document: Document) -> None:
        path, packed, edits = document.path, self._packed(document), document.edits
        assert path is not None

        def work(context: JobContext) -> _Read:
            from core.image_io import read_photo  # noqa: PLC0415 - the window is up without it
            from matting_studio.app.packing import unpack  # noqa: PLC0415
            from matting_studio.app.thumbnail import thumbnail  # noqa: PLC0415

            context.report(Progress("Reading the photo"))
            file = Fingerprint.of(path)
            photo = read_photo(path)
            small = thumbnail(photo.image)
            context.token.raise_if_cancelled()
            if packed is None:
                return _Read(file, photo, small, None, None)
            base = unpack(packed)
            return _Read(file, photo, small, base, fold(base, edits, base.box))

        def deliver(read: _Read) -> None:
            self._take_photo(document, read)

        def fail(sentence: str) -> None:
            self._fail_reading(document, sentence)

        is_current = document is self._desk.session.current
        worker = self._desk.hand if is_current else self._desk.files
        priority = Priority.CURRENT if is_current else Priority.OTHERS
        place = self._desk.session.place(document)
        place.before_reading = Status.WAITING if place.status is Status.FAILED else place.status
        self._desk.set_status(document, Status.READING)
        worker.submit(Job(("read", document), f"Reading {document.name}", work, priority, deliver, fail))

    def _fail_reading(self, document: Document, sentence: str) -> None:
        self._desk.session.place(document).matte_failure = None
        self._desk.set_status(document, Status.FAILED, sentence)
        self.read.emit(document)
        self.advance()

    def _fail_matting(self, document: Document, sentence: str) -> None:
        self._desk.session.place(document).matte_failure = sentence
        self._desk.set_status(document, Status.FAILED, sentence)

    def _set_back(self, place: Place) -> None:
        """To what it was before its photo was read: a matte that was stopped or failed stays so."""
        if place.matte_failure is not None:
            self._fail_matting(place.document, place.matte_failure)
        else:
            self._desk.set_status(place.document, place.before_reading)

    def _take_photo(self, document: Document, read: _Read) -> None:
        if read.base is not None and read.base.alpha.shape != read.photo.image.shape[:2]:
            sentence = f"{document.path} has been replaced by another photo. Close it here, then open it again."
            self._desk.say("error", sentence)
            self._fail_reading(document, sentence)
            return
        place = self._desk.session.place(document)
        if place.thumbnail is None:  # else it was told when it was read before
            for warning in read.photo.warnings:
                self._desk.say("warning", f"{document.name}: {warning}")
        place.thumbnail = read.thumbnail
        if read.base is not None and document.photo_file not in (None, read.file):
            place.outdated = True
            self._desk.say("warning", f"{document.path} has changed since it was opened: its matte is made anew.")
        document.set_photo(read.photo)
        document.photo_file = read.file
        if read.base is not None:
            document.set_base(read.base, read.shown)
        if place.before_reading is not Status.STOPPED:
            place.before_reading = Status.WAITING if read.base is None else Status.READY
        self._set_back(place)
        if read.base is not None:
            self.based.emit(document)
        self.read.emit(document)
        self.advance()

    # The network

    def _load(self) -> None:
        choice = self.choice
        self._loading = True

        def work(context: JobContext) -> NetworkState:
            return self._bench.load(choice, context)

        self._desk.network.submit(
            Job(("model", None), "Getting ready", work, Priority.CURRENT, self._take_state, self._load_failed)
        )

    def _take_state(self, state: NetworkState) -> None:
        self._loading = False
        is_another = self._state is not None and self._state.choice != state.choice
        for place in self._places:
            # Who opens a project after the choice wants the matte that was saved with it.
            predates_choice, place.predates_choice = place.predates_choice, False
            if is_another and predates_choice:
                place.outdated = self._has_matte(place.document)
                if place.outdated and place.status is Status.STOPPED:
                    # Whoever chooses anew asks for it.
                    self._desk.set_status(place.document, Status.READY)
        self._state = state
        self._desk.settings_changed.emit()
        self.loaded.emit()
        self.advance()

    def _load_failed(self, sentence: str) -> None:
        self._loading = False
        for place in self._places:
            place.predates_choice = False
        if self._state is not None:
            # What worked before goes on working.
            choice = self._chosen = self._state.choice
            self._desk.change_settings(
                self._desk.settings.model_copy(
                    update={
                        "model": choice.model,
                        "device": choice.device,
                        "size_px": choice.size_px,
                        "quality": choice.quality,
                    }
                )
            )
        else:
            self._load_failure = sentence
        self.advance()

    def _matte_next(self) -> None:
        if any(job.key[0] == "matte" for job in self._desk.network.jobs):
            return
        if self._load_failure is not None:
            for place in self._places:
                if place.status is Status.WAITING and place.document.photo is not None:
                    self._fail_matting(place.document, self._load_failure)
            self._read_next()  # they are in nobody's way any more
            return
        current = self._desk.session.current
        document = self._desk.session.first(
            lambda place: (
                place.document.photo is not None
                and (place.status is Status.WAITING or (place.document is current and self._is_behind(place)))
            )
        )
        if self._loading or self._state is None or self._state.choice != self.choice:
            # The model is loaded while the first photo is still being read.
            if self._desk.session.documents and not self._loading:
                self._load()
        elif document is not None:
            self._matte(document)

    def _is_behind(self, place: Place) -> bool:
        """Whether a matte is to be made anew when its photo is shown."""
        return place.outdated and place.status is not Status.STOPPED

    def _matte(self, document: Document) -> None:
        assert document.photo is not None
        assert self._state is not None
        model = self._state.model
        photo, limit = document.photo, self._desk.memory_limit(document)

        def work(context: JobContext) -> _Matted:
            base, warnings = self._bench.matte(photo, context, limit)
            context.token.raise_if_cancelled()
            from matting_studio.app.doubt import doubt_of, remark_on  # noqa: PLC0415 - the window is up without it

            remark = remark_on(doubt_of(base.alpha, base.trimap))
            return _Matted(base, fold(base, (), base.box), warnings, remark)

        def deliver(matted: _Matted) -> None:
            for warning in matted.warnings:
                self._desk.say("warning", f"{document.name}: {warning}")
            place = self._desk.session.place(document)
            place.outdated, place.short, place.remark = False, bool(matted.warnings), matted.remark
            document.replace_base(matted.base, matted.shown, model)
            self._desk.set_status(document, Status.READY)
            self.based.emit(document)
            self._remark()
            self.advance()

        def fail(sentence: str) -> None:
            self._desk.session.place(document).outdated = False
            self._fail_matting(document, sentence)
            self.advance()

        priority = Priority.CURRENT if document is self._desk.session.current else Priority.OTHERS
        self._desk.session.place(document).matte_failure = None
        self._desk.set_status(document, Status.MATTING)
        self._desk.network.submit(Job(("matte", document), f"Matting {document.name}", work, priority, deliver, fail))

    def stop(self, documents: Sequence[Document]) -> None:
        """Call off the reading and matting of documents; they stay so until `matte_again`.

        One that was to get another matte keeps its own, which is still noted as outdated.
        """
        network, files, hand = self._desk.network, self._desk.files, self._desk.hand
        for document in documents:
            for worker in (network, files, hand):
                worker.cancel_where(lambda job, stopped=document: job.key in {("read", stopped), ("matte", stopped)})
            place = self._desk.session.place(document)
            if place.status is Status.WAITING or place.outdated:
                self._desk.set_status(document, Status.STOPPED)
            if place.outdated:
                self._desk.say("info", f"{document.name} keeps the matte it had. “Matte again” makes the other one.")
        self.advance()

    @Slot(object)
    def job_cancelled(self, job: Job) -> None:
        """Put a document back to where it was before a job that was called off."""
        kind, *rest = job.key
        if kind == "model":
            self._loading = False
        if kind not in {"read", "matte"} or rest[0] not in self._desk.session:
            return
        document = rest[0]
        if kind == "read":
            self._set_back(self._desk.session.place(document))
        else:
            self._desk.set_status(document, Status.READY if self._has_matte(document) else Status.WAITING)

    def _has_matte(self, document: Document) -> bool:
        """Also one that was put away, or is being unpacked."""
        return document.base is not None or self._packed(document) is not None
