"""What a run is called, what it will take, and the button that starts it."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.icons import name_icon
from matting_studio.qt.room import for_font

NAME_WIDTH_PX = 260
UNKNOWN = "Estimate takes ten steps, and tells time and memory."


class StartBar(QFrame):
    start_wanted = Signal()
    estimate_wanted = Signal()
    problem_wanted = Signal()
    """Somebody wants to see what has to be mended."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("training_foot")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the run")
        self.name.setFixedWidth(for_font(NAME_WIDTH_PX))
        label = QLabel("Name")
        label.setBuddy(self.name)
        self.estimate = ElidedLabel(UNKNOWN)
        self.estimate.setProperty("quiet", True)
        self.estimate_button = QPushButton("Estimate")
        self.estimate_button.setToolTip("Train ten steps, keep nothing, and tell how long all of it would take")
        name_icon(self.estimate_button, "timer")
        self.estimate_button.clicked.connect(self.estimate_wanted)
        self.start = QPushButton("Start training")
        self.start.setProperty("accent", True)
        self.start.setShortcut("Ctrl+Return")
        self.start.clicked.connect(self.start_wanted)
        name_icon(self.start, "start", "on_accent")
        self._warning = QLabel()
        self._warning.setProperty("icon_size_px", 16)
        name_icon(self._warning, "warning", "warning")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem_button = QPushButton("Show me")
        self.problem_button.setProperty("link", True)
        self.problem_button.clicked.connect(self.problem_wanted)
        why = QHBoxLayout()
        why.setSpacing(8)
        why.addWidget(self._warning)
        why.addWidget(self.problem, 1)
        why.addWidget(self.problem_button)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.name)
        row.addSpacing(8)
        row.addWidget(self.estimate, 1)
        row.addWidget(self.estimate_button)
        row.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(why)
        column.addLayout(row)
        self.show_problem(None)

    def show_problem(self, sentence: str | None, can_show: bool = False) -> None:
        """Say why nothing can be started, or that it can; `can_show` where there is a setting to be led to."""
        for part in (self._warning, self.problem):
            part.setVisible(sentence is not None)
        self.problem.setText(sentence or "")
        self.problem_button.setVisible(sentence is not None and can_show)
        self.start.setEnabled(sentence is None)
        self.start.setToolTip(sentence or "Ctrl+Return")
        self.estimate_button.setEnabled(sentence is None)

    def show_queue(self, others_train: bool) -> None:
        """Say whether a run would have to wait for another one."""
        self.start.setText("Add to the queue" if others_train else "Start training")

    def show_estimating(self) -> None:
        self.estimate.setText("Taking ten steps …")
        self.estimate.setToolTip("")

    def show_estimate(self, answer: dict[str, Any] | None) -> None:
        """What `train --probe` said; None where that no longer holds."""
        self.estimate.setText(UNKNOWN if answer is None else estimate_text(answer))
        self.estimate.setToolTip("" if answer is None else self.estimate.text())


def estimate_text(answer: dict[str, Any]) -> str:
    """An estimate in a line."""
    steps, seconds = int(answer["total_steps"]), float(answer["expected_seconds"])
    memory = float(answer["memory_bytes"]) / 1e9
    speed, processes = float(answer["photos_per_second"]), int(answer["processes"])
    device, each = (f"{processes} × {answer['device']}", " each") if processes > 1 else (answer["device"], "")
    return (
        f"About {duration(seconds)} for {steps:,} steps on {device} · {memory:.1f} GB{each} · "
        f"{speed:.1f} photos a second"
    )


def duration(seconds: float) -> str:
    """As a person says it, to two figures or so."""
    if seconds < 90:
        return f"{max(2, round(seconds))} seconds"
    whole = timedelta(seconds=round(seconds))
    minutes = round(whole.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} minutes"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest:02d} min"
    return f"{round(hours / 24, 1):g} days"
