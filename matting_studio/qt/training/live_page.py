"""A run as it goes on: its state, its curves, what it makes of photos, what it says. And what can be asked of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.curves_view import CurvesView
from matting_studio.qt.training.live_head import LiveHead
from matting_studio.qt.training.log_view import LogView
from matting_studio.qt.training.next_step import NextStep
from matting_studio.qt.training.previews_view import PreviewsView
from matting_studio.qt.training.run_watch import News, RunWatch
from matting_studio.qt.training.runner import Runner


class LivePage(QWidget):
    new_run_wanted = Signal()

    def __init__(self, runner: Runner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._folder: Path | None = None
        """The run that is looked at."""
        self._is_listed = False
        """Whether it was among the runs the last time: one that has just been made is not there yet."""
        self._asked: dict[Path, RunState] = {}
        """Runs that were asked to stop or to go on, and in which state they were then."""
        self._watch = RunWatch(self)
        self.question_bar, self.message_bar = QuestionBar(), MessageBar(theme)
        self.head = LiveHead(theme)
        self.curves, self.previews, self.log = CurvesView(theme), PreviewsView(theme), LogView()
        self.nothing = NextStep(
            "Nothing has been trained yet",
            "Choose photos with their alphas and start a run: how it gets on is seen here, "
            "and stays here when the window is closed meanwhile.",
            "Set up a run", "start",
        )  # fmt: skip
        self._lay_out()
        self._connect()
        self._show_runs()

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        tabs.setContentsMargins(16, 0, 16, 4)
        tabs.setSpacing(4)
        self.tabs = QButtonGroup(self)
        self._views = QStackedWidget()
        for number, (text, view) in enumerate(
            (("Curves", self.curves), ("Previews", self.previews), ("Log", self.log))
        ):
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("choice", True)
            button.setMinimumWidth(96)
            self.tabs.addButton(button, number)
            tabs.addWidget(button)
            self._views.addWidget(view)
        tabs.addStretch()
        self.tabs.button(0).setChecked(True)
        run = QWidget()
        column = QVBoxLayout(run)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addLayout(tabs)
        column.addWidget(self._views, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(run)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.question_bar)
        outer.addWidget(self.message_bar)
        outer.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._runner.runs_changed.connect(self._show_runs)
        self._runner.run_changed.connect(self._show_changed)
        self._runner.refused.connect(self._take_back)
        self._watch.read.connect(self._take)
        self._watch.failed.connect(self._tell_error)
        self._watch.table_written.connect(self._tell_table)
        self.nothing.wanted.connect(self.new_run_wanted)
        self.tabs.idClicked.connect(self._views.setCurrentIndex)
        head, tools = self.head, self.curves.tools
        head.run_chosen.connect(self.show_run)
        head.stop_wanted.connect(self._stop)
        head.stop_now_wanted.connect(self._ask_stop_now)
        head.resume_wanted.connect(self._resume)
        head.folder_wanted.connect(self._open_folder)
        tools.smoothing_chosen.connect(self._watch.smooth)
        tools.others_chosen.connect(self._watch.lay_over)
        self.curves.table_wanted.connect(self._watch.write_csv)
        self.curves.told.connect(self.message_bar.tell)

    @property
    def folder(self) -> Path | None:
        """Of the run that is looked at."""
        return self._folder

    @Slot(object)
    def show_run(self, folder: Path) -> None:
        """Look at this run from now on."""
        if folder != self._folder:
            self._look_at(folder)

    @Slot(object, object)
    def follow(self, folder: Path, renamed: Path) -> None:
        """A run has another folder than before."""
        if folder == self._folder:
            self._look_at(renamed)

    def _look_at(self, folder: Path | None) -> None:
        self._folder, self._is_listed = folder, False
        self.question_bar.withdraw()
        self.curves.tools.lay_nothing_over()
        self.curves.show_runs((), ())
        self.log.show_lines(())
        self._watch.watch(folder)
        self._show_runs()

    def shutdown(self, timeout_seconds: float) -> bool:
        """End all threads; False where one is still busy after that time. Runs go on."""
        # All of them, whatever the first one says.
        ended = [part.shutdown(timeout_seconds) for part in (self._watch, self.curves, self.previews)]
        return all(ended)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._watch.end()

    # What is shown

    def _summary(self) -> RunSummary | None:
        return next((run for run in self._runner.runs() if run.folder == self._folder), None)

    def _names(self) -> dict[Path, str]:
        return {run.folder: run.name for run in self._runner.runs()}

    @Slot()
    def _show_runs(self) -> None:
        runs, listed = self._runner.runs(), self._summary() is not None
        states = {run.folder: run.state for run in runs}
        self._asked = {folder: state for folder, state in self._asked.items() if states.get(folder) is state}
        if self._is_listed and not listed:
            self._look_at(None)  # it is gone
            return
        self._is_listed = listed
        if self._folder is None and runs:
            # What is under way is what somebody wants to see; else the latest.
            chosen = next((run for run in runs if run.state is RunState.RUNNING), runs[0])
            self._look_at(chosen.folder)
            return
        self._stack.setCurrentIndex(0 if self._folder is None else 1)
        self.head.offer_runs(runs, self._folder)
        self.curves.tools.offer_others([(run.folder, run.name) for run in runs if run.folder != self._folder])
        self._show_state()

    @Slot(object)
    def _show_changed(self, folder: Path) -> None:
        if folder == self._folder:
            self._show_state()

    def _show_state(self) -> None:
        run = self._summary()
        self.question_bar.review()
        if run is not None:
            self.head.show_run(run, asked=run.folder in self._asked)
        elif self._folder is not None:
            self.head.await_run(self._folder.name)

    @Slot(object)
    def _take(self, news: News) -> None:
        if news.folder != self._folder:
            return
        self.head.show_pulse(news.pulse)
        self.previews.show_previews(news.previews)
        self.log.show_lines(news.log)
        if news.curves is not None:
            names = self._names()
            self.curves.show_runs(news.curves, [names.get(run.folder, run.folder.name) for run in news.curves])

    # What is asked

    @Slot()
    def _stop(self) -> None:
        self._ask(self._runner.stop)

    def _ask(self, what: Callable[[Path], None]) -> None:
        """Ask something of the run, once: nothing more can be asked until it has come to another state."""
        run = self._summary()
        if run is not None:
            self._asked[run.folder] = run.state
            what(run.folder)
            self._show_state()

    @Slot(object)
    def _take_back(self, folder: Path) -> None:
        """What was asked of a run could not be done: it can be asked again."""
        self._asked.pop(folder, None)
        self._show_state()

    @Slot()
    def _ask_stop_now(self) -> None:
        folder = self._folder

        def runs_still() -> bool:
            run = self._summary()
            return run is not None and run.folder == folder and run.state is RunState.RUNNING

        self.question_bar.ask(
            "Stop at once? What was learnt since the last checkpoint is lost; the run can be resumed from there.",
            (("Stop and save", self._stop), ("Stop now", self._stop_now), ("Go on", self.head.setFocus)),
            still=runs_still,
        )

    def _stop_now(self) -> None:
        assert self._folder is not None
        self._runner.stop_now(self._folder)

    @Slot()
    def _resume(self) -> None:
        self._ask(self._runner.resume)

    @Slot()
    def _open_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self.message_bar.tell("warning", f"No program opens {self._folder}. Look for it in your file manager.")

    @Slot(str)
    def _tell_error(self, sentence: str) -> None:
        self.message_bar.tell("error", sentence)

    @Slot(object)
    def _tell_table(self, target: Path) -> None:
        self.message_bar.tell("info", f"The figures are in {target}.")
