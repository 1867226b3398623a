"""All runs: what came of them, what is noted on them, and what becomes of their models."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from matting_studio.app.jobs import Job
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.training.run_model import model_of
from matting_studio.app.training.runs import RunSummary, export_model, rename, write_notes
from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.icons import name_icon
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.comparison_view import ComparisonView
from matting_studio.qt.training.next_step import NextStep
from matting_studio.qt.training.run_details import RunDetails
from matting_studio.qt.training.runner import Runner
from matting_studio.qt.training.runs_controls import RunsControls
from matting_studio.qt.training.runs_model import RunsModel
from matting_studio.qt.training.runs_table import RunsTable
from matting_studio.qt.worker import Worker

T = TypeVar("T")


class RunsPage(QWidget):
    open_run = Signal(object)
    """The Path of a run's folder: somebody wants to see it."""
    use_model = Signal(object)
    """The Path of a model that the studio shall use."""
    use_shipped = Signal()
    renamed = Signal(object, object)
    """The Paths of a run's folder, as it was and as it is now."""
    new_run_wanted = Signal()

    def __init__(self, runner: Runner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._in_use = NetworkChoice()
        """What the studio uses."""
        self._is_current = True
        """Whether its model file is still what it was when it was chosen."""
        self._renamed: Path | None = None
        """A run that is selected as soon as it appears."""
        self._worker = Worker("training models", self)
        self._worker.failed.connect(self._tell_failure)
        self.question_bar, self.message_bar = QuestionBar(), MessageBar(theme)
        self.model = RunsModel(theme, self)
        self.table = RunsTable(self.model)
        self.details, self.controls = RunDetails(), RunsControls()
        self.studio_model = ElidedLabel()
        self.shipped = QPushButton(" Back to the shipped model")
        name_icon(self.shipped, "reset")
        self.nothing = NextStep(
            "No runs yet",
            "A run learns from photos with their alphas. When one has been started, its figures, notes and models "
            "are found here.",
            "Set up a run", "start",
        )  # fmt: skip
        self.comparison = ComparisonView(theme)
        self._lay_out()
        self._connect()
        self._show_runs()
        self.show_model(self._in_use)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 12)
        head.setSpacing(8)
        head.addWidget(self.studio_model, 1)
        head.addWidget(self.shipped)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        left.addWidget(self.controls)
        runs = QWidget()
        row = QHBoxLayout(runs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.details)
        self._stack = QStackedWidget()
        for page in (self.nothing, runs, self.comparison):
            self._stack.addWidget(page)
        self._runs = runs
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.question_bar)
        column.addWidget(self.message_bar)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._runner.runs_changed.connect(self._show_runs)
        self._runner.run_changed.connect(self._show_changed)
        self.table.chosen.connect(self._show_selected)
        self.table.opened.connect(self.open_run)
        self.table.delete_wanted.connect(self._ask_delete)
        self.details.renamed.connect(self._rename)
        self.details.noted.connect(self._note)
        self.nothing.wanted.connect(self.new_run_wanted)
        self.shipped.clicked.connect(self.use_shipped)
        self.comparison.closed.connect(self._show_list)
        self.comparison.told.connect(self.message_bar.tell)
        controls = self.controls
        controls.open_wanted.connect(self._open)
        controls.compare_wanted.connect(self._compare)
        controls.delete_wanted.connect(self._ask_delete)
        controls.export_wanted.connect(self._choose_export)
        controls.use_wanted.connect(self._use)

    def show_model(self, choice: NetworkChoice) -> None:
        """Say which model the studio uses."""
        self._in_use, self._is_current = choice, True
        self.studio_model.setToolTip(str(choice.model or ""))
        self.shipped.setVisible(choice.model is not None)
        self.model.show_in_use(self._run_in_use())
        self._show_selected()
        self._look_at_model()

    def _look_at_model(self) -> None:
        """Find out whether the studio's model has changed since: a training may have found a better one."""
        choice = self._in_use

        def deliver(is_current: bool) -> None:
            if choice == self._in_use and is_current != self._is_current:
                self._is_current = is_current
                self._show_selected()

        self._worker.submit(
            Job(("model",), "Looking at the model", lambda _context: choice.as_found_now() == choice, deliver=deliver)
        )

    def shutdown(self, timeout_seconds: float) -> bool:
        """Keep what was noted and end all threads; False where one is still busy after that time."""
        self.details.settle()
        ended = [part.shutdown(timeout_seconds) for part in (self._worker, self.comparison)]
        return all(ended)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.scale = self.devicePixelRatioF()

    # What is shown

    @Slot()
    def _show_runs(self) -> None:
        runs = self._runner.runs()
        self.model.set_runs(runs)
        self.comparison.offer_runs(runs)
        if self._renamed is not None and self.model.place(self._renamed) is not None:
            self.table.select([self._renamed])
            self._renamed = None
        elif runs and not self.table.selected():
            self.table.select([self.model.run(0).folder])
        if self._stack.currentWidget() is not self.comparison:
            self._show_list()
        self.question_bar.review()
        self._show_selected()
        self._look_at_model()

    @Slot()
    def _show_changed(self) -> None:
        self.model.set_runs(self._runner.runs())
        self._show_selected()
        self._look_at_model()

    @Slot()
    def _show_list(self) -> None:
        self._stack.setCurrentWidget(self._runs if self._runner.runs() else self.nothing)

    @Slot()
    def _show_selected(self) -> None:
        runs = self.table.selected()
        one = runs[0] if len(runs) == 1 else None
        in_use, is_current = self._run_in_use(), self._is_current
        self.details.show_runs(runs)
        self.controls.show_selected(
            runs, in_use=is_current and one is not None and in_use == one.folder and model_of(one) == self._in_use.model
        )
        changed = "" if is_current else " as it was earlier: the file has changed since"
        self.studio_model.setText(f"The studio uses {_name(self._in_use.model, in_use)}{changed}.")

    def _run_in_use(self) -> Path | None:
        """The folder of the run whose model the studio uses."""
        model = self._in_use.model
        folder = model.parent if model is not None else None
        return folder if any(run.folder == folder for run in self._runner.runs()) else None

    # What is asked

    @Slot()
    def _open(self) -> None:
        self.open_run.emit(self.table.selected()[0].folder)

    @Slot()
    def _use(self) -> None:
        self.use_model.emit(model_of(self.table.selected()[0]))

    @Slot()
    def _compare(self) -> None:
        self.comparison.propose(self.table.selected())
        self._stack.setCurrentWidget(self.comparison)

    @Slot()
    def _ask_delete(self) -> None:
        runs = self.table.selected()
        if not self.controls.delete.isEnabled():
            return
        what = f"the run {runs[0].name}" if len(runs) == 1 else f"{len(runs)} runs"
        folders = [run.folder for run in runs]
        used = " The studio uses its model, and goes back to the shipped one." if self._run_in_use() in folders else ""
        self.question_bar.ask(
            f"Delete {what} with all models, figures and notes?{used} This cannot be undone.",
            (("Keep", self.table.setFocus), ("Delete", partial(self._delete, folders))),
            still=lambda: any(run.folder in folders for run in self._runner.runs()),
        )

    def _delete(self, folders: list[Path]) -> None:
        if self._run_in_use() in folders:
            self.use_shipped.emit()
        for folder in folders:
            self._runner.delete(folder)

    @Slot(str)
    def _choose_export(self, which: str) -> None:
        run = self.table.selected()[0]
        proposed = Path.home() / f"{run.name}.safetensors"
        dialog = QFileDialog(self.window(), f"Export the {which} model", str(proposed), "Models (*.safetensors)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(".safetensors")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.export(run, which, Path(name)))
        dialog.open()

    def export(self, run: RunSummary, which: str, target: Path) -> None:
        """Write the `best` or the `last` model of a run to a file; what becomes of it is told."""
        self._do(
            f"Exporting {target.name}",
            lambda: export_model(run.folder, which, target),
            lambda _none: self.message_bar.tell("info", f"The {which} model of {run.name} is in {target}."),
        )

    @Slot(object, str)
    def _rename(self, folder: Path, name: str) -> None:
        model = self._in_use.model

        def follow(target: Path) -> None:
            self._renamed = target
            self.renamed.emit(folder, target)
            if model is not None and model.parent == folder:
                self.use_model.emit(target / model.name)
            self._runner.refresh()

        self._do(f"Renaming {folder.name}", lambda: rename(folder, name), follow, self.details.show_name)

    @Slot(object, str)
    def _note(self, folder: Path, notes: str) -> None:
        self._do(f"Noting on {folder.name}", lambda: write_notes(folder, notes), lambda _none: self._runner.refresh())

    def _do(
        self, title: str, work: Callable[[], T], then: Callable[[T], None], otherwise: Callable[[], None] = lambda: None
    ) -> None:
        """Do something to files on the thread, even when the window is about to close."""
        self._worker.submit(
            Job(
                object(), title, lambda _context: work(), deliver=then, fail=lambda _sentence: otherwise(),
                essential=True,
            )
        )  # fmt: skip

    @Slot(object, str)
    def _tell_failure(self, _job: Job, sentence: str) -> None:
        self.message_bar.tell("error", sentence)


def _name(model: Path | None, run: Path | None) -> str:
    if model is None:
        return "the shipped model"
    return model.name if run is None else f"the {model.stem} model of {run.name}"
