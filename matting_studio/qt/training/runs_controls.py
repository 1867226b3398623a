"""What can be done with the runs that are selected."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from matting_studio.app.training.run_model import model_of
from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.icons import name_icon

_BUSY = (RunState.RUNNING, RunState.WAITING)


class RunsControls(QWidget):
    open_wanted = Signal()
    compare_wanted = Signal()
    delete_wanted = Signal()
    export_wanted = Signal(str)
    """Which model: `best` or `last`."""
    use_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.open = _button("Show", "original", "Curves, previews and log of this run (Enter)")
        self.compare = _button("Compare…", "compare", "Measure two models on the same photos")
        self.delete = _button("Delete…", "delete", "Delete with everything in it (Del)")
        self.export = _button(
            "Export model", "export", "Write a model as a .safetensors file for other programs and people"
        )
        menu = QMenu(self.export)
        self.best = menu.addAction("The best model…", lambda: self.export_wanted.emit("best"))
        self.last = menu.addAction("The last model…", lambda: self.export_wanted.emit("last"))
        self.export.setMenu(menu)
        self.use = _button("Use this model", "model", "Let the studio matte with it from now on", accent=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        for button in (self.open, self.compare, self.delete):
            row.addWidget(button)
        row.addStretch()
        for button in (self.export, self.use):
            row.addWidget(button)
        for button, signal in (
            (self.open, self.open_wanted), (self.compare, self.compare_wanted), (self.delete, self.delete_wanted),
            (self.use, self.use_wanted),
        ):  # fmt: skip
            button.clicked.connect(signal)

    def show_selected(self, runs: Sequence[RunSummary], *, in_use: bool) -> None:
        """`in_use`: the studio uses the model of the one that is selected, as it is now."""
        one = runs[0] if len(runs) == 1 else None
        has_best, has_last = one is not None and one.best is not None, one is not None and one.step > 0
        self.open.setEnabled(one is not None)
        self.compare.setEnabled(len(runs) in (1, 2))
        self.delete.setEnabled(bool(runs) and not any(run.state in _BUSY for run in runs))
        self.best.setEnabled(has_best)
        self.last.setEnabled(has_last)
        self.export.setEnabled(has_best or has_last)
        self.use.setEnabled(one is not None and model_of(one) is not None and not in_use)
        self.use.setText(" In the studio" if in_use else " Use this model")


def _button(text: str, icon: str, tip: str, *, accent: bool = False) -> QPushButton:
    button = QPushButton(f" {text}")  # a little away from its icon
    button.setToolTip(tip)
    button.setProperty("accent", accent)
    name_icon(button, icon, "on_accent" if accent else "")
    return button
