"""Which run is looked at, how it is getting on, and what can be asked of it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.icons import name_icon, pixmap
from matting_studio.qt.status_bar import time_left
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.elided_choice import ElidedChoice
from matting_studio.qt.training.run_watch import Pulse
from matting_studio.qt.training.run_words import STATE_ICONS, memory, speed, state_sentence, steps_text

_NAME_WIDTH_PX, _ICON_PX = 280, 18


class LiveHead(QWidget):
    run_chosen = Signal(object)
    """The Path of a run's folder."""
    stop_wanted = Signal()
    stop_now_wanted = Signal()
    resume_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._run: RunSummary | None = None
        self._pulse: Pulse | None = None
        self._awaited = ""
        """What is said while there is no run."""
        self._asked = False
        self.runs = ElidedChoice("Run")
        self.runs.setFixedWidth(_NAME_WIDTH_PX)
        self.runs.activated.connect(self._choose)
        self._icon = QLabel()
        self._icon.setFixedSize(_ICON_PX, _ICON_PX)
        self.headline = ElidedLabel()
        self.headline.setProperty("title", True)
        self.details = ElidedLabel()
        self.details.setProperty("quiet", True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the run")
        self.folder = _button("Folder", "folder", "Open the run's folder")
        self.stop_now = _button(
            "Stop now", "cancel", "End the process at once: what came after its last checkpoint is lost"
        )
        self.stop = _button("Stop and save", "pause", "Save a checkpoint after this step, then end; it can be resumed")
        self.resume = _button("Resume", "start", "Go on from the last checkpoint", accent=True)
        self.trouble = _Trouble(theme)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.runs)
        row.addSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.headline, 1)
        for button in (self.folder, self.stop_now, self.stop, self.resume):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.details)
        column.addWidget(self.trouble)
        self.folder.clicked.connect(self.folder_wanted)
        self.stop_now.clicked.connect(self.stop_now_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.resume.clicked.connect(self.resume_wanted)
        theme.changed.connect(self._adapt)

    def offer_runs(self, runs: Sequence[RunSummary], shown: Path | None) -> None:
        """The runs to choose from, and the one that is looked at."""
        offered = [(run.name, run.folder) for run in runs]
        if offered != [(self.runs.itemText(place), self.runs.itemData(place)) for place in range(self.runs.count())]:
            self.runs.clear()
            for name, folder in offered:
                self.runs.addItem(name, folder)
        folders = [folder for _, folder in offered]
        self.runs.setCurrentIndex(folders.index(shown) if shown in folders else -1)

    def await_run(self, name: str) -> None:
        """A run of this name is looked at, and nothing is known of it yet."""
        self._run, self._pulse, self._awaited = None, None, name
        self._adapt()

    def show_run(self, run: RunSummary, *, asked: bool) -> None:
        """`asked`: to stop, or to go on, and it has not done so yet."""
        if self._run is None or self._run.folder != run.folder:
            self._pulse = None
        self._run, self._asked = run, asked
        self._adapt()

    def show_pulse(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._adapt()

    @Slot()
    def _adapt(self) -> None:
        run, pulse = self._run, self._pulse
        if run is None:
            self._show_awaited()
            return
        running = run.state is RunState.RUNNING
        step = max(run.step, pulse.step) if pulse and running else run.step
        name, role = STATE_ICONS[run.state]
        colour = getattr(self._theme.colours, role)
        self._icon.setPixmap(pixmap(name, colour, _ICON_PX, self.devicePixelRatioF()))
        self.headline.setText("Saving, then stopping …" if running and self._asked else state_sentence(run))
        parts = [steps_text(step, run.total_steps)]
        if pulse and running:
            parts += [time_left(pulse.seconds_left), speed(pulse.photos_per_second)]
        parts.append((pulse.device if pulse else None) or run.device or "")
        if pulse and running:
            parts.append(memory(pulse.memory_bytes))
        self.details.setText("  ·  ".join(filter(None, parts)))
        self.bar.setRange(0, max(1, run.total_steps))
        self.bar.setValue(min(step, run.total_steps))
        self.trouble.setVisible(run.state is RunState.FAILED and bool(run.reason))
        self.trouble.show_reason(run.reason or "")
        waiting = run.state is RunState.WAITING
        self.stop.setVisible(running or waiting)
        self.stop.setEnabled(not self._asked)
        self.stop.setText(" Leave the queue" if waiting else " Stop and save")
        self.stop_now.setVisible(running)
        self.resume.setVisible(run.can_resume)
        self.resume.setEnabled(not self._asked)

    def _show_awaited(self) -> None:
        self._icon.clear()
        self.headline.setText(f"Looking at {self._awaited} …")
        self.details.setText("")
        self.bar.setRange(0, 1)
        self.bar.setValue(0)
        for part in (self.trouble, self.stop, self.stop_now, self.resume):
            part.hide()

    def _choose(self, place: int) -> None:
        self.run_chosen.emit(self.runs.itemData(place))


class _Trouble(QFrame):
    """Why a run has failed, and what to do."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("message_bar")
        self.setProperty("severity", "error")
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)

    def show_reason(self, reason: str) -> None:
        self.text.setText(reason)
        self._icon.setPixmap(pixmap("failed", self._theme.colours.danger, 20, self.devicePixelRatioF()))


def _button(text: str, icon: str, tip: str, *, accent: bool = False) -> QPushButton:
    button = QPushButton(f" {text}")  # a little away from its icon
    button.setToolTip(tip)
    button.setProperty("accent", accent)
    name_icon(button, icon, "on_accent" if accent else "")
    return button
