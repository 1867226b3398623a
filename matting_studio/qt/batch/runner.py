"""A batch seen from the window's thread: asked for there, done on the run's own threads, told by signals.

The run says what happens a hundred times a second; the window wants to know ten times. So news is collected, the last
word about each photo only, and a timer brings it over.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import MattingError
from matting_studio.app.batch import (
    BatchRun,
    Event,
    Found,
    Item,
    Plan,
    Progress,
    Row,
    RowChanged,
    RowState,
    RunState,
    Task,
    Workplace,
    make_plan,
    model_key,
    write_report,
)
from matting_studio.app.batch.journal import History
from matting_studio.app.jobs import Job, JobContext
from matting_studio.qt.batch.network import BatchNetwork
from matting_studio.qt.batch.order import REPLACE_FILES, Order, PastedFiles
from matting_studio.qt.worker import Worker

NEWS_MS = 100
REPORT_NAME = "report.html"


class BatchError(MattingError):
    """A batch cannot begin, or its report cannot be written."""


@dataclass(frozen=True)
class Planned:
    """What would be done."""

    rows: tuple[Row, ...]
    to_do: int
    notices: tuple[str, ...]
    """Sentences about what may surprise."""
    items: dict[str, Item]
    """By the photo's name."""


class _News:
    """Collects what the threads of a run say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, Row] = {}

    def add(self, event: Event) -> None:
        if isinstance(event, RowChanged):
            with self._lock:
                self._rows[event.row.name] = event.row

    def take(self) -> tuple[Row, ...]:
        with self._lock:
            rows, self._rows = self._rows, {}
        return tuple(rows.values())


class BatchRunner(QObject):
    """One batch after the other. All methods are for the window's thread, and none of them waits but `shutdown`."""

    planned = Signal(object)
    """A Planned."""
    plan_failed = Signal(str)
    """A sentence: why nothing can be planned."""
    began = Signal(object)
    """The rows of a run that has just begun."""
    rows_changed = Signal(object)
    """The Rows that are others now."""
    progressed = Signal(object)
    """A Progress."""
    state_changed = Signal(object)
    """A RunState; sent as well when a run that was prepared begins."""
    reported = Signal(object)
    """The Path of a report that was written."""
    failed = Signal(str)
    """A sentence: why a run or a report came to nothing, or why a run ended before its time."""

    def __init__(self, network: BatchNetwork, parent: QObject) -> None:
        super().__init__(parent)
        self._network = network
        self._worker = Worker("batch plans", self)
        self._worker.failed.connect(self._tell_failure)
        self._pasted = PastedFiles()
        self._place: Workplace | None = None
        """Changed, opened and closed on the worker only: it stays open from a run's start until `rest`."""
        self._run: BatchRun | None = None
        self._state = RunState.READY
        self._starting = False
        self._announced = self._state, self._starting
        self._news = _News()
        self._timer = QTimer(self, interval=NEWS_MS)
        self._timer.timeout.connect(self._tell)

    @property
    def state(self) -> RunState:
        """READY before the first run; a run that is being prepared counts as running."""
        return RunState.RUNNING if self._starting else self._state

    @property
    def is_preparing(self) -> bool:
        """Whether a run was asked for that has not begun: it can be stopped, and nothing else."""
        return self._starting

    @property
    def is_active(self) -> bool:
        return self.state not in (RunState.READY, RunState.ENDED)

    @property
    def progress(self) -> Progress | None:
        """Of the run that goes on, or was the last."""
        return self._run.progress() if self._run else None

    # What can be asked

    def plan(self, order: Order) -> None:
        """Find out what would be done; `planned` follows. What is known of an earlier run is forgotten."""
        assert not self.is_active
        self._run = None
        self._enter(RunState.READY)
        self._worker.cancel(("plan",))

        def work(context: JobContext) -> Planned:
            plan, found = self._made(order, History.read(order.output), context)
            rows = tuple(_planned_row(task, plan) for task in plan.tasks)
            notices = (*found.complaints, *found.notices, *plan.notices)
            return Planned(rows, len(plan.to_do), notices, {item.name: item for item in found.items})

        self._worker.submit(
            Job(("plan",), "Looking for photos", work, deliver=self.planned.emit, fail=self.plan_failed.emit)
        )

    def start(self, order: Order) -> None:
        """Begin anew: what the journal says is done is skipped. `began` follows."""
        if self.is_active:
            return
        self._worker.cancel(("plan",))
        self._run = None
        self._starting = True
        self._announce()
        news = _News()

        def work(context: JobContext) -> BatchRun:
            self._leave()
            self._place = _opened(order.output)
            plan, _ = self._made(order, self._place.history, context)
            load = partial(self._network.load, order.network)
            return BatchRun(plan, self._place, load, limit=order.limit, listener=news.add)

        def deliver(run: BatchRun) -> None:
            self._run, self._news, self._starting = run, news, False
            self.began.emit(run.rows())
            self._go(run)

        def fail(_sentence: str) -> None:
            self._give_up_start()

        self._worker.submit(Job(("start",), "Starting the batch", work, deliver=deliver, fail=fail))

    def go_on(self) -> None:
        """Do what a run that was stopped has left."""
        run = self._run
        if run is None or self.is_active:
            return
        self._starting = True
        self._announce()

        def work(_context: JobContext) -> None:
            self._open_again()

        def deliver(_nothing: None) -> None:
            self._starting = False
            self._go(run)

        def fail(_sentence: str) -> None:
            self._give_up_start()

        self._worker.submit(Job(("start",), "Going on with the batch", work, deliver=deliver, fail=fail))

    def pause(self) -> None:
        self._ask(BatchRun.pause)

    def resume(self) -> None:
        self._ask(BatchRun.resume)

    def stop(self) -> None:
        """Finish what is in hand, then end; the second time: end at once. A run that has not begun never will."""
        if self._starting:
            self._worker.cancel(("start",))
            self._give_up_start()
            return
        self._ask(BatchRun.abort if self._state is RunState.STOPPING else BatchRun.stop)

    def retry_failed(self) -> None:
        """Try what failed once more, now or when its turn comes."""
        if self._run is None:
            return
        self._run.retry_failed()
        if self.is_active:
            self._go(self._run)
        else:
            self.go_on()

    def rest(self) -> None:
        """Let others use the folder for the results, until something is asked of the run that has ended."""
        assert not self.is_active
        self._worker.submit(Job(("leave",), "Leaving the folder for the results", lambda _context: self._leave()))

    def write_report(self) -> None:
        """Put what is known by now into a contact sheet; `reported` follows."""
        run = self._run
        if run is None:
            return

        def work(_context: JobContext) -> Path:
            place = self._open_again()
            path = place.folder / REPORT_NAME
            try:
                write_report(path, run.rows(), place)
            except OSError as error:
                raise BatchError(f"The report {path} cannot be written ({error.strerror or error}).") from error
            return path

        self._worker.submit(Job(("report",), "Writing the report", work, deliver=self.reported.emit))

    def shutdown(self, timeout_seconds: float) -> bool:
        """Drop what is in hand and end all threads; False where one is still busy after that time."""
        self._timer.stop()
        ends = time.monotonic() + timeout_seconds
        if self._run is not None:
            self._run.abort()
        ended = self._worker.shutdown(timeout_seconds)
        if self._run is not None:
            ended = self._run.wait(max(0.0, ends - time.monotonic())) and ended
        if ended:
            self._leave()
            self._pasted.close()
        return ended

    # On the worker

    def _made(self, order: Order, history: History, context: JobContext) -> tuple[Plan, Found]:
        found = order.find(self._pasted)
        context.token.raise_if_cancelled()
        from core.checkpoint import shipped_model  # noqa: PLC0415 - NumPy comes as late as possible

        network = order.network
        key = model_key(network.model or shipped_model(), network.size_px, network.quality)
        # The network that is loaded must be the one that the key is of.
        network.check_model()
        context.token.raise_if_cancelled()
        plan = make_plan(
            found.items, order.recipe, order.output, history, key,
            overwrite=order.overwrite, to_replace=f"tick “{REPLACE_FILES}”",
        )  # fmt: skip
        return plan, found

    def _open_again(self) -> Workplace:
        """The place of the run. Raises WorkplaceError, JournalError."""
        assert self._place is not None
        if not self._place.is_open:
            self._place.open()
        return self._place

    def _leave(self) -> None:
        if self._place is not None and self._place.is_open:
            self._place.close()

    # News

    def _go(self, run: BatchRun) -> None:
        run.start()
        self._timer.start()
        self._tell()

    def _give_up_start(self) -> None:
        self._run = None
        self._starting = False
        self._enter(RunState.READY)
        self.rest()  # behind the start, which may have opened the place whatever became of it

    def _ask(self, what: Callable[[BatchRun], None]) -> None:
        if self._run is not None and self.is_active:
            what(self._run)
            self._tell()

    @Slot()
    def _tell(self) -> None:
        run = self._run
        if run is None:
            self._timer.stop()
            return
        # The state first: a run that has ended says nothing any more, so its last rows are among the news.
        state = run.state
        rows = self._news.take()
        if rows:
            self.rows_changed.emit(rows)
        self.progressed.emit(run.progress())
        if state is RunState.ENDED:
            self._timer.stop()
        self._enter(state)
        if state is RunState.ENDED and run.trouble is not None:
            self.failed.emit(run.trouble)

    def _enter(self, state: RunState) -> None:
        self._state = state
        self._announce()

    def _announce(self) -> None:
        now = self.state, self._starting
        if now != self._announced:
            self._announced = now
            self.state_changed.emit(self.state)

    @Slot(object, str)
    def _tell_failure(self, job: Job, sentence: str) -> None:
        if job.key != ("plan",):
            self.failed.emit(sentence)


def _opened(output: Path) -> Workplace:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(f"The folder {output} cannot be made ({error.strerror or error}). Choose another.") from error
    return Workplace(output)


def _planned_row(task: Task, plan: Plan) -> Row:
    """A photo before a run has begun; of what is done, the journal knows more."""
    if task.to_make:
        return Row(task.name, task.item.path, RowState.WAITING)
    last = task.last
    results = tuple(plan.output / wanted.path for wanted in task.done)
    if last is None or last.failure is not None:
        return Row(task.name, task.item.path, RowState.SKIPPED, results=results)
    return Row(
        task.name, task.item.path, RowState.SKIPPED, seconds=last.seconds, doubt=last.doubt, doubts=last.doubts,
        warnings=last.warnings, results=results,
    )  # fmt: skip
