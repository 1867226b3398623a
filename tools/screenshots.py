"""Pictures of the real window, to look at: every mode, both themes, the empty window, an error, the dialogs.

    python tools/screenshots.py FOLDER [--model FILE] [--photo FILE] [--scale 2]

Each picture is made by doing what a person does, and waiting for what they would wait for. Without a display the window
is drawn in memory.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

PATIENCE_SECONDS = 300.0
SETTLING_SECONDS = 1.5
"""Longer than a picture of the canvas takes to render."""


def main() -> int:
    arguments = _arguments()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = f"{arguments.scale:g}"
    from matting_studio.qt.application import clear_qt_paths_of_opencv  # noqa: PLC0415 - after the scale is set

    clear_qt_paths_of_opencv()
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    QApplication(sys.argv[:1])
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        photographer = Photographer(arguments.folder, arguments.scale, Path(kept))
        photographer.shoot(arguments.model, arguments.photo)
    return 0


class Photographer:
    def __init__(self, folder: Path, scale: float, kept: Path) -> None:
        from matting_studio.qt.application import make_window  # noqa: PLC0415 - after the scale is set

        self._folder, self._suffix = folder, f"@{scale:g}x.png" if scale != 1 else ".png"
        self._theme = ""
        self._window = make_window(kept / "settings", kept / "user")
        self._studio = self._window.studio
        self._last_picture = 0.0
        self._studio.rendered.connect(self._note_picture)
        self._window.show()

    def shoot(self, model: Path | None, photo: Path | None) -> None:
        from matting_studio.app.look import Gradient, Look, Shadow  # noqa: PLC0415
        from matting_studio.qt.canvas.mode import CanvasMode  # noqa: PLC0415

        window, studio = self._window, self._studio
        if model is not None:
            studio.set_model(model)
        for theme in ("dark", "light"):
            self._theme = theme
            self._do(f"theme.{theme}")
            self._take("empty")
            studio.open([photo] if photo else [])
            if photo is None:
                self._do("open_sample")
            self._wait(lambda: bool(studio.documents))
            self._take("matting", settle=False)
            self._wait(lambda: studio.current is not None and studio.current.alpha is not None)
            studio.change_look(Look(background=Gradient(), shadow=Shadow()), "Background")
            for mode in CanvasMode:
                self._do(f"mode.{mode}")
                self._take(f"mode_{mode}")
            self._do("tool.unknown")
            self._take("brush")
            self._broken_photo()
            self._do("palette")
            self._take("palette")
            window.command_palette.line.setText("exp")
            self._take("palette_search")
            window.command_palette.close_palette()
            self._do("tool.pan")
            for name in ("export_as", "shortcuts", "about", "compare_before"):
                self._do(name)
                self._take_dialog(name)
            self._batch(photo)
            window.resize(window.minimumSize())
            self._take("smallest")
            window.resize(1360, 860)
            self._do("reset_look")
            for document in studio.documents:
                studio.close(document)
        window.close_anyway()

    def _broken_photo(self) -> None:
        """An error of the usual kind: a file that is no photo."""
        with tempfile.NamedTemporaryFile(prefix="holiday_", suffix=".jpg") as broken:
            broken.write(b"no photo")
            broken.flush()
            self._studio.open([Path(broken.name)])
            self._wait(self._window.message_bar.isVisible)
            self._wait(lambda: self._window.message_bar.severity == "error")
            self._take("error")
        self._studio.close(self._studio.documents[-1])
        while self._window.message_bar.isVisible():
            self._window.message_bar.dismiss()

    def _batch(self, photo: Path | None) -> None:
        """A folder of photos, two of them broken: before, meanwhile, afterwards, small."""
        from PySide6.QtCore import Qt  # noqa: PLC0415 - after the scale is set
        from PySide6.QtWidgets import QWidget  # noqa: PLC0415

        from matting_studio.app.batch import RunState  # noqa: PLC0415
        from matting_studio.app.export import ExportKind  # noqa: PLC0415
        from matting_studio.app.look import Crop, Gradient, Look  # noqa: PLC0415
        from matting_studio.app.sample import SAMPLE  # noqa: PLC0415
        from matting_studio.app.settings import BatchSettings  # noqa: PLC0415
        from matting_studio.qt.batch.model import Column  # noqa: PLC0415

        self._do("batch")
        window = self._window.findChild(QWidget, "batch_window")
        window.options.show_settings(BatchSettings())
        self._wait(lambda: not window.model.rowCount())
        self._settle()
        self._keep(window.grab(), "batch_empty")
        with tempfile.TemporaryDirectory() as kept:
            folder = Path(kept) / "team"
            folder.mkdir()
            for name in ("anna", "berta", "clara", "dora", "a_photo_whose_name_somebody_never_wanted_to_end", "frida"):
                shutil.copy(photo or SAMPLE, folder / f"{name}.jpg")
            (folder / "holiday.jpg").write_bytes(b"no photo")
            (folder / "zero.png").touch()
            look = Look(background=Gradient(), crop=Crop(kind="ratio"))
            chosen = BatchSettings(
                input_folder=folder,
                output_folder=folder / "cutouts",
                what=(ExportKind.CUTOUT, ExportKind.COMPOSITE),
                max_size_px=1024,
                look=look,
            )
            window.options.show_settings(chosen)
            self._wait(lambda: window.preview.image is not None and not window.preview.text)
            self._settle()
            self._keep(window.grab(), "batch_planned")
            window.controls.start.click()
            self._wait(lambda: window.runner.progress is not None and window.runner.progress.done > 0)
            self._keep(window.grab(), "batch_running")
            self._wait(lambda: window.runner.state is RunState.ENDED)
            window.table.sortByColumn(Column.DOUBT, Qt.SortOrder.DescendingOrder)
            window.options.ensureWidgetVisible(window.options.colours)
            window.table.select("holiday.jpg")
            self._settle()
            self._keep(window.grab(), "batch_ended")
            window.options.verticalScrollBar().setValue(0)
            window.options.from_strip.click()
            window.resize(window.minimumSize())
            self._wait(lambda: window.model.rowCount() == len(self._studio.documents))
            self._wait(lambda: window.preview.image is not None and not window.preview.text)
            self._settle()
            self._keep(window.grab(), "batch_smallest")
        window.options.from_folder.click()
        window.table.sortByColumn(Column.PHOTO, Qt.SortOrder.AscendingOrder)
        window.close()

    def _do(self, name: str) -> None:
        action = self._window.actions_table[name]
        assert action.isEnabled(), f"{name} cannot be done now"
        action.trigger()

    def _take(self, name: str, settle: bool = True) -> None:
        if settle:
            self._settle()
        self._keep(self._window.grab(), name)

    def _take_dialog(self, name: str) -> None:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415

        self._settle()
        others = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        for widget in others:
            if widget is not self._window:
                self._keep(widget.grab(), name)
                widget.close()

    def _settle(self) -> None:
        """Wait until no picture of a canvas has come for a while."""
        self._last_picture = time.monotonic()
        self._wait(lambda: time.monotonic() - self._last_picture > SETTLING_SECONDS)

    def _note_picture(self) -> None:
        self._last_picture = time.monotonic()

    def _keep(self, picture: object, name: str) -> None:
        path = self._folder / f"{self._theme}_{name}{self._suffix}"
        picture.save(str(path))
        print(path)

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < end, self._window.message_bar.text.text() or "nothing happened for too long"
            self._pause(0.02)

    def _pause(self, seconds: float) -> None:
        from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415

        # Not QTest.qWait: it keeps Python's lock, and the workers would starve.
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--model", type=Path, help="a model file; by default the one that comes with the program")
    parser.add_argument("--photo", type=Path, help="a portrait; by default the sample")
    parser.add_argument("--scale", type=float, default=1.0, help="of the screen: 2 is a high-resolution display")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
