"""The buttons of a batch: those that make sense now, in the same places."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from matting_studio.app.batch import Progress, RunState
from matting_studio.qt.icons import name_icon


class BatchControls(QWidget):
    start_wanted = Signal()
    go_on_wanted = Signal()
    pause_wanted = Signal()
    resume_wanted = Signal()
    stop_wanted = Signal()
    retry_wanted = Signal()
    report_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = RunState.READY
        self._preparing = False
        self._to_do = 0
        self._failed = self._waiting = 0
        self.folder = _button("Open the results", "folder", "Open the folder for the results")
        self.report = _button("Report", "report", "A page with all results, the doubtful ones first")
        self.retry = _button("Retry the failed", "reset", "Try the photos that failed once more")
        self.stop = _button("Cancel", "cancel")
        self.pause = _button("Pause", "pause")
        self.resume = _button("Resume", "start", accent=True)
        self.go_on = _button("Go on", "start", "Do the photos that are left", accent=True)
        self.start = _button("Start", "start", "Ctrl+Return", accent=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addWidget(self.folder)
        row.addWidget(self.report)
        row.addStretch()
        for button in (self.retry, self.stop, self.pause, self.resume, self.go_on, self.start):
            row.addWidget(button)
        for button, signal in (
            (self.folder, self.folder_wanted), (self.report, self.report_wanted), (self.retry, self.retry_wanted),
            (self.stop, self.stop_wanted), (self.pause, self.pause_wanted), (self.resume, self.resume_wanted),
            (self.go_on, self.go_on_wanted), (self.start, self.start_wanted),
        ):  # fmt: skip
            button.clicked.connect(signal)
        self._adapt()

    def show_folder(self, chosen: bool) -> None:
        """Whether there is a folder for the results to open."""
        self.folder.setEnabled(chosen)

    def show_plan(self, to_do: int) -> None:
        """So many photos could be begun."""
        self._to_do = to_do
        self._failed = self._waiting = 0
        self._adapt()

    def show_progress(self, progress: Progress) -> None:
        if (self._failed, self._waiting) != (progress.failed, progress.waiting):
            self._failed, self._waiting = progress.failed, progress.waiting
            self._adapt()

    def show_state(self, state: RunState, preparing: bool) -> None:
        """`preparing`: it counts as running, and there is nothing yet that could be paused or retried."""
        self._state, self._preparing = state, preparing
        self._adapt()

    def _adapt(self) -> None:
        state = self._state
        active = state in (RunState.RUNNING, RunState.PAUSED, RunState.STOPPING)
        ended = state is RunState.ENDED
        had_focus = any(button.hasFocus() for button in (self.start, self.pause, self.resume, self.go_on, self.stop))
        begun = (active or ended) and not self._preparing
        self.report.setEnabled(begun)
        self.retry.setVisible(begun and self._failed > 0)
        self.retry.setEnabled(state is not RunState.STOPPING)
        self.stop.setVisible(active)
        self.stop.setText(" Stop at once" if state is RunState.STOPPING else " Cancel")
        self.stop.setToolTip(
            "Drop the photos in hand: they are done the next time"
            if state is RunState.STOPPING
            else "Finish the photos in hand, then end"
        )
        self.pause.setVisible(begun and state is RunState.RUNNING)
        self.resume.setVisible(state is RunState.PAUSED)
        self.go_on.setVisible(ended and self._waiting > 0)
        self.start.setVisible(state is RunState.READY or (ended and self._waiting == 0))
        self.start.setText(" Start again" if ended else " Start")
        self.start.setShortcut("Ctrl+Return")  # a new text takes it away
        self.start.setEnabled(ended or self._to_do > 0)
        if had_focus:
            # The hand stays where it was: on what takes the place of a button that has gone.
            shown = (self.start, self.go_on, self.pause, self.resume, self.stop)
            next(button for button in shown if not button.isHidden()).setFocus()


def _button(text: str, icon: str, tip: str = "", *, accent: bool = False) -> QPushButton:
    button = QPushButton(f" {text}")  # a little away from its icon
    button.setToolTip(tip)
    button.setProperty("accent", accent)
    name_icon(button, icon, "on_accent" if accent else "")
    return button
