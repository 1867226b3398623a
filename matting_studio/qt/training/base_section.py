"""Which model a training starts from: the shipped one, one of a run, a file, or none."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel

from core.checkpoint import shipped_model
from matting_studio.qt.files import MODEL_FILTER
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.restyle import restyle
from matting_studio.qt.spoken import name_choice
from matting_studio.qt.wheel import leave_wheel_to_area

_FROM_CHANCE, _BROWSE = "from chance", "browse"


class BaseSection(InspectorSection):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Base model", "model")
        self.reset_button.hide()
        self.combo = QComboBox()
        name_choice(self.combo, "Base model")
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(10)
        leave_wheel_to_area(self.combo)
        self.combo.activated.connect(self._choose)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.body.addWidget(self.combo)
        self.body.addWidget(self.note)
        self._base: Path | None = shipped_model()
        self._runs: tuple[tuple[str, Path], ...] = ()
        self.problem: str | None = None
        self._fill()

    @property
    def base(self) -> Path | None:
        """None: from scratch."""
        return self._base

    def show_base(self, base: Path | None) -> None:
        """Announces nothing."""
        self._base = base
        self.tell(None)
        self._fill()

    def show_runs(self, models: Sequence[tuple[str, Path]]) -> None:
        """Offer the models of runs, by name."""
        if tuple(models) != self._runs:
            self._runs = tuple(models)
            self._fill()

    def tell(self, problem: str | None) -> None:
        """Say why the model cannot be started from, or that it can."""
        self.problem = problem
        self.note.setText(problem or _explanation(self._base))
        restyle(self.note, quiet=problem is None, wrong=problem is not None)

    def _fill(self) -> None:
        choices: list[tuple[str, object]] = [
            ("Model of the program", shipped_model()),
            *((f"Run {name}", model) for name, model in self._runs),
        ]
        if self._base is not None and self._base not in [value for _, value in choices]:
            choices.append((self._base.name, self._base))
        choices += [("From scratch", _FROM_CHANCE), ("A model file…", _BROWSE)]
        self.combo.clear()
        for text, value in choices:
            self.combo.addItem(text, value)
            if isinstance(value, Path):
                self.combo.setItemData(self.combo.count() - 1, str(value), Qt.ItemDataRole.ToolTipRole)
        self._show_choice()
        self.tell(self.problem)

    def _show_choice(self) -> None:
        chosen = self._base if self._base is not None else _FROM_CHANCE
        values = [self.combo.itemData(index) for index in range(self.combo.count())]
        self.combo.setCurrentIndex(values.index(chosen))
        self.combo.setToolTip(str(self._base or ""))

    def _choose(self, index: int) -> None:
        value = self.combo.itemData(index)
        if value == _BROWSE:
            self._show_choice()
            self._browse()
            return
        self.choose(None if value == _FROM_CHANCE else value)

    def _browse(self) -> None:
        folder = self._base.parent if self._base is not None else Path.home()
        dialog = QFileDialog(self.window(), "Base model", str(folder), MODEL_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.choose(Path(name)))
        dialog.open()

    def choose(self, base: Path | None) -> None:
        """Start from this one; None: from scratch."""
        self.show_base(base)
        self.changed.emit()


def _explanation(base: Path | None) -> str:
    if base is None:
        return "All weights start from chance: for large data sets, and days on a GPU."
    if base == shipped_model():
        return "The model that came with the program goes on learning."
    return f"Goes on from {base.name}."
