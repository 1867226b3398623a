"""Looks into data sets on a thread: what they are, what is wrong with them, what they look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.errors import DatasetError
from core.training.config import DataConfig, ValidationConfig
from core.training.doctor import Report, examine
from core.training.layouts import recognise
from core.training.sample_sheet import sample_sheet
from matting_studio.app.jobs import Job, JobCancelled, JobContext, Priority, Progress
from matting_studio.app.training.base_model import width_of
from matting_studio.qt.worker import Worker

SHEET_WIDTH_PX = 1600


@dataclass(frozen=True)
class Folders:
    """What somebody pointed at."""

    training: tuple[Path, ...] = ()
    validation: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Understood:
    """What folders were taken for."""

    layout: str
    data: DataConfig


class Examiner(QObject):
    understood = Signal(object)
    """An Understood."""
    not_understood = Signal(str)
    progressed = Signal(float)
    """How much of the check is done, 0 … 1."""
    examined = Signal(object)
    """A Report."""
    examination_failed = Signal(str)
    sheet_made = Signal(object)
    """(H, W, 3) uint8 RGB, or None where there is nothing to show."""
    width_known = Signal(object, object)
    """The Path of a base model and its width, a float, or None where it cannot be told."""
    base_refused = Signal(object, str)
    """The Path of a base model, and why it cannot be started from."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._quick = Worker("data set layouts", self)
        self._slow = Worker("data set doctor", self)
        self._slow.progressed.connect(self._tell_progress)

    def understand(self, folders: Folders) -> None:
        """Find out which data sets the folders hold."""

        def work(_context: JobContext) -> Understood:
            return _understood(folders)

        job = Job(("layout",), "Looking into the folders", work, Priority.HAND, self.understood.emit,
                  self.not_understood.emit)  # fmt: skip
        self._quick.submit(job)

    def look_at_base(self, model: Path) -> None:
        """Find out the width of a model."""

        def work(_context: JobContext) -> float | None:
            return width_of(model)

        job = Job(("base",), f"Looking into {model.name}", work, Priority.HAND,
                  lambda width: self.width_known.emit(model, width),
                  lambda sentence: self.base_refused.emit(model, sentence))  # fmt: skip
        self._quick.submit(job)

    def examine(self, data: DataConfig, crop_px: int) -> None:
        """Check the data sets, and show samples; what was being checked before is dropped."""
        self.stop()

        def work(context: JobContext) -> Report:
            told = -1

            def tell(done: int, total: int) -> None:
                nonlocal told
                percent = 100 * done // max(1, total)
                if percent != told:
                    told = percent
                    context.report(Progress("Checking the data sets", percent / 100))

            found = examine(data, crop_px=crop_px, on_progress=tell, should_stop=lambda: context.token.cancelled)
            if found is None:
                raise JobCancelled
            return found

        def make_sheet(_context: JobContext) -> NDArray[np.uint8] | None:
            try:
                return sample_sheet(data, width_px=SHEET_WIDTH_PX)
            except DatasetError:
                return None  # the report says why there is nothing to see

        self._slow.submit(Job(("sheet",), "Making a sheet of samples", make_sheet, Priority.VIEW, self.sheet_made.emit))
        self._slow.submit(
            Job(("examine",), "Checking the data sets", work, Priority.CURRENT, self.examined.emit,
                self.examination_failed.emit)
        )  # fmt: skip

    def stop(self) -> None:
        """Drop the check that goes on."""
        self._slow.cancel(("sheet",))
        self._slow.cancel(("examine",))

    def shutdown(self, timeout_seconds: float) -> bool:
        ended = [worker.shutdown(timeout_seconds) for worker in (self._quick, self._slow)]
        return all(ended)

    def _tell_progress(self, job: Job, progress: Progress) -> None:
        if job.key == ("examine",) and progress.fraction is not None:
            self.progressed.emit(progress.fraction)


def _understood(folders: Folders) -> Understood:
    """Raises DatasetError."""
    layouts: list[str] = []
    data = DataConfig()
    if folders.training:
        found = recognise(*folders.training)
        layouts.append(found.layout)
        data = found.data
    held_back = _held_back(folders.validation)
    return Understood(
        ", ".join(layouts), data.model_copy(update={"validation": _named([*data.validation, *held_back])})
    )


def _held_back(folders: Sequence[Path]) -> list[ValidationConfig]:
    """All photos with alphas in folders that somebody wants to measure on."""
    found: list[ValidationConfig] = []
    for folder in folders:
        data = recognise(folder).data
        found += data.validation
        found += [ValidationConfig(name=photos.folder.name, folder=photos.folder) for photos in data.photos]
        if not data.validation and not data.photos:
            raise DatasetError(f"{folder} holds cut-outs: to measure on, photos with their alphas are needed.")
    return found


def _named(sets: Sequence[ValidationConfig]) -> list[ValidationConfig]:
    """The sets, each with a name of its own and each once."""
    named: dict[Path, ValidationConfig] = {}
    taken: set[str] = set()
    for chosen in sets:
        if chosen.folder in named:
            continue
        name, number = chosen.name, 2
        while name in taken:
            name, number = f"{chosen.name} {number}", number + 1
        taken.add(name)
        named[chosen.folder] = chosen.model_copy(update={"name": name})
    return list(named.values())
