"""How curves are looked at: smoothed, on a logarithmic scale, with other runs over them; and where they are kept."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QPushButton, QWidget

from matting_studio.qt.icons import name_icon
from matting_studio.qt.inspector.slider import InspectorSlider

_SMOOTHEST = 0.99
_LONGEST_NAME = 48


class ChartTools(QWidget):
    smoothing_chosen = Signal(float)
    logarithmic_chosen = Signal(bool)
    others_chosen = Signal(object)
    """The folders of runs whose curves are laid over, in the order in which they were chosen."""
    all_steps_wanted = Signal()
    picture_wanted = Signal()
    table_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[tuple[Path, str], ...] = ()
        self._chosen: list[Path] = []
        self.smoothing = InspectorSlider(
            "Smoothing", 0, _SMOOTHEST, 0.01, tip="How much of what was before goes into each point; 0: nothing"
        )  # fmt: skip
        self.smoothing.setFixedWidth(224)
        self.logarithmic = QCheckBox("Log scale")
        self.logarithmic.setToolTip("Draw all figures on a logarithmic scale")
        self.others = QPushButton("Lay over…")
        self.others.setToolTip("Draw the curves of other runs over these")
        self._menu = _StayingMenu(self.others)
        self.others.setMenu(self._menu)
        self.all_steps = QPushButton(" All steps")
        self.all_steps.setToolTip(
            "Show the whole run again. Ctrl and the wheel zoom, dragging moves, a double click shows all"
        )
        self.picture = QPushButton(" Picture…")
        self.picture.setToolTip("Save all charts as a PNG file")
        self.table = QPushButton(" Table…")
        self.table.setToolTip("Save all figures of this run as a CSV file")
        for button, icon in ((self.all_steps, "fit"), (self.picture, "save"), (self.table, "report")):
            name_icon(button, icon)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 4)
        row.setSpacing(12)
        for widget in (self.smoothing, self.logarithmic, self.others):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.all_steps, self.picture, self.table):
            row.addWidget(widget)
        self.smoothing.moved.connect(self.smoothing_chosen)
        self.logarithmic.toggled.connect(self.logarithmic_chosen)
        self.all_steps.clicked.connect(self.all_steps_wanted)
        self.picture.clicked.connect(self.picture_wanted)
        self.table.clicked.connect(self.table_wanted)
        self._adapt()

    def offer_others(self, runs: Sequence[tuple[Path, str]]) -> None:
        """Say which runs, by folder and name, can be laid over; what is gone is no longer laid over."""
        if tuple(runs) == self._offered:
            return
        self._offered = tuple(runs)
        gone = set(self._chosen) - {folder for folder, _ in runs}
        self._menu.clear()
        for folder, name in runs:
            short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
            action = QAction(short.replace("&", "&&"), self._menu)
            action.setCheckable(True)
            action.setChecked(folder in self._chosen)
            action.setData(folder)
            action.toggled.connect(self._choose)
            self._menu.addAction(action)
        self._adapt()
        if gone:
            self._choose()

    def lay_nothing_over(self) -> None:
        self._chosen = []
        for action in self._menu.actions():
            action.blockSignals(True)
            action.setChecked(False)
            action.blockSignals(False)
        self._adapt()

    @Slot()
    def _choose(self) -> None:
        chosen = [action.data() for action in self._menu.actions() if action.isChecked()]
        kept = [folder for folder in self._chosen if folder in chosen]
        self._chosen = [*kept, *(folder for folder in chosen if folder not in kept)]
        self._adapt()
        self.others_chosen.emit(tuple(self._chosen))

    def _adapt(self) -> None:
        self.others.setEnabled(bool(self._offered))
        self.others.setText(f"Lay over ({len(self._chosen)})" if self._chosen else "Lay over")


class _StayingMenu(QMenu):
    """Stays open while several are chosen."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.toggle()
            return
        super().mouseReleaseEvent(event)
