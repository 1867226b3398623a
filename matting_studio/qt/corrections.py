"""What a person does to a document: strokes, looks, undo. All of it happens in the order in which it was done.

A stroke is drawn on a worker and comes back as an edit. Whatever is done before it is back waits for it, so an undo
right after a stroke takes that stroke back, and a project saved then holds it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from matting_studio.app.document import Document
from matting_studio.app.edits import Brush, Edit, Patch, fold
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.app.network_bench import NetworkBench
from matting_studio.qt.desk import Desk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STROKE_NAMES = {
    Brush.FOREGROUND: "Paint foreground",
    Brush.BACKGROUND: "Paint background",
    Brush.UNKNOWN: "Paint unknown",
    Brush.RESTORE: "Restore",
}


@dataclass(frozen=True)
class Stroke:
    brush: Brush
    points: tuple[tuple[float, float], ...]
    """(x, y) in pixels of the photo."""
    size_px: float
    """Diameter."""
    hardness: float
    """0 … 1."""
    opacity: float
    """0 … 1."""


@dataclass(eq=False)
class _Action:
    """Something to be done in its turn; `run` is None as long as its stroke is being drawn."""

    run: Callable[[], None] | None = None
    wants_solutions: bool = False
    """Whether it waits for what was declared unknown before it to be solved."""


class Corrections(QObject):
    def __init__(self, desk: Desk, bench: NetworkBench, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._bench = bench
        self._actions: dict[Document, deque[_Action]] = {}
        self._numbers = count()
        for ended in (desk.network.finished, desk.network.failed, desk.network.cancelled):
            ended.connect(self._network_job_ended)

    def is_settled(self, document: Document) -> bool:
        """Whether nothing is under way that changes the document or what is shown of it."""
        return not self._actions.get(document) and document.dirty is None and not self._is_being_solved(document)

    def is_changing(self, document: Document) -> bool:
        """Whether a stroke is still being drawn or solved, or something waits for it."""
        return bool(self._actions.get(document)) or self._is_being_solved(document)

    def _is_being_solved(self, document: Document) -> bool:
        return any(job.key[0] == "solve" and job.key[1] is document for job in self._desk.network.jobs)

    def forget(self, document: Document) -> None:
        """The document was closed."""
        self._actions.pop(document, None)

    def in_turn(self, document: Document, run: Callable[[], None]) -> None:
        """Do something to a document after the strokes that are still being drawn."""
        self._actions.setdefault(document, deque()).append(_Action(run))
        self._run_ready(document)

    def when_complete(self, document: Document, run: Callable[[], None]) -> None:
        """As `in_turn`, and with what was declared unknown before solved. What is done after it waits for it."""
        self._actions.setdefault(document, deque()).append(_Action(run, wants_solutions=True))
        self._run_ready(document)

    def change(self, document: Document, change: Callable[[], None]) -> None:
        """Change a document in its turn, and bring what is shown up to date."""

        def run() -> None:
            change()
            self.refold(document)
            self._desk.document_changed.emit(document)

        self.in_turn(document, run)

    def stroke(self, document: Document, stroke: Stroke) -> None:
        """Draw a stroke on a document that has its matte."""
        assert document.base is not None
        height, width = document.base.alpha.shape
        action = _Action()
        self._actions.setdefault(document, deque()).append(action)

        def work(_context: JobContext) -> Edit | None:
            from matting_studio.app.strokes import make_edit  # noqa: PLC0415 - the window is up without it

            return make_edit(
                stroke.brush,
                stroke.points,
                stroke.size_px,
                stroke.hardness,
                stroke.opacity,
                height=height,
                width=width,
            )

        def deliver(edit: Edit | None) -> None:
            def run() -> None:
                if edit is not None:
                    self._add(document, edit)

            action.run = run
            self._run_ready(document)

        def fail(_sentence: str) -> None:
            deliver(None)

        # Each stroke has a key of its own: none gives way to another.
        key = ("stroke", document, next(self._numbers))
        self._desk.hand.submit(Job(key, STROKE_NAMES[stroke.brush], work, Priority.HAND, deliver, fail))

    def _run_ready(self, document: Document) -> None:
        actions = self._actions.get(document)
        while actions and (run := actions[0].run) is not None:
            if actions[0].wants_solutions and self._is_being_solved(document):
                return
            actions.popleft()
            run()

    @Slot(object)
    @Slot(object, str)
    @Slot(object, object)
    def _network_job_ended(self, job: Job, _how: object = None) -> None:
        if job.key[0] == "solve":
            self._run_ready(job.key[1])

    def _add(self, document: Document, edit: Edit) -> None:
        document.add_edit(edit, STROKE_NAMES[edit.brush])
        self.refold(document)
        self._desk.document_changed.emit(document)
        if edit.brush is Brush.UNKNOWN:
            self._solve(document, edit)

    # What is shown of the edits

    @Slot(object)
    def refold(self, document: Document) -> None:
        """Bring the shown matte up to date where it is behind the edits."""
        base, edits, box, revision = document.base, document.edits, document.dirty, document.revision
        if base is None or box is None:
            return

        def work(_context: JobContext) -> Patch:
            return fold(base, edits, box)

        def deliver(patch: Patch) -> None:
            if document.paste(patch, revision):
                self._desk.document_changed.emit(document)
            elif not self._desk.is_worked_on("fold", document):
                self.refold(document)

        self._desk.hand.submit(Job(("fold", document), "Showing the stroke", work, Priority.HAND, deliver))

    def solve_rest(self, document: Document) -> None:
        """Solve what was declared unknown and never solved, as where a crash came between."""
        for edit in document.edits:
            is_open = edit.brush is Brush.UNKNOWN and edit.solved is None
            if is_open and document.base is not None and not self._desk.is_worked_on("solve", document, edit):
                self._solve(document, edit)

    def _solve(self, document: Document, edit: Edit) -> None:
        photo, base, edits = document.photo, document.base, document.edits
        assert photo is not None
        assert base is not None
        limit = self._desk.memory_limit()

        def work(context: JobContext) -> NDArray[np.float32]:
            context.report(Progress("Solving what was declared unknown"))
            return self._bench.solve(photo.image, base, edits, edit, context=context, limit=limit)

        def deliver(alpha: NDArray[np.float32]) -> None:
            document.attach_solution(edit, alpha)
            self.refold(document)
            self._desk.document_changed.emit(document)

        title = f"Solving {document.name}"
        self._desk.network.submit(Job(("solve", document, edit), title, work, Priority.HAND, deliver))
