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
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={Path(__file__).with_name('offscreen.json')}")
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
            self._training()
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

    def _training(self) -> None:
        """A run is set up on what the studio has matted, with faults in the data first; then it trains."""
        from PySide6.QtWidgets import QWidget  # noqa: PLC0415 - after the scale is set

        from matting_studio.app.training.runs import RunState  # noqa: PLC0415

        self._do("training")
        window = self._window.findChild(QWidget, "training_window")
        page, pages = window.new_run, (("new", window.new_run), ("runs", window.runs), ("live", window.live))
        if not window.runner.runs():
            for name, shown in pages:
                window.show_page(shown)
                self._settle()
                self._keep(window.grab(), f"training_{name}_empty")
            window.show_page(page)
        with tempfile.TemporaryDirectory() as kept:
            folder = Path(kept) / "portraits"
            self._write_portraits(folder)
            self._check_portraits(window, folder)
            self._choose_small_settings(page)
            page.settings_button.click()
            self._keep(window.grab(), "training_settings")
            rate = page.form.row("schedule", "learning_rate")
            self._type(rate.editor, "fast")
            window.resize(window.minimumSize())
            self._settle()
            self._keep(window.grab(), "training_wrong_smallest")
            rate.reset_button.click()
            window.resize(1240, 820)
            page.start_bar.start.click()
            self._wait(lambda: any(run.step > 60 for run in window.runner.runs() if run.state is RunState.RUNNING))
            self._settle()
            self._keep(window.grab(), "training_live")
            self._wait(lambda: not window.running)
            self._wait(window.question_bar.isVisible)
            window.show_page(window.runs)
            self._settle()
            self._keep(window.grab(), "training_runs")
            window.question_bar.withdraw()
            page.setup.data.training.remove(folder)
            page.check_button.click()
        window.show_page(page)
        window.close()

    def _check_portraits(self, window: object, folder: Path) -> None:
        """With faults first, then without."""
        page, missing, broken = window.new_run, folder / "alpha" / "1.png", folder / "alpha" / "2.png"
        kept = {path: path.read_bytes() for path in (missing, broken)}
        missing.unlink()
        broken.write_bytes(b"no picture")
        page.setup.preset.buttons["quick_try"].click()
        page.setup.data.training.add(folder)
        self._wait(lambda: page.check.report is not None)
        self._settle()
        self._keep(window.grab(), "training_bad_data")
        for path, content in kept.items():
            path.write_bytes(content)
        page.doctor.again_button.click()
        self._wait(lambda: page.check.report is not None)
        self._settle()
        self._keep(window.grab(), "training_data")

    def _write_portraits(self, folder: Path) -> None:
        """The person of the photo elsewhere before other scenes; two of eight are held back."""
        import cv2  # noqa: PLC0415 - after the scale is set
        import numpy as np  # noqa: PLC0415

        random = np.random.default_rng(0)
        document = self._studio.current
        image, alpha = cv2.cvtColor(document.photo.image, cv2.COLOR_RGB2BGR), document.alpha
        for number in range(8):
            scale, side = random.uniform(0.5, 1.1) * 400 / max(alpha.shape), 400
            left = random.uniform(-0.4, 0.6) * side
            place = np.float32([[scale, 0, left], [0, scale, side - scale * alpha.shape[0]]])
            moved = cv2.warpAffine(alpha, place, (side, side))[..., None]
            person = cv2.warpAffine(image, place, (side, side))
            scene = cv2.resize(
                random.integers(20, 236, (4, 4, 3), np.uint8), (side, side), interpolation=cv2.INTER_CUBIC
            )
            composite = moved * person + (1 - moved) * scene
            part = folder / "validation" if number > 5 else folder
            for kind, pixels in (("image", composite), ("alpha", 255 * moved)):
                (part / kind).mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(part / kind / f"{number}.png"), np.rint(pixels).astype(np.uint8))

    def _choose_small_settings(self, page: object) -> None:
        """A network so small that a picture can wait for it."""
        combo = page.setup.base.combo
        combo.setCurrentIndex(combo.findText("From scratch"))
        combo.activated.emit(combo.currentIndex())
        for group, name, text in (
            ("network", "width", "0.125"), ("run", "log_steps", "1"), ("run", "validate_steps", "20"),
            ("run", "validation_px", "128"), ("data", "workers", "0"), ("schedule", "learning_rate", "2e-3"),
        ):  # fmt: skip
            self._type(page.form.row(group, name).editor, text)
        for cell, text in zip(page.form.row("schedule", "stages").editor.cells[0], ("160", "96", "4"), strict=True):
            self._type(cell, text)

    def _type(self, line: object, text: str) -> None:
        line.setText(text)
        line.textEdited.emit(text)

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
