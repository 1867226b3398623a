"""Two models on the same photos: which are compared, on what, and what came of it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.training.datasets import Pair
from matting_studio.app.training.run_model import model_of
from matting_studio.app.training.runs import RunSummary
from matting_studio.qt.icons import name_icon
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.compared_pictures import ComparedPictures
from matting_studio.qt.training.comparing import Compared, Comparing, Models, Seen
from matting_studio.qt.training.comparison_table import ComparisonTable
from matting_studio.qt.training.elided_choice import ElidedChoice
from matting_studio.qt.training.next_step import NextStep

_MOST_PHOTOS, _STEPS = 40, 1000
_SHIPPED = "The shipped model"


class ComparisonView(QWidget):
    closed = Signal()
    told = Signal(str, str)
    """Severity and a sentence."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._compared: Compared | None = None
        self._folders: tuple[Path, ...] = ()
        """Of the runs whose models are chosen."""
        self.comparing = Comparing(self)
        self.back = _button("All runs", "previous", "Back to the table of runs")
        self.before, self.after, self.photos = (
            ElidedChoice("Model before"),
            ElidedChoice("Model after"),
            ElidedChoice("Photos"),
        )
        self.photos.setPlaceholderText("Choose photos")
        self.most = QSpinBox()
        self.most.setAccessibleName("Number of photos")
        self.most.setToolTip("At most so many, taken evenly from all over the set")
        self.most.setRange(1, 10_000)
        self.most.setValue(_MOST_PHOTOS)
        self.most.setSuffix(" photos")
        self.most.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.folder = _button("Other photos…", "folder", "A folder with image/ and alpha/, or a P3M or HPM data set")
        self.start = _button("Compare", "compare", "Measure both models on these photos", accent=True)
        self.cancel = _button("Cancel", "cancel", "")
        self.verdict = QLabel()
        self.verdict.setProperty("title", True)
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName("Progress of the comparison")
        self.table = ComparisonTable(theme)
        self.pictures = ComparedPictures(theme)
        self.nothing = NextStep(
            "Which one is better?",
            "Choose two models and photos that neither has learnt from, such as the validation set of a run. "
            "Both matte the same photos, and each photo can be looked at.",
        )
        self._lay_out()
        self._connect()
        self._show_result(None)

    def _lay_out(self) -> None:
        title = QLabel("Compare two models on the same photos")
        title.setProperty("title", True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.back)
        head.addWidget(title, 1)
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        for column, (text, widget) in enumerate((("Before", self.before), ("After", self.after), ("On", self.photos))):
            form.addWidget(_quiet(text), 0, column)
            form.addWidget(widget, 1, column)
            form.setColumnStretch(column, 1)
        for column, widget in enumerate((self.folder, self.most, self.start, self.cancel), 3):
            form.addWidget(widget, 1, column)
        result = QWidget()
        below = QVBoxLayout(result)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.table, 1)
        below.addWidget(self.pictures)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(result)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 16, 12)
        top.setSpacing(12)
        top.addLayout(head)
        top.addLayout(form)
        top.addWidget(self.bar)
        top.addWidget(self.verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.back.clicked.connect(self._close)
        self.before.currentIndexChanged.connect(self._look_for_sets)
        self.after.currentIndexChanged.connect(self._look_for_sets)
        self.photos.currentIndexChanged.connect(self._adapt)
        self.folder.clicked.connect(self._choose_folder)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self.comparing.cancel)
        self.table.chosen.connect(self._look)
        comparing = self.comparing
        comparing.sets_found.connect(self._take_sets)
        comparing.progressed.connect(self._show_progress)
        comparing.compared.connect(self._show_result)
        comparing.ended.connect(self._adapt)
        comparing.seen.connect(self._show_seen)
        comparing.failed.connect(self._tell_failure)

    def offer_runs(self, runs: Sequence[RunSummary]) -> None:
        """The runs that have a model, and the shipped model, are there to be chosen."""
        offered = [(_SHIPPED, None), *((run.name, model) for run in runs if (model := model_of(run)) is not None)]
        for choice in (self.before, self.after):
            if offered == [(choice.itemText(place), choice.itemData(place)) for place in range(choice.count())]:
                continue
            chosen = choice.currentData()
            choice.blockSignals(True)
            choice.clear()
            for name, model in offered:
                choice.addItem(name, model)
            _choose(choice, chosen)
            choice.blockSignals(False)
        self._look_for_sets()

    def propose(self, runs: Sequence[RunSummary]) -> None:
        """One run: against the shipped model. Two: the later one against the earlier one."""
        in_time = sorted(runs, key=lambda run: run.started or float("inf"))
        after = model_of(in_time[-1]) if in_time else None
        before = model_of(in_time[0]) if len(in_time) > 1 else None
        _choose(self.before, before)
        _choose(self.after, after)
        self._look_for_sets()
        self.start.setFocus()

    def shutdown(self, timeout_seconds: float) -> bool:
        return self.comparing.shutdown(timeout_seconds)

    @property
    def models(self) -> Models:
        return self.before.currentData(), self.after.currentData()

    # The photos

    @Slot()
    def _look_for_sets(self) -> None:
        folders = tuple(model.parent for model in self.models if model is not None)
        if folders != self._folders:
            self._folders = folders
            self.comparing.find_sets(folders)
        self._adapt()

    @Slot(object)
    def _take_sets(self, sets: tuple[tuple[str, Path], ...]) -> None:
        chosen = self.photos.currentData()
        self.photos.clear()
        for name, folder in sets:
            self._add_photos(name, folder)
        if chosen is not None and self.photos.findData(chosen) < 0:
            self._add_photos(chosen.name, chosen)
        _choose(self.photos, chosen)
        self._adapt()

    def _add_photos(self, name: str, folder: Path) -> None:
        self.photos.addItem(name, folder)
        self.photos.setItemData(self.photos.count() - 1, str(folder), Qt.ItemDataRole.ToolTipRole)

    @Slot()
    def _choose_folder(self) -> None:
        dialog = QFileDialog(self.window(), "Photos with their alphas", str(self.photos.currentData() or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_folder(Path(name)))
        dialog.open()

    def take_folder(self, folder: Path) -> None:
        """Compare on the photos of this data set."""
        if self.photos.findData(folder) < 0:
            self._add_photos(folder.name, folder)
        _choose(self.photos, folder)

    # The comparison

    @Slot()
    def _start(self) -> None:
        self.comparing.compare(self.models, self.photos.currentData(), self.most.value())
        self._show_result(None)
        self.bar.setValue(0)
        self.verdict.setText("Loading the models …")
        self.verdict.show()

    @Slot(float)
    def _show_progress(self, fraction: float) -> None:
        self.bar.setValue(round(fraction * _STEPS))
        self.verdict.setText(f"Both models matte the same photos: {fraction:.0%} done …")

    @Slot(object)
    def _show_result(self, compared: Compared | None) -> None:
        self._compared = compared
        self.table.show_compared(compared)
        self.verdict.setText(compared.comparison.verdict() if compared else "")
        self._stack.setCurrentIndex(0 if compared is None else 1)
        self._adapt()

    @Slot(object)
    def _look(self, pair: Pair) -> None:
        assert self._compared is not None
        self.pictures.tell(f"Matting {pair.image.name} …")
        self.comparing.see(self._compared.models, pair)

    @Slot(object)
    def _show_seen(self, seen: Seen) -> None:
        self.pictures.show_seen(seen)

    @Slot(str)
    def _tell_failure(self, sentence: str) -> None:
        self.pictures.tell("")
        self.told.emit("error", sentence)

    @Slot()
    def _adapt(self) -> None:
        busy, (before, after) = self.comparing.is_busy, self.models
        for widget in (self.before, self.after, self.photos, self.folder, self.most):
            widget.setEnabled(not busy)
        self.start.setVisible(not busy)
        self.start.setEnabled(before != after and self.photos.currentData() is not None)
        self.start.setToolTip("Choose two different models" if before == after else "Measure both on these photos")
        self.cancel.setVisible(busy)
        self.bar.setVisible(busy)
        if not busy and self._compared is None:
            self.verdict.setText("")
        self.verdict.setVisible(bool(self.verdict.text()))

    @Slot()
    def _close(self) -> None:
        self.comparing.forget()
        self._show_result(None)
        self.closed.emit()


def _choose(choice: QComboBox, data: Path | None) -> None:
    """Select what has this data, or else the first."""
    places = (place for place in range(choice.count()) if choice.itemData(place) == data)
    choice.setCurrentIndex(next(places, 0 if choice.count() else -1))


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    return label


def _button(text: str, icon: str, tip: str, *, accent: bool = False) -> QPushButton:
    button = QPushButton(f" {text}")  # a little away from its icon
    button.setToolTip(tip)
    button.setProperty("accent", accent)
    name_icon(button, icon, "on_accent" if accent else "")
    return button
