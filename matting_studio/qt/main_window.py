"""The window: puts the parts together and says which of them hears what."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from matting_studio.app.document import Document
from matting_studio.app.look import Look
from matting_studio.app.session import Status
from matting_studio.qt.action_table import Need
from matting_studio.qt.actions import Actions
from matting_studio.qt.brush_settings import BrushSettings
from matting_studio.qt.canvas.canvas import Canvas
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.canvas.pixel import PixelInfo
from matting_studio.qt.command_palette import CommandPalette
from matting_studio.qt.commands import Commands
from matting_studio.qt.drag_handle import DragHandle
from matting_studio.qt.drops import accept_as_copy, local_paths
from matting_studio.qt.empty_state import EmptyState
from matting_studio.qt.film_strip import FilmStrip
from matting_studio.qt.hands_off import let_go
from matting_studio.qt.icons import dress
from matting_studio.qt.inspector.inspector import Inspector
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.missing_photos import MissingPhotos
from matting_studio.qt.notice import Notice
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.recovery_offer import RecoveryOffer
from matting_studio.qt.room import fit_for_font
from matting_studio.qt.status_bar import StatusBar
from matting_studio.qt.studio import Activity, Studio
from matting_studio.qt.theme import Theme, ThemeChoice
from matting_studio.qt.toolbar import Toolbar

if TYPE_CHECKING:
    from matting_studio.qt.batch.window import BatchWindow
    from matting_studio.qt.training.window import TrainingWindow

TITLE = "Matting Studio"
MINIMUM_PX, DEFAULT_PX = (960, 600), (1360, 860)
SHUTDOWN_SECONDS = 20.0


class MainWindow(QMainWindow):
    def __init__(self, studio: Studio, theme: Theme) -> None:
        super().__init__()
        self.studio = studio
        self._theme = theme
        self._activity: Activity | None = None
        self._batch: BatchWindow | None = None
        self._training: TrainingWindow | None = None
        self._end_comparisons: Callable[[float], bool] = lambda _seconds: True
        """Closes other windows that have threads of their own."""
        self._looked_for: tuple[Path, ...] = ()
        self._recent_files: tuple[Path, ...] = ()
        """Those that were there when they were last looked for."""
        self._settled = 0
        """How many of the questions before the end are answered."""
        self.ended = False
        """Whether the window was closed and all threads are gone."""
        self.setAcceptDrops(True)
        fit_for_font(self, DEFAULT_PX, MINIMUM_PX)
        self.commands = Commands(self)
        self.actions_table = Actions(self, self.commands)
        self.canvas = Canvas(studio)
        self.empty_state = EmptyState()
        self.notice = Notice()
        self.inspector = Inspector()
        self.film_strip = FilmStrip(studio, theme)
        self.message_bar = MessageBar(theme)
        self.question_bar = QuestionBar()
        self.status_bar = StatusBar()
        self.drag_handle = DragHandle(studio)
        self.missing_photos = MissingPhotos(self, studio)
        self.recovery_offer = RecoveryOffer(self.question_bar, studio, self._may_offer_recovery, self)
        self._recent = QMenu("Open recent", self)
        self._lay_out()
        self.command_palette = CommandPalette(self, self.actions_table, theme)
        self._connect_parts()
        self._connect_studio()
        self._restore()
        self._dress()
        self._show_documents()
        self.recovery_offer.review()
        self.empty_state.open_button.setFocus()

    def _lay_out(self) -> None:
        self.actions_table.fill(self.menuBar(), self._recent)
        for _, action in self.actions_table:
            self.addAction(action)
        self.addToolBar(Toolbar(self.actions_table, self.drag_handle))
        self.setStatusBar(self.status_bar)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty_state)
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.notice)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self.inspector)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.question_bar)
        column.addWidget(self.message_bar)
        column.addLayout(middle, 1)
        column.addWidget(self.film_strip)
        self.setCentralWidget(central)

    def _connect_parts(self) -> None:
        studio, commands = self.studio, self.commands
        self._theme.changed.connect(self._dress)
        self.actions_table.about_to_run.connect(self.inspector.settle)
        self.canvas.mode_changed.connect(self._remember_mode)
        self.canvas.brush_changed.connect(self._show_brush)
        self.canvas.hovered.connect(self._show_pixel)
        self.canvas.zoom_changed.connect(self.status_bar.show_zoom)
        self.inspector.previewed.connect(studio.preview_look)
        self.inspector.committed.connect(self._change_look)
        self.inspector.brush.changed.connect(self.canvas.set_brush)
        self.inspector.brush.icon_changed.connect(self._dress_brush)
        self.inspector.model.model_wanted.connect(commands.choose_model)
        self.inspector.model.device_chosen.connect(studio.set_device)
        self.inspector.model.quality_chosen.connect(studio.set_quality)
        self.inspector.model.size_chosen.connect(studio.set_size_px)
        self.inspector.model.memory_limit_chosen.connect(studio.set_memory_limit)
        self.inspector.model.reset.connect(self._reset_model)
        self.drag_handle.pressed.connect(self.inspector.settle)
        self.film_strip.chosen.connect(self._select)
        self.missing_photos.answered.connect(self.message_bar.take_back)
        self.missing_photos.ended.connect(self.recovery_offer.review)
        self.status_bar.cancel_wanted.connect(commands.cancel)
        self.empty_state.open_wanted.connect(commands.open_photos)
        self.empty_state.paste_wanted.connect(commands.paste)
        self.empty_state.sample_wanted.connect(commands.open_sample)
        self.empty_state.recent_wanted.connect(self._open_recent)
        self.notice.close_wanted.connect(commands.close_photo)
        self._recent.aboutToShow.connect(self._fill_recent)

    def _connect_studio(self) -> None:
        studio = self.studio
        studio.documents_changed.connect(self._show_documents)
        studio.current_changing.connect(self._settle_inspector)
        studio.current_changed.connect(self._show_document)
        studio.document_changed.connect(self._document_changed)
        studio.activity_changed.connect(self._show_activity)
        studio.settings_changed.connect(self._show_settings)
        studio.message.connect(self.message_bar.tell)
        studio.made_good.connect(self.message_bar.take_back)
        studio.training_failed.connect(self._tell_training_failure)
        studio.recent_files_found.connect(self._show_recent_files)
        studio.photo_missing.connect(self._ask_for_photo)
        studio.save_overtaken.connect(self.commands.ask_about_overtaken)

    # What the studio says

    @Slot()
    def _show_documents(self) -> None:
        any_open = bool(self.studio.documents)
        self.inspector.setVisible(any_open)
        self.film_strip.setVisible(any_open)
        self.question_bar.review()
        self._show_document(self.studio.current)

    @Slot(object)
    def _show_document(self, document: Document | None) -> None:
        self._turn_to(document)
        self.setWindowTitle(f"{document.name}[*] – {TITLE}" if document else TITLE)
        self.setWindowModified(document is not None and document.modified)
        self.inspector.show_look(document.look if document else None)
        viewport = self.canvas.viewport
        has_photo = document is not None and document.photo is not None
        self.status_bar.show_zoom(viewport.scale if has_photo and viewport else None)
        if document is None:
            self._show_pixel(None)
        self._enable()

    def _turn_to(self, document: Document | None) -> None:
        """Show the photo, or what there is to say instead."""
        if document is None:
            self._stack.setCurrentWidget(self.empty_state)
        elif document.photo is not None:
            self._stack.setCurrentWidget(self.canvas)
        else:
            self.notice.tell(document.name, self.studio.failure(document))
            self._stack.setCurrentWidget(self.notice)

    @Slot(object)
    def _document_changed(self, document: Document) -> None:
        self.question_bar.review()
        if document is self.studio.current:
            self._show_document(document)

    @Slot(object)
    def _show_activity(self, activity: Activity | None) -> None:
        self._activity = activity
        self.question_bar.review()
        self.status_bar.show_activity(activity)
        self._enable()

    @Slot()
    def _show_settings(self) -> None:
        studio, settings = self.studio, self.studio.settings
        self._theme.choose(ThemeChoice(settings.theme))
        self.actions_table.check(f"theme.{settings.theme}")
        self.inspector.model.show_choices(studio.model_text, studio.network_choice, settings.memory_limit_bytes)
        self.status_bar.show_device(studio.model_text, studio.device_text)
        if settings.recent_files != self._looked_for:
            self._looked_for = settings.recent_files
            studio.look_for_recent_files()

    @Slot(object)
    def _show_recent_files(self, found: tuple[Path, ...]) -> None:
        if found != self._recent_files:
            self._recent_files = found
            self.empty_state.set_recent(found)

    def _enable(self) -> None:
        document = self.studio.current
        has_matte = document is not None and document.alpha is not None
        has_look = document is not None and document.look != Look()
        met = {
            Need.DOCUMENT: document is not None,
            Need.PHOTO: document is not None and document.photo is not None,
            Need.MATTE: has_matte,
            Need.NEIGHBOUR: len(self.studio.documents) > 1,
            Need.UNDO: document is not None and document.undo_name is not None,
            Need.REDO: document is not None and document.redo_name is not None,
            Need.EDITS: document is not None and bool(document.edits),
            Need.LOOK: has_look,
            Need.ACTIVITY: self._activity is not None and self._activity.is_stoppable,
            Need.UNMATTED: document is not None and self.studio.status(document) in (Status.STOPPED, Status.FAILED),
        }
        self.actions_table.enable(Need(sum(need.value for need, there in met.items() if there)))
        for name, step in (("undo", document and document.undo_name), ("redo", document and document.redo_name)):
            self.actions_table[name].setText(f"{name.capitalize()}: {step}" if step else name.capitalize())
        self.drag_handle.setEnabled(has_matte)

    def _may_offer_recovery(self) -> bool:
        return not (self.ended or self.missing_photos.is_asking)

    # What the parts say

    def _change_look(self, look: Look, name: str) -> None:
        self.studio.change_look(look, name)

    def _select(self, document: Document) -> None:
        self.studio.select(document)

    def settle(self) -> None:
        """Have done what a hand is in the middle of, before it is asked what has changed."""
        self._settle_inspector()
        self.canvas.let_go()

    @Slot()
    def _settle_inspector(self) -> None:
        """Keep what is being set for the photo that it is being set for, also where another one opens by itself."""
        let_go(self.inspector)
        self.inspector.settle()

    @Slot(object)
    def _remember_mode(self, mode: CanvasMode) -> None:
        self.actions_table.check(f"mode.{mode}")
        split = mode is CanvasMode.SPLIT
        update = {"split": split} if split else {"split": False, "view_mode": mode.views[0]}
        self.studio.change_settings(self.studio.settings.model_copy(update=update))

    @Slot(object)
    def _show_brush(self, brush: BrushSettings) -> None:
        self.actions_table.check(f"tool.{brush.tool or 'pan'}")
        self.inspector.brush.show_brush(brush)
        remembered = self.studio.settings.brush.model_copy(
            update={"size_px": brush.size_px, "hardness": brush.hardness, "opacity": brush.opacity}
        )
        self.studio.change_settings(self.studio.settings.model_copy(update={"brush": remembered}))

    @Slot(object)
    def _show_pixel(self, pixel: PixelInfo | None) -> None:
        if pixel is None:
            self.status_bar.show_pixel("", "", "", "")
            return
        alpha = "" if pixel.alpha is None else f"alpha {pixel.alpha:.3f}"
        colour = " ".join(str(value) for value in pixel.colour)
        self.status_bar.show_pixel(f"{pixel.x}, {pixel.y}", colour, alpha, pixel.trimap or "")

    def _reset_model(self) -> None:
        self.studio.set_model(None)
        self.studio.set_device("auto")
        self.studio.set_size_px(None)
        self.studio.set_quality("balanced")
        self.studio.set_memory_limit(None)

    @Slot(object)
    def _open_recent(self, path: Path) -> None:
        self.studio.open([path])

    def _fill_recent(self) -> None:
        self._recent.clear()
        self.studio.look_for_recent_files()
        for path in self._recent_files:
            action = self._recent.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self._open_recent(path))
        if self._recent.isEmpty():
            self._recent.addAction("No files yet").setEnabled(False)
        else:
            self._recent.addSeparator()
            self._recent.addAction("Clear list").triggered.connect(self.studio.forget_recent_files)

    # Other windows

    def show_dialog(self, dialog: QDialog) -> None:
        """Show a dialog that the window goes on living beside."""
        dress(dialog, self._theme.colours, self.devicePixelRatioF())
        dialog.open()

    def show_comparison(self, model: Path | None) -> None:
        """Show the photo beside its result, or beside what another model makes of it."""
        from matting_studio.qt.compare import CompareWindow, comparisons_ended  # noqa: PLC0415 - the window is up without it

        window = CompareWindow(self, self.studio, self._theme, model)
        dress(window, self._theme.colours, self.devicePixelRatioF())
        self._end_comparisons = partial(comparisons_ended, self)
        window.show()

    def show_batch(self) -> None:
        """Show the window for many photos at once; there is one, and a run goes on while it is hidden."""
        from matting_studio.qt.batch.window import BatchWindow  # noqa: PLC0415 - the window is up without it

        if self._batch is None:
            self._batch = BatchWindow(self, self.studio, self._theme)
            self._batch.news.connect(self.message_bar.tell)
        self._batch.show()
        self._batch.activateWindow()

    def show_training(self) -> "TrainingWindow":
        """Show the window for training; there is one, and runs go on while it is hidden."""
        from matting_studio.qt.training.window import TrainingWindow  # noqa: PLC0415 - the window is up without it

        if self._training is None:
            self._training = TrainingWindow(self, self.studio, self._theme)
            self._training.news.connect(self.message_bar.tell)
            self._training.made_good.connect(self.message_bar.take_back)
        self._training.show()
        self._training.activateWindow()
        return self._training

    @Slot(str)
    def _tell_training_failure(self, sentence: str) -> None:
        # The window for training tells it by itself, once there is one.
        if self._training is None:
            self.message_bar.tell("error", sentence)

    @Slot(object)
    def _ask_for_photo(self, error: Exception) -> None:
        self.message_bar.tell("warning", str(error))
        self.missing_photos.ask(error)

    # Files and pictures that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if event.source() is None and (local_paths(data.urls()) or data.hasImage()):
            accept_as_copy(event)
            self.empty_state.set_dropping(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.empty_state.set_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.empty_state.set_dropping(False)
        if self.commands.take(event.mimeData()):
            accept_as_copy(event)

    # Beginning and end

    def _restore(self) -> None:
        """Be as the window was left."""
        settings = self.studio.settings
        self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode()))
        mode = CanvasMode.SPLIT if settings.split else CanvasMode(settings.view_mode.value)
        self.canvas.set_mode(mode)
        self.actions_table.check(f"mode.{mode}")
        brush = settings.brush
        self.canvas.set_brush(BrushSettings(None, brush.size_px, brush.hardness, brush.opacity))
        self._show_brush(self.canvas.brush)
        self._show_settings()

    @Slot()
    def _dress(self) -> None:
        dress(self, self._theme.colours, self.devicePixelRatioF())

    @Slot()
    def _dress_brush(self) -> None:
        dress(self.inspector.brush, self._theme.colours, self.devicePixelRatioF())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        elif event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.question_bar.review()  # it may have been answered in another window of the program
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.ended:
            return
        self.settle()
        settled, self._settled = self._settled, 0
        for number, question in enumerate(self._closing_questions[settled:], settled + 1):
            if question(partial(self._close_past, number)):
                event.ignore()
                return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.studio.change_settings(self.studio.settings.model_copy(update={"window_geometry": geometry}))
        self.hide()
        comparisons_ended = self._end_comparisons(SHUTDOWN_SECONDS)
        batch_ended = self._batch is None or self._batch.shutdown(SHUTDOWN_SECONDS)
        training_ended = self._training is None or self._training.shutdown(SHUTDOWN_SECONDS)
        studio_ended = self.studio.shutdown(SHUTDOWN_SECONDS)
        self.ended = comparisons_ended and batch_ended and training_ended and studio_ended
        self.drag_handle.remove_files()
        event.accept()

    # What is asked before the window closes, one after the other: each asks if there is a reason, and says whether it
    # did. Its answer goes on to the next one.

    @property
    def _closing_questions(self) -> tuple[Callable[[Callable[[], None]], bool], ...]:
        return (
            self._wait_for_saves,
            self._ask_about_changes,
            self._ask_about_exports,
            self._ask_about_batch,
            self._ask_about_training,
        )

    def _wait_for_saves(self, go_on: Callable[[], None]) -> bool:
        saving = self.studio.saving
        if saving:
            self.question_bar.ask(
                f"{_photos(saving, 'is', 'are')} still being saved. After that the window closes.",
                (("Stay", self.canvas.setFocus), ("Quit without saving", go_on)),
                lambda: bool(self.studio.saving),
                partial(QTimer.singleShot, 0, self.close),
            )
        return bool(saving)

    def _ask_about_changes(self, go_on: Callable[[], None]) -> bool:
        modified = self.studio.modified
        if modified:
            self.question_bar.ask(
                f"{_photos(modified, 'has', 'have')} changes that are in no project.",
                (
                    ("Stay", self.canvas.setFocus),
                    ("Save…", self.commands.save_modified),
                    ("Quit without saving", go_on),
                ),
                lambda: bool(self.studio.modified),
            )
        return bool(modified)

    def _ask_about_exports(self, go_on: Callable[[], None]) -> bool:
        exporting = self.studio.exporting
        if exporting:
            self.question_bar.ask(
                f"{_photos(exporting, 'is', 'are')} still being exported.",
                (("Stay", self.canvas.setFocus), ("Quit without the export", go_on)),
                lambda: bool(self.studio.exporting),
            )
        return bool(exporting)

    def _ask_about_batch(self, go_on: Callable[[], None]) -> bool:
        if self._batch is None or not self._batch.runner.is_active:
            return False
        self.question_bar.ask(
            "A batch is running. What it has done stays done, and it can be started again for the rest.",
            (("Stay", self.canvas.setFocus), ("Stop it and quit", go_on)),
        )
        return True

    def _ask_about_training(self, go_on: Callable[[], None]) -> bool:
        if self._training is None or not self._training.running:
            return False
        self.question_bar.ask(
            "A network is being trained. The training can go on without this window, and is found again in the next "
            "one.",
            (
                ("Leave it running and quit", go_on),
                ("Stop it, save it and quit", partial(self._stop_training_and_quit, go_on)),
                ("Stay", self.canvas.setFocus),
            ),
            lambda: bool(self._training and self._training.running),
        )
        return True

    def _close_past(self, settled: int) -> None:
        """Close, unless one of the questions after so many has a reason."""
        self._settled = settled
        self.close()

    def _stop_training_and_quit(self, go_on: Callable[[], None]) -> None:
        assert self._training is not None
        self._training.stop_all()
        go_on()

    def close_anyway(self) -> None:
        """Close, whatever was not saved."""
        self._close_past(len(self._closing_questions))


def _photos(documents: Sequence[Document], verb_of_one: str, verb_of_many: str) -> str:
    """The beginning of a sentence about them: one is called by its name."""
    return f"{documents[0].name} {verb_of_one}" if len(documents) == 1 else f"{len(documents)} photos {verb_of_many}"
