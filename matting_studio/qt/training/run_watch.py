"""What the folder of a run says, read again and again on a thread of its own while somebody looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.run import RunFolder
from matting_studio.app.jobs import Job, JobContext
from matting_studio.app.training.log_tail import log_tail
from matting_studio.app.training.previews import Previews, find_previews
from matting_studio.app.training.runs import RunError
from matting_studio.qt.training.curves import CurveReader, RunCurves
from matting_studio.qt.worker import Worker

INTERVAL_MS = 1000
LOG_LINES = 500


@dataclass(frozen=True)
class Pulse:
    """How a run is getting on."""

    step: int
    total_steps: int | None
    photos_per_second: float | None
    memory_bytes: float | None
    seconds_left: float | None
    device: str | None


@dataclass(frozen=True, eq=False)
class News:
    folder: Path
    pulse: Pulse
    curves: tuple[RunCurves, ...] | None
    """The run's own first, then those laid over it; None where they are what they were."""
    previews: Previews
    log: tuple[str, ...]
    """Its last lines."""


class RunWatch(QObject):
    """Reads one run, and the curves of others, once a second. Nothing is read while nobody looks."""

    read = Signal(object)
    """A News."""
    table_written = Signal(object)
    """The Path of a table that was asked for."""
    failed = Signal(str)
    """A sentence, once until the run can be read again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = Worker("training figures", self)
        self._trouble: str | None = None
        """What kept the run from being read the last time; it is told once."""
        self._reader = CurveReader()
        """Used on the worker only."""
        self._folder: Path | None = None
        self._others: tuple[Path, ...] = ()
        self._smoothing = 0.0
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.look)

    @property
    def folder(self) -> Path | None:
        return self._folder

    def watch(self, folder: Path | None) -> None:
        """Read this run from now on; nothing is laid over it."""
        self._folder, self._others, self._trouble = folder, (), None
        self._worker.cancel(("read",))
        self._worker.submit(Job(("forget",), "Tidying up", self._forget))
        self.look()

    def lay_over(self, others: Sequence[Path]) -> None:
        """Read the curves of these runs too."""
        self._others = tuple(others)
        self.look()

    def smooth(self, weight: float) -> None:
        """By how much of what was before curves are smoothed, in [0, 1)."""
        self._smoothing = weight
        self.look()

    def begin(self) -> None:
        """Somebody looks."""
        self._timer.start()
        self.look()

    def end(self) -> None:
        """Nobody looks any more."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Read now. A reading that has not begun gives way to this one."""
        if self._folder is None or not self._timer.isActive():
            return
        folder, others, weight = self._folder, self._others, self._smoothing

        def read(_context: JobContext) -> News:
            previews, log = find_previews(folder), log_tail(RunFolder(folder).log, LOG_LINES)
            # Last: what the reader has given is not given again, so nothing may fail behind it.
            curves = self._reader.read((folder, *others), weight)
            history = self._reader.history(folder)
            latest = history.latest
            pulse = Pulse(
                history.step, history.total_steps, latest.get("photos_per_second"), latest.get("memory_bytes"),
                history.seconds_left, history.device,
            )  # fmt: skip
            return News(folder, pulse, curves, previews, log)

        def work(context: JobContext) -> News:
            try:
                return read(context)
            except OSError as error:
                raise RunError(
                    f"The files of {folder.name} cannot be read ({error.strerror or error}): see to its folder."
                ) from error

        self._worker.submit(Job(("read",), "Reading the run", work, deliver=self._deliver, fail=self._tell_trouble))

    def write_csv(self, target: Path) -> None:
        """Keep all figures of the run as a table."""
        folder = self._folder
        if folder is None:
            return

        def work(_context: JobContext) -> None:
            try:
                self._reader.history(folder).write_csv(target)
            except OSError as error:
                raise RunError(f"{target} cannot be written ({error.strerror}). Choose another folder.") from error

        def deliver(_nothing: None) -> None:
            self.table_written.emit(target)

        self._worker.submit(
            Job(("csv", target), f"Writing {target.name}", work, deliver=deliver, fail=self.failed.emit)
        )

    def shutdown(self, timeout_seconds: float) -> bool:
        self._timer.stop()
        return self._worker.shutdown(timeout_seconds)

    def _forget(self, _context: JobContext) -> None:
        self._reader = CurveReader()

    def _deliver(self, news: News) -> None:
        self._trouble = None
        self.read.emit(news)

    def _tell_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self.failed.emit(trouble)
