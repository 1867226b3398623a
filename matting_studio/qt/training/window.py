"""The window for training: a run is set up, watched, compared with others, and its model used."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from matting_studio.app.reach import is_there
from matting_studio.app.settings import TrainingSettings
from matting_studio.app.suffixes import MODEL_SUFFIXES
from matting_studio.app.training.runs import RunState
from matting_studio.qt.batch.folder_line import folder_of
from matting_studio.qt.drops import accept_as_copy, local_paths
from matting_studio.qt.icons import dress
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.room import fit_for_font
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.live_page import LivePage
from matting_studio.qt.training.new_run_page import NewRunPage
from matting_studio.qt.training.runs_page import RunsPage
from matting_studio.qt.training.verdicts import Verdicts

SIZE_PX, MINIMUM_PX = (1240, 820), (1024, 640)


class TrainingWindow(QWidget):
    """Lives as long as its parent; closing it hides it. Runs are processes of their own, and go on in any case."""

    news = Signal(str, str)
    """Severity and a sentence: what became of a run while nobody was looking."""
    made_good = Signal(str)
    """The sentence of an error among the news: its run has gone on, or is gone."""

    def __init__(self, parent: QWidget, studio: Studio, theme: Theme) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._studio, self._theme = studio, theme
        self.setWindowTitle("Training")
        self.setObjectName("training_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        fit_for_font(self, SIZE_PX, MINIMUM_PX)
        self.runner = studio.runner
        self.runner.watch()
        self._verdicts = Verdicts(self.runner, self)
        self.question_bar, self.message_bar = QuestionBar(), MessageBar(theme)
        self.new_run = NewRunPage(self.runner, theme, studio.settings.training, studio.own_photos_folder)
        self.runs = RunsPage(self.runner, theme, self)
        self.live = LivePage(self.runner, theme, self)
        self.tabs: dict[QWidget, QToolButton] = {}
        self._state = QLabel()
        self._state.setProperty("quiet", True)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_model()
        self._dress()
        self.show_page(self.new_run)

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("training_head")
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(4)
        group = QButtonGroup(self)
        for text, page in (("New run", self.new_run), ("Runs", self.runs), ("Live", self.live)):
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("choice", True)
            button.setMinimumWidth(112)
            button.clicked.connect(lambda _checked, page=page: self.show_page(page))
            group.addButton(button)
            row.addWidget(button)
            self.tabs[page] = button
            self._pages.addWidget(page)
        row.addStretch()
        row.addWidget(self._state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.question_bar)
        column.addWidget(self.message_bar)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self._theme.changed.connect(self._dress)
        self._studio.settings_changed.connect(self._show_model)
        self._studio.learnt.connect(self.new_run.take_own_photos)
        self.new_run.started.connect(self._show_run)
        self.new_run.settings_changed.connect(self._remember)
        self.new_run.message.connect(self.message_bar.tell)
        self.runs.open_run.connect(self._show_run)
        self.runs.use_model.connect(self._use_model)
        self.runs.renamed.connect(self.live.follow)
        self.runs.use_shipped.connect(self._use_shipped)
        for page in (self.runs, self.live):
            page.new_run_wanted.connect(self._show_new_run)
        self.runner.failed.connect(self._tell_failure)
        self.runner.runs_changed.connect(self._show_runs)
        self._verdicts.better.connect(self._offer)
        self._verdicts.not_better.connect(self._tell_not_better)
        self._verdicts.failed.connect(self._tell_failure)
        self._verdicts.made_good.connect(self.message_bar.take_back)
        self._verdicts.made_good.connect(self.made_good)
        QShortcut(QKeySequence("Esc"), self, self.close)

    # Pages

    def show_page(self, page: QWidget) -> None:
        focused = self.focusWidget()
        self.tabs[page].setChecked(True)
        self._pages.setCurrentWidget(page)
        # Left to itself, the focus of what is hidden now goes to the tab of another page.
        if focused is not None and (focused in self.tabs.values() or not focused.isVisibleTo(self)):
            self.tabs[page].setFocus()
        if page is self.new_run:
            self.new_run.wake()

    def fine_tune_on_own_photos(self) -> None:
        self.new_run.fine_tune_on_own_photos()
        self.show_page(self.new_run)

    @Slot(object)
    def _show_run(self, folder: Path) -> None:
        self.live.show_run(folder)
        self.show_page(self.live)

    @Slot()
    def _show_new_run(self) -> None:
        self.show_page(self.new_run)

    @Slot()
    def _show_runs(self) -> None:
        states = [run.state for run in self.runner.runs()]
        running, waiting = states.count(RunState.RUNNING), states.count(RunState.WAITING)
        parts = [f"{running} running" if running else "", f"{waiting} waiting" if waiting else ""]
        self._state.setText(" · ".join(filter(None, parts)))
        model = self._studio.settings.model
        if model is not None and self.runner.root in model.parents and not is_there(model):
            self._use_shipped()
            name = model.parent.name
            self.message_bar.tell("warning", f"{name} is gone, so the studio uses the program's own model.")

    # Models

    @Slot(object)
    def _use_model(self, model: Path) -> None:
        self._studio.set_model(model)
        name = model.parent.name if model.is_relative_to(self.runner.root) else model.stem
        self.message_bar.tell("info", f"The studio uses the model of {name} from now on.")

    @Slot()
    def _use_shipped(self) -> None:
        self._studio.set_model(None)

    @Slot()
    def _show_model(self) -> None:
        self.runs.show_model(self._studio.network_choice)

    @Slot(object, object, str)
    def _offer(self, folder: Path, model: Path, sentence: str) -> None:
        """A run has made a better model than it began with."""
        self.question_bar.ask(
            sentence,
            (
                ("Use this model", lambda: self._use_model(model)),
                ("Look at it", lambda: self._show_run(folder)),
                ("Leave it", self._pages.setFocus),
            ),
            model.exists,
        )
        self._tell_elsewhere("info", sentence)

    @Slot(str)
    def _tell_not_better(self, sentence: str) -> None:
        self.message_bar.tell("warning", sentence)
        self._tell_elsewhere("warning", sentence)

    def _tell_elsewhere(self, severity: str, sentence: str) -> None:
        if not self.isVisible():
            self.news.emit(severity, sentence)

    @Slot(str)
    def _tell_failure(self, sentence: str) -> None:
        self.message_bar.tell("error", sentence)
        self._tell_elsewhere("error", sentence)

    # The window

    @Slot(object)
    def _remember(self, settings: TrainingSettings) -> None:
        self._studio.change_settings(self._studio.settings.model_copy(update={"training": settings}))

    @property
    def running(self) -> tuple[Path, ...]:
        """The folders of the runs that go on."""
        return tuple(run.folder for run in self.runner.runs() if run.state is RunState.RUNNING)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # it only hides
        running = self.running
        if not running or not self.isVisible():
            self._leave()
            return
        name = running[0].name
        self.question_bar.ask(
            f"{name} is still being trained.",
            (
                ("Keep training in the background", self._leave),
                ("Stop, save and close", self._stop_and_leave),
                ("Stay here", self._pages.setFocus),
            ),
            lambda: bool(self.running),
        )

    def stop_all(self) -> None:
        """Have all runs save and end."""
        for folder in self.running:
            self.runner.stop(folder)

    def _leave(self) -> None:
        self.question_bar.withdraw()
        self.hide()

    def _stop_and_leave(self) -> None:
        self.stop_all()
        self._leave()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()
        self.runner.refresh()
        self.new_run.wake()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData().urls()):
            accept_as_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        accept_as_copy(event)
        self.show_page(self.new_run)
        for path in local_paths(event.mimeData().urls()):
            if path.suffix.lower() in MODEL_SUFFIXES:
                self.new_run.setup.base.choose(path)
            else:
                self.new_run.setup.data.training.add(folder_of(path))

    @Slot()
    def _dress(self) -> None:
        dress(self, self._theme.colours, self.devicePixelRatioF())

    def shutdown(self, timeout_seconds: float) -> bool:
        """End all threads; runs go on. False where a thread is still busy after that time."""
        self.hide()
        parts = (self.new_run, self.runs, self.live, self._verdicts)
        # All of them, whatever the first one says.
        ended = [part.shutdown(timeout_seconds) for part in parts]
        return all(ended)
