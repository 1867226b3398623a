"""The curves of a run with their tools; the charts come when they are to be seen for the first time."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, Qt, Signal, Slot
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from core.atomic import write_atomically
from core.errors import ImageWriteError
from matting_studio.app.jobs import Job, JobContext
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.chart_tools import ChartTools
from matting_studio.qt.training.curves import RunCurves
from matting_studio.qt.training.next_step import NextStep
from matting_studio.qt.worker import Worker

if TYPE_CHECKING:
    from matting_studio.qt.training.charts import Charts


class CurvesView(QWidget):
    table_wanted = Signal(object)
    """The Path at which all figures of the run shall stand as a table."""
    told = Signal(str, str)
    """Severity and a sentence."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._worker = Worker("training charts", self)
        self._worker.failed.connect(self._tell_failure)
        self._runs: tuple[RunCurves, ...] = ()
        self._names: tuple[str, ...] = ()
        self.charts: Charts | None = None
        """None until pyqtgraph is there."""
        self.tools = ChartTools()
        self._nothing = NextStep("No figures yet", "The curves begin with the first steps of the run.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self._stack, 1)
        self.tools.picture_wanted.connect(self._choose_picture)
        self.tools.table_wanted.connect(self._choose_table)
        self._adapt()

    def show_runs(self, runs: Sequence[RunCurves], names: Sequence[str]) -> None:
        """Show the curves of a run, and of those laid over it; `names` are what people call them."""
        self._runs, self._names = tuple(runs), tuple(names)
        self._adapt()

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.charts is None and not self._worker.has(("charts",)):
            # Half a second, in which the window goes on: only what is on the screen has to be made on its thread.
            self._worker.submit(Job(("charts",), "Loading the charts", _load_pyqtgraph, deliver=self._make_charts))

    def _make_charts(self, _loaded: None) -> None:
        from matting_studio.qt.training.charts import Charts  # noqa: PLC0415 - pyqtgraph is loaded by now

        self.charts = Charts(self._theme)
        self.tools.logarithmic_chosen.connect(self.charts.set_logarithmic)
        self.tools.all_steps_wanted.connect(self.charts.show_all_steps)
        self.charts.set_logarithmic(self.tools.logarithmic.isChecked())
        self._stack.addWidget(self.charts)
        self._adapt()

    def _adapt(self) -> None:
        there = any(run.curves for run in self._runs)
        for button in (self.tools.picture, self.tools.table, self.tools.all_steps):
            button.setEnabled(there)
        if self.charts is None or not there:
            self._stack.setCurrentWidget(self._nothing)
            return
        self.charts.show_runs(self._runs, self._names)
        self._stack.setCurrentWidget(self.charts)

    # Kept

    @Slot()
    def _choose_picture(self) -> None:
        self._choose("Save the charts", "PNG pictures (*.png)", ".png", self.save_picture)

    @Slot()
    def _choose_table(self) -> None:
        self._choose("Save the figures", "CSV tables (*.csv)", ".csv", self.table_wanted.emit)

    def _choose(self, title: str, kinds: str, suffix: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self.window(), title, str(Path.home() / f"{self._names[0]}{suffix}"), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()

    def save_picture(self, target: Path) -> None:
        """Keep all charts as they are now as a PNG file; what becomes of it is told."""
        assert self.charts is not None
        picture = self.charts.picture()

        def work(_context: JobContext) -> None:
            _write_png(picture, target)

        def deliver(_nothing: None) -> None:
            self.told.emit("info", f"The charts are in {target}.")

        self._worker.submit(Job(("picture", target), f"Writing {target.name}", work, deliver=deliver))

    @Slot(object, str)
    def _tell_failure(self, _job: Job, sentence: str) -> None:
        self.told.emit("error", sentence)


def _load_pyqtgraph(_context: JobContext) -> None:
    import_module("pyqtgraph")


def _write_png(picture: QImage, target: Path) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    try:
        with write_atomically(target) as file:
            file.write(buffer.data().data())
    except OSError as error:
        raise ImageWriteError(
            f"{target} cannot be written ({error.strerror or error}). Choose another folder."
        ) from error
