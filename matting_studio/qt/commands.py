"""What the actions do: one method for each handler that the table of actions names."""

from collections.abc import Callable
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from matting_studio.app.document import Document
from matting_studio.app.edits import Brush
from matting_studio.app.look import Look
from matting_studio.app.places import pictures_folder
from matting_studio.app.reach import is_there
from matting_studio.app.short_names import fitted
from matting_studio.qt.canvas.mode import CanvasMode
from matting_studio.qt.drops import local_paths
from matting_studio.qt.files import MODEL_FILTER, OPEN_FILTER, PROJECT_FILTER, PROJECT_SUFFIX
from matting_studio.qt.pictures import to_array
from matting_studio.qt.saves import Save
from matting_studio.qt.theme import ThemeChoice

if TYPE_CHECKING:
    from matting_studio.qt.main_window import MainWindow

_Save = Callable[[Path, Document], None]


class Commands(QObject):
    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._studio = window.studio

    # File

    def open_photos(self) -> None:
        dialog = self._file_dialog("Open photos", OPEN_FILTER, self._studio.settings.open_folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._open_chosen)
        dialog.open()

    def open_folder(self) -> None:
        dialog = self._file_dialog("Open a folder", "", self._studio.settings.open_folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self._open_chosen)
        dialog.open()

    def _open_chosen(self, names: list[str]) -> None:
        self._studio.open([Path(name) for name in names])

    def open_sample(self) -> None:
        self._studio.open_sample()

    def save_project(self) -> None:
        self._save_and(lambda: None)

    def _save_and(self, then: Callable[[], None]) -> None:
        """Save the current document where it has a project, or else where somebody says; then do what comes next."""
        document = self._studio.current
        if document is None:
            return
        save = partial(self._studio.save_project, then=then)
        if document.project_path is None:
            self._ask_where_to_save("Save the project", save)
        else:
            save(document=document)

    def save_project_as(self) -> None:
        self._ask_where_to_save("Save the project", self._studio.save_project)

    def save_whole_project_as(self) -> None:
        """Save a project that can be handed to somebody else."""
        self._ask_where_to_save("Save the project with its photo", self._studio.save_whole_project)

    def _ask_where_to_save(self, title: str, save: _Save) -> None:
        document = self._studio.current
        if document is None:
            return
        known = document.project_path
        folder = known.parent if known else self._studio.settings.project_folder or document.folder
        dialog = self._file_dialog(title, PROJECT_FILTER, folder or pictures_folder())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(PROJECT_SUFFIX)
        dialog.selectFile(known.name if known else self._free_name(document, Path(dialog.directory().absolutePath())))
        dialog.fileSelected.connect(lambda name: self._save_as(document, Path(name), save))
        dialog.open()

    def _free_name(self, document: Document, folder: Path) -> str:
        """What a document's project may be called: after the photo, as no other open one is."""
        endings = (PROJECT_SUFFIX if number == 1 else f"-{number}{PROJECT_SUFFIX}" for number in count(1))
        names = (fitted(Path(document.name).stem, ending) for ending in endings)
        return next(name for name in names if self._studio.project_owner(folder / name, document) is None)

    def _save_as(self, document: Document, chosen: Path, save: _Save) -> None:
        # A project is known by its ending, whatever else somebody typed.
        path = chosen if chosen.suffix.lower() == PROJECT_SUFFIX else chosen.with_name(chosen.name + PROJECT_SUFFIX)
        owner = self._studio.project_owner(path, document)
        if owner is not None:
            sentence = f"{path} is the project of {owner.name}, which is open. Choose another name."
            self._window.message_bar.tell("warning", sentence)
        elif path != chosen and is_there(path):
            self._window.message_bar.tell("warning", f"{path} exists already. Choose another name for the project.")
        elif document in self._studio.documents:
            save(path, document)

    def ask_about_overtaken(self, save: Save) -> None:
        """Ask what to do with a project that another program has written since it was opened or saved here."""
        document = save.document
        if document not in self._studio.documents:
            return  # it was closed, and asked about then

        def save_elsewhere() -> None:
            self._studio.select(document)
            self._ask_where_to_save("Save the project", partial(self._studio.save_project, then=save.then))

        self._window.question_bar.ask(
            f"{save.path.name} was changed by another program since {document.name} was opened or saved here.",
            (
                ("Save under another name…", save_elsewhere),
                ("Replace it", partial(self._studio.insist_on, save)),
                ("Not now", self._window.canvas.setFocus),
            ),
            lambda: document in self._studio.modified,
        )

    def save_modified(self) -> None:
        """Save what has a project already; ask where to save the first photo that has none."""
        modified = self._studio.modified
        for document in modified:
            if document.project_path is not None:
                self._studio.save_project(document=document)
        new = next((document for document in modified if document.project_path is None), None)
        if new is not None:
            self._studio.select(new)
            self.save_project_as()

    def quick_export(self) -> None:
        self._studio.quick_export()

    def show_export(self) -> None:
        document = self._studio.current
        if document is None or document.photo is None:
            return
        from matting_studio.qt.export_dialog import ExportDialog  # noqa: PLC0415 - the window is up without it

        settings = self._studio.settings
        folder = settings.export_folder or document.folder or pictures_folder()
        others = [other.path for other in self._studio.documents if other.path is not None and other is not document]
        dialog = ExportDialog(self._window, document, settings.export, folder, others)
        dialog.wanted.connect(partial(self._studio.export, document))
        self._window.show_dialog(dialog)

    def show_batch(self) -> None:
        self._window.show_batch()

    def close_photo(self) -> None:
        self._window.settle()  # what is only half painted is a change to be asked about
        if self._studio.current is not None:
            self._close((self._studio.current,))

    def close_all_photos(self) -> None:
        self._window.settle()
        self._close(self._studio.documents)

    def _close(self, documents: tuple[Document, ...]) -> None:
        """Close photos one after the other; at one with changes it is asked, and goes on when that is saved or closed.

        Those that are closed or opened while a question stands are left out.
        """
        still_open = tuple(document for document in documents if document in self._studio.documents)
        modified = self._studio.modified
        unharmed = tuple(takewhile(lambda document: document not in modified, still_open))
        if unharmed:
            self._studio.close(*unharmed)
        if len(unharmed) < len(still_open):
            self._ask_before_closing(still_open[len(unharmed)], still_open[len(unharmed) + 1 :])

    def _ask_before_closing(self, document: Document, others: tuple[Document, ...]) -> None:
        def close() -> None:
            self._studio.close(document)
            self._close(others)

        def save() -> None:
            self._studio.select(document)
            self._save_and(lambda: self._close((document, *others)))

        self._studio.select(document)
        self._window.question_bar.ask(
            f"{document.name} has changes that are in no project.",
            (
                ("Keep it open", self._window.canvas.setFocus),
                ("Save as a project…", save),
                ("Close without saving", close),
            ),
            lambda: document in self._studio.modified,
        )

    def quit(self) -> None:
        self._window.close()

    # Edit

    def undo(self) -> None:
        self._studio.undo()

    def redo(self) -> None:
        self._studio.redo()

    def copy_cutout(self) -> None:
        self._studio.copy_cutout()

    def paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()  # None where nothing was ever copied
        if data is None or not self.take(data):
            self._window.message_bar.tell("warning", "There is no picture to paste: copy one in another program first.")

    def take(self, data: QMimeData) -> bool:
        """Open the files or the picture that a clipboard or a drop holds; False if it holds neither."""
        paths = local_paths(data.urls())
        if paths:
            self._studio.open(paths)
            return True
        image = data.imageData() if data.hasImage() else None
        if isinstance(image, QImage) and not image.isNull():
            self._studio.paste(to_array(image))
            return True
        return False

    def reset_edits(self) -> None:
        self._studio.reset_edits()

    def reset_look(self) -> None:
        self._studio.change_look(Look(), "Reset all settings")

    # View

    def show_mode(self, mode: CanvasMode) -> None:
        self._window.canvas.set_mode(mode)

    def fit(self) -> None:
        self._window.canvas.zoom_to_fit()

    def actual_size(self) -> None:
        self._window.canvas.zoom_to_actual_size()

    def zoom_in(self) -> None:
        self._window.canvas.zoom_in()

    def zoom_out(self) -> None:
        self._window.canvas.zoom_out()

    def compare_with_original(self) -> None:
        self._window.show_comparison(None)

    def compare_with_model(self) -> None:
        self._ask_for_model("Compare with a model", self._window.show_comparison)

    def choose_theme(self, choice: ThemeChoice) -> None:
        self._studio.change_settings(self._studio.settings.model_copy(update={"theme": choice.value}))

    def toggle_full_screen(self) -> None:
        # Whatever else it is, such as maximised, it is again afterwards.
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Brush

    def choose_tool(self, tool: Brush | None) -> None:
        self._window.canvas.set_tool(tool)
        self._window.canvas.setFocus()

    def brush_smaller(self) -> None:
        self._window.canvas.resize_brush(-1)

    def brush_larger(self) -> None:
        self._window.canvas.resize_brush(1)

    def swap_brush(self) -> None:
        self._window.canvas.swap_brush()

    # Photo

    def previous_photo(self) -> None:
        self._studio.select_previous()

    def next_photo(self) -> None:
        self._studio.select_next()

    def cancel(self) -> None:
        self._studio.cancel()

    def matte_again(self) -> None:
        if self._studio.current is not None:
            self._studio.matte_again(self._studio.current)

    def choose_model(self) -> None:
        self._ask_for_model("Choose a model", self._studio.set_model)

    def use_shipped_model(self) -> None:
        self._studio.set_model(None)

    def _ask_for_model(self, title: str, then: Callable[[Path], None]) -> None:
        model = self._studio.settings.model
        dialog = self._file_dialog(title, MODEL_FILTER, model.parent if model else None)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    # Train

    def show_training(self) -> None:
        self._window.show_training()

    def learn_from_corrections(self) -> None:
        self._studio.learn_from_corrections()

    def fine_tune_on_own_photos(self) -> None:
        from matting_studio.app.training import own_data  # noqa: PLC0415 - the window is up without it

        if own_data.count(self._studio.own_photos_folder).training == 0:
            self._window.message_bar.tell(
                "info",
                "There are no photos of your own to learn from yet. Correct a matte with the brush, then choose "
                "Train, Learn from my corrections.",
            )
            return
        self._window.show_training().fine_tune_on_own_photos()

    # Help

    def show_palette(self) -> None:
        self._window.command_palette.open()

    def show_shortcuts(self) -> None:
        from matting_studio.qt.shortcut_sheet import ShortcutSheet  # noqa: PLC0415 - the window is up without it

        self._window.show_dialog(ShortcutSheet(self._window))

    def show_about(self) -> None:
        from matting_studio.app.places import cache_folder, config_folder, data_folder, log_folder  # noqa: PLC0415
        from matting_studio.qt.about import About, diagnostics  # noqa: PLC0415 - the window is up without it

        folders = (
            ("Settings", config_folder()),
            ("Unsaved work", data_folder()),
            ("Cache", cache_folder()),
            ("Logs", log_folder()),
        )
        self._window.show_dialog(
            About(self._window, diagnostics(self._studio.device_text, self._studio.model_text, folders))
        )

    def _file_dialog(self, title: str, names: str, folder: Path | None) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(folder or ""), names)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
