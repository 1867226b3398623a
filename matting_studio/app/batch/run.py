"""A batch at work: threads that go through a plan, and what can be seen and asked of them from any other thread."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from core.causes import is_disk_full
from core.errors import ImageWriteError, MattingError
from core.memory_plan import Limit
from matting_studio.app.batch.disk import room_sentence
from matting_studio.app.batch.fingerprint import Source
from matting_studio.app.batch.journal import Entry, Result
from matting_studio.app.batch.making import (
    Made,
    Matted,
    Opened,
    PixelGate,
    Predictor,
    ThriftyPredictor,
    make_results,
    matte_photo,
    open_photo,
    size_of,
)
from matting_studio.app.batch.pictures import Pictures
from matting_studio.app.batch.pipeline import Pipeline
from matting_studio.app.batch.plan import Plan, Task
from matting_studio.app.batch.rate import Rate
from matting_studio.app.batch.room import Room
from matting_studio.app.batch.rows import Event, Progress, Row, RowChanged, RowState, RunState, StateChanged
from matting_studio.app.batch.workplace import Workplace, put_in_place
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.jobs import CancelToken, JobCancelled
from matting_studio.app.reach import is_folder

log = logging.getLogger(__name__)

T = TypeVar("T")

_READERS = 2
_MOST_PIXELS = 100_000_000
"""Worked on at once while writing, where a pixel takes about twenty bytes."""


_IN_HAND = (RowState.READING, RowState.MATTING, RowState.WRITING)


@dataclass(eq=False)
class _Pass:
    """A photo in the pipeline."""

    task: Task
    seconds: float = 0.0
    opened: Opened | None = None
    matted: Matted | None = None
    source: Source | None = None


def _nobody_listens(_event: Event) -> None:
    pass


class BatchRun:
    """Goes through a plan on threads of its own.

    All methods may be called from any thread and return at once, but for `wait`. `listener` is called on the threads
    of the run, one row's events in their order; it must be quick and not raise.
    """

    def __init__(
        self,
        plan: Plan,
        place: Workplace,
        load_predictor: Callable[[], Predictor | ThriftyPredictor],
        *,
        workers: int | None = None,
        limit: Limit | None = None,
        listener: Callable[[Event], None] = _nobody_listens,
    ) -> None:
        """
        Args:
            plan: made for the same output folder as `place` is in, which stays open as long as the run.
            place: where journal, thumbnails and unfinished files are.
            load_predictor: called on the thread that then owns the predictor, once from a start to its end. Its
                MattingError ends the run.
            workers: threads that estimate colours and encode; None: as many as the machine has cores, up to 8.
            limit: what the process may hold: fewer photos are in hand at once, and of a large one less is made. With
                one, the predictor has to be a thrifty one.
            listener: told of every change.
        """
        self.plan = plan
        self._place = place
        self._load_predictor = load_predictor
        self._predictor: Predictor | ThriftyPredictor | None = None
        self._limit = limit
        self._room = Room(limit)
        self._workers = workers or min(8, os.cpu_count() or 1)
        self._listener = listener
        self._gate = PixelGate(_MOST_PIXELS)
        self._pictures = Pictures()
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._state = RunState.READY
        self._trouble: str | None = None
        self._disk_full = False
        self._token = CancelToken()
        self._rate = Rate()
        self._tasks = {task.name: task for task in plan.tasks}
        self._rows = {task.name: self._first_row(task) for task in plan.tasks}
        self._counts = dict.fromkeys(RowState, 0)
        for row in self._rows.values():
            self._counts[row.state] += 1
        self._pending = deque(plan.to_do)

    # What can be seen

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def trouble(self) -> str | None:
        """Why the run ended before its time: a full disk, a model that cannot be loaded, a journal without room."""
        return self._trouble

    @property
    def disk_full(self) -> bool:
        return self._disk_full

    def rows(self) -> tuple[Row, ...]:
        """In the plan's order."""
        with self._lock:
            return tuple(self._rows.values())

    def row(self, name: str) -> Row:
        with self._lock:
            return self._rows[name]

    def progress(self) -> Progress:
        with self._lock:
            done, skipped, failed = (
                self._counts[state] for state in (RowState.DONE, RowState.SKIPPED, RowState.FAILED)
            )
            left = len(self._rows) - done - skipped - failed
            return Progress(
                len(self._rows), done, skipped, failed, self._rate.photos_per_second(), self._rate.seconds_for(left)
            )

    # What can be asked

    def start(self) -> None:
        """Begin, or go on after it ended; nothing happens while it runs."""
        with self._lock:
            if self._state not in (RunState.READY, RunState.ENDED):
                return
            self._token, self._trouble, self._disk_full = CancelToken(), None, False
            self._rate.go()
            self._enter(RunState.RUNNING)
        threading.Thread(target=self._conduct, name="batch", daemon=True).start()

    def pause(self) -> None:
        """Begin no more photos; those in hand are finished."""
        with self._changed:
            if self._state is RunState.RUNNING:
                self._rate.pause()
                self._enter(RunState.PAUSED)

    def resume(self) -> None:
        with self._changed:
            if self._state is RunState.PAUSED:
                self._rate.go()
                self._enter(RunState.RUNNING)

    def stop(self) -> None:
        """Finish what is in hand, then end. The other photos stay waiting."""
        with self._changed:
            if self._state in (RunState.RUNNING, RunState.PAUSED):
                self._enter(RunState.STOPPING)

    def abort(self) -> None:
        """End as soon as may be: photos in hand are dropped between two steps, and stay waiting."""
        self._token.cancel()
        self.stop()

    def retry_failed(self) -> None:
        """Put the failed photos back in the line; `start` goes on where the run has ended."""
        with self._changed:
            failed = [name for name, row in self._rows.items() if row.state is RowState.FAILED]
            for name in failed:
                self._pending.append(self._tasks[name])
                self._set(replace(self._rows[name], state=RowState.WAITING, reason=None, seconds=None))
            self._changed.notify_all()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Whether the run has ended, after waiting for that so long at most."""
        with self._changed:
            return self._changed.wait_for(lambda: self._state in (RunState.READY, RunState.ENDED), timeout_seconds)

    # The threads

    def _conduct(self) -> None:
        try:
            while not self._ends():
                writers = min(self._workers, len(self.plan.to_do))
                Pipeline(self._take, self._read, self._matte, self._write, readers=_READERS, writers=writers).run()
        except Exception as error:
            # Whoever waits for the end must not wait for ever.
            log.exception("The batch cannot go on")
            with self._changed:
                self._trouble = f"The batch cannot go on ({type(error).__name__}: {error}). Report it with the log."
                self._end()

    def _ends(self) -> bool:
        """End the run if nothing is left to do: decided under one lock, so that no photo is put back in between."""
        with self._changed:
            if self._pending and self._state is not RunState.STOPPING:
                return False
            if self._disk_full:
                self._trouble = room_sentence(self.plan.output, self.progress().waiting, self._place.history.mean_bytes)
            self._end()
            return True

    def _end(self) -> None:
        """Under the lock. What takes memory goes: somebody may look at the rows for days."""
        self._rate.pause()
        self._predictor, self._pictures, self._room.expected_bytes = None, Pictures(), None
        self._enter(RunState.ENDED)

    def _take(self) -> _Pass | None:
        with self._changed:
            self._changed.wait_for(lambda: self._state is not RunState.PAUSED)
            if self._state is RunState.STOPPING or not self._pending:
                return None
            passing = _Pass(self._pending.popleft())
        return passing if self._enter_room(passing) else None

    def _enter_room(self, passing: _Pass) -> bool:
        """Take a photo in hand as soon as there is memory for it; False, and it is put back, where the run stops."""
        size = None if self._limit is None else size_of(passing.task)
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._state is RunState.STOPPING
                    or (self._state is not RunState.PAUSED and self._room.has_for(size))
                )
            )
            if self._state is RunState.STOPPING:
                self._put_back(passing)
                return False
            self._room.enter(passing.task.name, size)
            return True

    def _read(self, passing: _Pass) -> _Pass | None:
        def work() -> _Pass:
            passing.opened = open_photo(passing.task)
            passing.source = passing.opened.source
            return passing

        return self._attempt(passing, RowState.READING, work)

    def _matte(self, passing: _Pass) -> _Pass | None:
        if self._token.cancelled:
            self._put_back(passing)
            return None
        try:
            predictor = self._loaded()
        except MattingError as error:
            self._put_back(passing)
            self._end_early(str(error))
            return None
        except Exception as error:
            log.exception("The model cannot be loaded")
            self._put_back(passing)
            self._end_early(f"The model cannot be loaded ({type(error).__name__}: {error}). Report it with the log.")
            return None

        def work() -> _Pass:
            assert passing.opened is not None
            passing.matted = matte_photo(passing.task, passing.opened, predictor, self.plan.recipe, self._limit)
            passing.opened = None
            return passing

        return self._attempt(passing, RowState.MATTING, work)

    def _write(self, passing: _Pass) -> None:
        def work() -> None:
            matted = passing.matted
            assert matted is not None
            started = time.perf_counter()
            made = make_results(
                passing.task,
                matted,
                self.plan.recipe,
                self._place.partial,
                pictures=self._pictures,
                token=self._token,
            )
            self._token.raise_if_cancelled()
            seconds = passing.seconds + time.perf_counter() - started
            self._finish(passing, matted, made, seconds)

        matted = passing.matted
        assert matted is not None
        height, width = matted.snapshot.photo.image.shape[:2]
        with self._gate.inside(height * width):
            self._attempt(passing, RowState.WRITING, work)

    def _loaded(self) -> Predictor | ThriftyPredictor:
        if self._predictor is None:
            self._predictor = self._load_predictor()
            if self._limit is not None:
                thrifty, result = cast(ThriftyPredictor, self._predictor), self.plan.recipe.memory_result
                with self._changed:
                    self._room.expected_bytes = partial(thrifty.expected_bytes, limit=self._limit, result=result)
                    self._changed.notify_all()
        return self._predictor

    def _attempt(self, passing: _Pass, state: RowState, work: Callable[[], T]) -> T | None:
        """Do a step of a photo's way. What goes wrong is the photo's own affair, unless the disk is full or gone."""
        name = passing.task.name
        started = time.perf_counter()
        try:
            self._token.raise_if_cancelled()
            with self._lock:
                self._set(replace(self._rows[name], state=state))
            return work()
        except JobCancelled:
            self._put_back(passing)
        except (MattingError, OSError) as error:
            if is_disk_full(error):
                self._disk_full = True
                self._put_back(passing)
                self.stop()
            elif not is_folder(self._place.partial):
                self._put_back(passing)
                self._end_early(
                    f"{self.plan.output} has gone while results were written to it. Connect its disk, or choose "
                    "another folder, then start again."
                )
            else:
                self._fail(passing, _sentence(error))
        except MemoryError:
            log.exception("%s: memory ran out", name)
            self._fail(passing, f"{passing.task.item.path} does not fit into memory. Close other programs.")
        except Exception as error:
            # A defect that one photo brings to light must not end the run.
            log.exception("%s failed", name)
            said = f"{type(error).__name__}: {error}"
            self._fail(passing, f"{passing.task.item.path} failed unexpectedly ({said}). Report it with the log.")
        finally:
            passing.seconds += time.perf_counter() - started
        return None

    def _finish(self, passing: _Pass, matted: Matted, made: Made, seconds: float) -> None:
        """Note what was made, then put it in place: see `journal` for why in this order.

        Raises OSError, ImageWriteError where a file of somebody else has come into its place.
        """
        self._check_places(made)
        results = []
        for wanted, path in made.results:
            file = Fingerprint.of(path)
            assert file is not None
            results.append(Result(wanted.what, wanted.path, wanted.settings, file))
            (self.plan.output / wanted.path).parent.mkdir(parents=True, exist_ok=True)
        entry = Entry(
            passing.task.name,
            matted.source,
            self.plan.model,
            tuple(results),
            round(seconds, 3),
            made.doubt.score,
            made.doubt.words,
            matted.warnings,
            time=time.time(),
            folder=passing.task.item.folder,
        )
        self._note(entry)
        for wanted, path in made.results:
            put_in_place(path, self.plan.output / wanted.path)
        thumbnail = self._put_thumbnail(passing.task.name, made)
        with self._lock:
            self._rate.count()
            self._set(_row_of(entry, passing.task, self.plan.output, RowState.DONE, thumbnail))

    def _put_thumbnail(self, name: str, made: Made) -> Path | None:
        """None where it cannot be put in place: the results are there, and tables do without."""
        thumbnail = self._place.thumbnail(name)
        try:
            put_in_place(made.thumbnail, thumbnail)
        except OSError:
            log.warning("%s has no thumbnail", name, exc_info=True)
            return None
        return thumbnail

    def _check_places(self, made: Made) -> None:
        """A run takes hours, and what was planned to be replaced may have been touched up meanwhile."""
        if self.plan.overwrite:
            return
        for wanted, _ in made.results:
            target = self.plan.output / wanted.path
            now = Fingerprint.of(target)
            if now in (None, wanted.there):
                continue
            with self._lock:
                ours = self._place.history.is_ours(wanted.path, now)
            if not ours:
                for path in (*(path for _, path in made.results), made.thumbnail):
                    path.unlink(missing_ok=True)  # they would take room until the run ends
                raise ImageWriteError(
                    f"{target} was written by somebody else while the batch ran, and is kept. Move it away, or "
                    f"{self.plan.to_replace}, then try again."
                )

    def _fail(self, passing: _Pass, reason: str) -> None:
        seconds = round(passing.seconds, 3)
        try:
            task, now = passing.task, time.time()
            self._note(
                Entry(
                    task.name, passing.source, self.plan.model, (), seconds,
                    failure=reason, time=now, folder=task.item.folder,
                )
            )  # fmt: skip
        except OSError as error:
            if is_disk_full(error):
                self._disk_full = True
                self._put_back(passing)
                self.stop()
                return
            self._end_early(f"The journal in {self._place.folder} cannot be written ({error.strerror or error}).")
        with self._lock:
            self._rate.count()
            row = self._rows[passing.task.name]
            self._set(replace(row, state=RowState.FAILED, reason=reason, seconds=seconds))

    def _note(self, entry: Entry) -> None:
        self._place.journal.add(entry)
        with self._lock:
            self._place.history.add(entry)

    def _put_back(self, passing: _Pass) -> None:
        with self._lock:
            self._pending.appendleft(passing.task)
            self._set(replace(self._rows[passing.task.name], state=RowState.WAITING))

    def _end_early(self, sentence: str) -> None:
        with self._lock:
            self._trouble = self._trouble or sentence
            self.abort()

    # What is seen; all under the lock

    def _first_row(self, task: Task) -> Row:
        thumbnail = self._place.thumbnail(task.name)
        shown = thumbnail if task.last is not None and thumbnail.exists() else None
        state = RowState.WAITING if task.to_make else RowState.SKIPPED
        if task.last is None or task.last.failure is not None or task.to_make:
            done = () if task.to_make else tuple(self.plan.output / wanted.path for wanted in task.done)
            return Row(task.name, task.item.path, state, results=done, thumbnail=shown)
        return _row_of(task.last, task, self.plan.output, state, shown)

    def _set(self, row: Row) -> None:
        self._counts[self._rows[row.name].state] -= 1
        self._counts[row.state] += 1
        self._rows[row.name] = row
        if row.state not in _IN_HAND:
            self._room.leave(row.name)
            self._changed.notify_all()
        self._listener(RowChanged(row, self.progress()))

    def _enter(self, state: RunState) -> None:
        self._state = state
        self._changed.notify_all()
        self._listener(StateChanged(state, self.progress(), self._trouble))


def _row_of(entry: Entry, task: Task, output: Path, state: RowState, thumbnail: Path | None) -> Row:
    return Row(
        name=task.name,
        photo=task.item.path,
        state=state,
        seconds=entry.seconds,
        doubt=entry.doubt,
        doubts=entry.doubts,
        warnings=entry.warnings,
        results=tuple(output / wanted.path for wanted in (*task.done, *task.to_make)),
        thumbnail=thumbnail,
    )


def _sentence(error: MattingError | OSError) -> str:
    if isinstance(error, MattingError):
        return str(error)
    return f"{error.filename2 or error.filename} cannot be written: {error.strerror or error}. Choose another folder."
