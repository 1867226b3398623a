"""What the parts of the studio share: the documents, the workers, the settings, and what is told to the views."""

import time
from collections.abc import Callable, Hashable
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.memory_plan import Limit
from matting_studio.app.document import Document
from matting_studio.app.jobs import Job, JobContext, Priority
from matting_studio.app.session import Session, Status
from matting_studio.app.settings import Settings, SettingsFile
from matting_studio.qt.worker import Worker

Severity = Literal["info", "warning", "error"]

SETTINGS_DELAY_MS = 500
_SETTINGS = ("settings",)


class Desk(QObject):
    """Keys of jobs are (kind, document, …), so that all work on a document can be found."""

    documents_changed = Signal()
    current_changed = Signal(object)
    document_changed = Signal(object)
    message = Signal(str, str)
    settings_changed = Signal()

    def __init__(self, settings_file: SettingsFile, parent: QObject) -> None:
        super().__init__(parent)
        self.session = Session()
        self.hand = Worker("hand", self)
        """What somebody waits for who looks at the photo: strokes, pictures, reading the current photo."""
        self.network = Worker("network", self)
        self.files = Worker("files", self)
        """What may take seconds and must hold up no stroke: folders, the other photos, exports, projects."""
        self.workers = (self.hand, self.network, self.files)
        for worker in self.workers:
            worker.failed.connect(self._tell_failure)
        self._settings_file = settings_file
        self.settings, self._settings_complaint = settings_file.load()
        self._settings_trouble = ""
        """Why they could not be saved the last time."""
        self._settings_timer = QTimer(self, interval=SETTINGS_DELAY_MS, singleShot=True)
        self._settings_timer.timeout.connect(self._save_settings)

    def say(self, severity: Severity, sentence: str) -> None:
        self.message.emit(severity, sentence)

    @Slot()
    def complain_of_settings(self) -> None:
        """Tell, once, that the settings file was damaged; asked for when there is somebody to listen."""
        if self._settings_complaint is not None:
            self.say("warning", self._settings_complaint)
            self._settings_complaint = None

    def set_status(self, document: Document, status: Status, sentence: str | None = None) -> None:
        place = self.session.place(document)
        place.status, place.sentence = status, sentence
        self.document_changed.emit(document)

    def is_worked_on(self, *key: Hashable) -> bool:
        return any(worker.has(key) for worker in self.workers)

    def cancel(self, concerned: Callable[[Job], bool]) -> None:
        for worker in self.workers:
            worker.cancel_where(concerned)

    # Settings

    def memory_limit(self, document: Document | None = None) -> Limit:
        """What the process may hold, and what of it the documents and what renders them hold, but for photo and matte
        of the one that is worked on: whoever does so reckons with them."""
        places = [self.session.place(each) for each in self.session.documents]
        taken_bytes = sum(place.document.held_bytes + place.rendering_bytes for place in places)
        in_work_bytes = 0 if document is None else document.pixel_bytes
        return Limit(self.settings.memory_limit_bytes, taken_bytes - in_work_bytes)

    def change_settings(self, settings: Settings) -> None:
        """Take other settings; they are written soon."""
        if settings != self.settings:
            self.settings = settings
            self._settings_timer.start()
            self.settings_changed.emit()

    @Slot()
    def _save_settings(self) -> None:
        settings = self.settings

        def work(_context: JobContext) -> None:
            self._settings_file.save(settings)

        def deliver(_nothing: None) -> None:
            self._settings_trouble = ""

        title = "Saving the settings"
        self.files.submit(Job(_SETTINGS, title, work, Priority.HOUSEKEEPING, deliver, essential=True))

    def shutdown(self, timeout_seconds: float) -> bool:
        """End all threads; the settings are written before. False if a thread is still busy after that time."""
        if self._settings_timer.isActive():
            self._settings_timer.stop()
            self._save_settings()
        ends = time.monotonic() + timeout_seconds
        ended = [worker.shutdown(max(0.0, ends - time.monotonic())) for worker in self.workers]
        return all(ended)

    @Slot(object, str)
    def _tell_failure(self, job: Job, sentence: str) -> None:
        if job.key == _SETTINGS:
            if sentence == self._settings_trouble:
                return  # each change is saved: somebody who has read it would never be rid of it
            self._settings_trouble = sentence
        self.say("error", sentence)
