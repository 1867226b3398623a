"""One run: its name and notes to write, its best figures, and why it failed."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.room import for_font
from matting_studio.qt.training.run_words import day_and_time, duration, number, state_sentence, steps_text

WIDTH_PX = 336
_NOTES_HEIGHT_PX = 192
_SETTLING_MS = 800
_HINTS = (
    "Select a run to see its figures and to write notes on it; select two to compare them.",
    "",
    "Two runs are selected: compare their models on the same photos.",
    "Several runs are selected.",
)
"""By the number of runs that are selected."""
_NOTES_WANTED = "What was tried, and what came of it"
_NOTES_LOCKED = "The notes of this run cannot be read, so they are left alone."
_MEASURES = ("mad", "sad", "mse", "grad", "conn")


class RunDetails(QScrollArea):
    renamed = Signal(object, str)
    """The Path of a run's folder, and the name that it shall have."""
    noted = Signal(object, str)
    """The Path of a run's folder, and what was written about it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(for_font(WIDTH_PX))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to what is focused in it
        self._run: RunSummary | None = None
        self._noted: dict[Path, str] = {}
        """What was written and does not stand in the run's folder yet."""
        self.hint = _quiet("")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the run")
        self.state, self.facts = _title(), _quiet("")
        self.reason = QLabel()
        self.reason.setProperty("wrong", True)
        self.figures = QWidget()
        self._grid = QGridLayout(self.figures)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("run_notes")
        self.notes.setAccessibleName("Notes on the run")
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(_NOTES_HEIGHT_PX)
        for label in (self.state, self.reason):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLING_MS)
        self._settling.timeout.connect(self.settle)
        content = QWidget()
        content.setObjectName("inspector_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        self._parts = QFrame()
        parts = QVBoxLayout(self._parts)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(8)
        self._best = _title("Best figures")
        for widget in (_title("Name"), self.name, self.state, self.facts, self.reason, self._best, self.figures,
                       _title("Notes")):  # fmt: skip
            parts.addWidget(widget)
        parts.addWidget(self.notes)
        column.addWidget(self.hint)
        column.addWidget(self._parts)
        column.addStretch()
        self.setWidget(content)
        self.name.editingFinished.connect(self._rename)
        self.notes.textChanged.connect(self._settling.start)
        self.show_runs(())

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show what is selected, where it is one run."""
        self.hint.setText(_HINTS[min(len(runs), len(_HINTS) - 1)])
        self._show_run(runs[0] if len(runs) == 1 else None)

    def _show_run(self, run: RunSummary | None) -> None:
        """What is being written about a run is left alone."""
        same = run is not None and self._run is not None and run.folder == self._run.folder
        if not same:
            self.settle()
        self._run = run
        self.hint.setVisible(run is None)
        self._parts.setVisible(run is not None)
        if run is None:
            return
        self._show_facts(run)
        self.name.setEnabled(run.state not in (RunState.RUNNING, RunState.WAITING))
        if not same or not self.name.hasFocus():
            self.name.setText(run.name)
        if not same or not (self.notes.hasFocus() or self._settling.isActive()):
            if run.notes is not None and self._noted.get(run.folder) == run.notes:
                del self._noted[run.folder]
            self._show_notes(self._noted.get(run.folder, run.notes))
        self.notes.setReadOnly(run.notes is None)
        self.notes.setPlaceholderText(_NOTES_LOCKED if run.notes is None else _NOTES_WANTED)

    @Slot()
    def settle(self) -> None:
        """Keep at once what would be kept in a moment."""
        self._settling.stop()
        run, notes = self._run, self.notes.toPlainText()
        if run is not None and notes != (self._noted.get(run.folder, run.notes) or ""):
            self._noted[run.folder] = notes
            self.noted.emit(run.folder, notes)

    def _show_facts(self, run: RunSummary) -> None:
        self.state.setText(state_sentence(run))
        started = f"Started {day_and_time(run.started)}" if run.started else ""
        trained = f"Trained for {duration(run.seconds)}" if run.seconds else ""
        device = f"On {run.device}" if run.device else ""
        self.facts.setText("\n".join(filter(None, (steps_text(run.step, run.total_steps), trained, started, device))))
        self.reason.setVisible(bool(run.reason))
        self.reason.setText(run.reason or "")
        self._best.setVisible(run.best is not None)
        self._best.setText(f"Best figures, at step {run.best_step or 0:,}")
        self._show_figures(run.best or {})

    def _show_figures(self, sets: dict[str, dict[str, float]]) -> None:
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            widget.hide()  # at once, not when it is deleted
            widget.deleteLater()
        measures = [name for name in _MEASURES if any(name in figures for figures in sets.values())]
        for column, name in enumerate(sets, 1):
            self._grid.addWidget(_elided(name), 0, column, Qt.AlignmentFlag.AlignRight)
        for row, measure in enumerate(measures, 1):
            self._grid.addWidget(_quiet(measure.upper() if len(measure) < 4 else measure.capitalize()), row, 0)
            for column, figures in enumerate(sets.values(), 1):
                value = QLabel(number(figures[measure]) if measure in figures else "–")
                self._grid.addWidget(value, row, column, Qt.AlignmentFlag.AlignRight)

    def _show_notes(self, notes: str | None) -> None:
        if (notes or "") != self.notes.toPlainText():
            self.notes.blockSignals(True)
            self.notes.setPlainText(notes or "")
            self.notes.blockSignals(False)

    def show_name(self) -> None:
        """The name that the run has, whatever was written there."""
        if self._run is not None:
            self.name.setText(self._run.name)

    @Slot()
    def _rename(self) -> None:
        name = self.name.text().strip()
        if self._run is not None and name and name != self._run.name:
            self.renamed.emit(self._run.folder, name)
        else:
            self.show_name()


def _title(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("title", True)
    label.setContentsMargins(0, 8, 0, 0)
    return label


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _elided(text: str) -> ElidedLabel:
    label = ElidedLabel(text, Qt.TextElideMode.ElideMiddle)
    label.setProperty("quiet", True)
    label.setToolTip(text)
    return label
