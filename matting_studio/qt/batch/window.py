"""The window for many photos at once: what is to be done on the left, what becomes of each photo on the right."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from matting_studio.app.batch import Progress, Row, RunState
from matting_studio.app.look import Look
from matting_studio.app.reach import is_folder, is_there
from matting_studio.qt.batch.controls import BatchControls
from matting_studio.qt.batch.folder_line import taken_of
from matting_studio.qt.batch.head import BatchHead
from matting_studio.qt.batch.model import BatchModel
from matting_studio.qt.batch.network import BatchNetwork
from matting_studio.qt.batch.options import BatchOptions
from matting_studio.qt.batch.order import FolderPhotos, OpenPhoto, Order
from matting_studio.qt.batch.preview import BatchPreview
from matting_studio.qt.batch.runner import BatchRunner, Planned
from matting_studio.qt.batch.table import BatchTable
from matting_studio.qt.batch.thumbnails import BatchThumbnails
from matting_studio.qt.drops import accept_as_copy, local_paths
from matting_studio.qt.icons import dress
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.room import fit_for_font
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme

SIZE_PX, MINIMUM_PX = (1240, 820), (1024, 620)
PLANNING_DELAY_MS = 300


class BatchWindow(QWidget):
    """Lives as long as its parent; closing it hides it, and a run may go on meanwhile."""

    news = Signal(str, str)
    """Severity and a sentence: what became of a run that ended while nobody was looking."""

    def __init__(self, parent: QWidget, studio: Studio, theme: Theme) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._studio, self._theme = studio, theme
        self._planned: Planned | None = None
        self._shown: str | None = None
        """The name of the photo in the preview."""
        self.setWindowTitle("Batch")
        self.setObjectName("batch_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        fit_for_font(self, SIZE_PX, MINIMUM_PX)
        self._network = BatchNetwork()
        self.runner = BatchRunner(self._network, self)
        self._thumbnails = BatchThumbnails(self)
        self.model = BatchModel(self._thumbnails, self)
        self.question_bar, self.message_bar = QuestionBar(), MessageBar(theme)
        self.options = BatchOptions()
        self.preview = BatchPreview(self._network, theme)
        self.head = BatchHead()
        self.table = BatchTable(self.model, theme)
        self.controls = BatchControls()
        self._planning = QTimer(self, singleShot=True, interval=PLANNING_DELAY_MS)
        self._lay_out()
        self._connect()
        self.options.show_settings(studio.settings.batch)
        self._show_memory_limit()
        self._show_output()
        self.options.offer_open_photos(len(studio.documents))
        self._planning.stop()
        self._dress()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.options, 1)
        left.addWidget(self.preview)
        self.preview.setFixedWidth(self.options.width())
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.head)
        right.addWidget(self.table, 1)
        right.addWidget(self.controls)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.question_bar)
        column.addWidget(self.message_bar)
        column.addLayout(middle, 1)

    def _connect(self) -> None:
        self._planning.timeout.connect(self._plan)
        self._theme.changed.connect(self._dress)
        self._studio.documents_changed.connect(self._show_documents)
        self.options.changed.connect(self._options_changed)
        self.options.output.changed.connect(self._show_output)
        for line in (self.options.input, self.options.output):
            line.remarked.connect(self._remark)
        self.options.look_moved.connect(self._preview_look)
        self.options.memory.chosen.connect(self._studio.set_memory_limit)
        self._studio.settings_changed.connect(self._show_memory_limit)
        self.table.chosen.connect(self._show_photo)
        self.table.opened.connect(self._open_row)
        self.head.sorting_chosen.connect(self.table.sortByColumn)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self.head.show_sorting)
        runner, controls = self.runner, self.controls
        runner.planned.connect(self._take_plan)
        runner.plan_failed.connect(self._show_problem)
        runner.began.connect(self._begin)
        runner.rows_changed.connect(self.model.update)
        runner.progressed.connect(self._show_progress)
        runner.state_changed.connect(self._show_state)
        runner.reported.connect(self._open_path)
        runner.failed.connect(self._tell_failure)
        controls.start_wanted.connect(self._start)
        controls.go_on_wanted.connect(runner.go_on)
        controls.pause_wanted.connect(runner.pause)
        controls.resume_wanted.connect(runner.resume)
        controls.stop_wanted.connect(runner.stop)
        controls.retry_wanted.connect(runner.retry_failed)
        controls.report_wanted.connect(runner.write_report)
        controls.folder_wanted.connect(self._open_output)
        QShortcut(QKeySequence("Esc"), self, self.close)

    # What is to be done

    def order(self) -> Order:
        """What is chosen now; the open photos as they are now."""
        chosen = self.options.settings()
        assert chosen.output_folder is not None
        if self.options.takes_open_photos:
            photos = tuple(OpenPhoto.of(document) for document in self._studio.documents)
        else:
            assert chosen.input_folder is not None
            photos = FolderPhotos(chosen.input_folder.absolute(), chosen.recursive)
        recipe, network = self.options.recipe(), self._studio.network_choice.as_found_now()
        output, limit = chosen.output_folder.absolute(), self._studio.memory_limit
        return Order(photos, output, recipe, chosen.overwrite, network, limit)

    @Slot()
    def _options_changed(self) -> None:
        self._studio.change_settings(self._studio.settings.model_copy(update={"batch": self.options.settings()}))
        self._planning.start()

    @Slot()
    def _show_documents(self) -> None:
        self.options.offer_open_photos(len(self._studio.documents))
        if self.options.takes_open_photos and self.isVisible():
            self._planning.start()

    @Slot()
    def _show_output(self) -> None:
        self.controls.show_folder(self.options.output.folder is not None)

    @Slot()
    def _show_memory_limit(self) -> None:
        self.options.memory.show_limit(self._studio.settings.memory_limit_bytes)

    @Slot()
    def _plan(self) -> None:
        if self.runner.is_active:
            return
        problem = self.options.problem(len(self._studio.documents))
        if problem is not None:
            self._show_problem(problem)
            return
        self.head.tell("Looking for photos …")
        self.controls.show_plan(0)
        self.runner.plan(self.order())

    @Slot(str)
    def _show_problem(self, sentence: str) -> None:
        self._planned = None
        self.model.set_rows(())
        self.head.tell(sentence)
        self.controls.show_plan(0)
        self.preview.show_nothing("What comes out is seen here.")

    @Slot(object)
    def _take_plan(self, planned: Planned) -> None:
        self._planned = planned
        self.model.set_rows(planned.rows)
        self.head.show_plan(len(planned.rows), planned.to_do, planned.notices)
        self.controls.show_plan(planned.to_do)
        if not planned.rows:
            self.preview.show_nothing("There are no photos to preview.")
        elif not self.table.select(self._shown):
            self.table.select(self.model.row(0).name)

    # The preview

    @Slot(object)
    def _show_photo(self, row: Row) -> None:
        self._shown = row.name
        self._preview_look(None)

    @Slot(object)
    def _preview_look(self, look: Look | None) -> None:
        item = self._planned.items.get(self._shown or "") if self._planned else None
        if item is not None and not self.runner.is_active:
            network, limit = self._studio.network_choice.as_found_now(), self._studio.memory_limit
            self.preview.show_photo(item, self.options.recipe(look), network, limit)

    # The run

    @Slot()
    def _start(self) -> None:
        self.options.settle()
        self._planning.stop()
        if self.options.problem(len(self._studio.documents)) is None and not self.runner.is_active:
            self.head.tell("Getting ready …")
            self.runner.start(self.order())

    @Slot(object)
    def _begin(self, rows: tuple[Row, ...]) -> None:
        self.model.set_rows(rows)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self.head.show_progress(progress, self.runner.state)
        self.controls.show_progress(progress)

    @Slot(object)
    def _show_state(self, state: RunState) -> None:
        active = self.runner.is_active
        self.options.setEnabled(not active)
        self.controls.show_state(state, self.runner.is_preparing)
        progress = self.runner.progress
        if progress is not None:
            self._show_progress(progress)
        if active:
            self.preview.rest()
        elif state is RunState.ENDED:
            self.model.sort_again()
            self.question_bar.withdraw()
            if not self.isVisible() and progress is not None:
                severity = "warning" if progress.failed or progress.waiting else "info"
                self.news.emit(severity, f"The batch has ended: {self.head.headline.text()}")
            if not self.isVisible():
                self._let_go()
        else:
            self._planning.start()

    @Slot(str)
    def _tell_failure(self, sentence: str) -> None:
        self.message_bar.tell("error", sentence)
        if not self.isVisible():
            self.news.emit("error", sentence)

    # Other programs

    @Slot(object)
    def _open_row(self, row: Row) -> None:
        there = [path for path in (*row.results, row.photo) if is_there(path)]
        if there:
            self._open_path(there[0])

    def _open_output(self) -> None:
        output = self.options.output.folder
        if output is None or not is_folder(output):
            self.message_bar.tell("info", "The folder for the results is not there yet: start the batch first.")
            return
        self._open_path(output)

    @Slot(object)
    def _open_path(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.absolute()))):
            self.message_bar.tell("warning", f"No program opens {path}. Look for it in your file manager.")

    # The window

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # it only hides
        self.options.settle()
        if not self.runner.is_active:
            self._leave()
            return
        self.question_bar.ask(
            "The batch is still running.",
            (
                ("Keep running in the background", self._leave),
                ("Stop after the photos in hand", self._stop_and_leave),
                ("Stay here", self.table.setFocus),
            ),
        )

    def _leave(self) -> None:
        self.question_bar.withdraw()
        self.hide()
        self.preview.forget()
        if not self.runner.is_active:
            self._let_go()

    def _let_go(self) -> None:
        """Of what nobody needs who does not look."""
        self._network.forget()
        self.runner.rest()

    def _stop_and_leave(self) -> None:
        if self.runner.state is not RunState.STOPPING:
            self.runner.stop()
        self._leave()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()
        self.options.offer_open_photos(len(self._studio.documents))
        if self.runner.state is RunState.READY:
            self._plan()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData().urls()) and not self.runner.is_active:
            accept_as_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        accept_as_copy(event)
        dropped = taken_of(local_paths(event.mimeData().urls()))
        self.options.take_folder(dropped.folder)
        if dropped.remark is not None:
            self._remark(dropped.remark)

    @Slot(str)
    def _remark(self, sentence: str) -> None:
        self.message_bar.tell("info", sentence)

    @Slot()
    def _dress(self) -> None:
        self._thumbnails.set_scale(self.devicePixelRatioF())
        dress(self, self._theme.colours, self.devicePixelRatioF())

    def shutdown(self, timeout_seconds: float) -> bool:
        """Drop what is in hand and end all threads; False where one is still busy after that time.

        What is done is in the journal, so another run goes on from there.
        """
        self.hide()
        self._planning.stop()
        # All of them, whatever the first one says.
        ended = [part.shutdown(timeout_seconds) for part in (self.runner, self.preview, self._thumbnails)]
        return all(ended)
