"""What a batch is going to do, is doing, or has done, in a sentence, with a bar; and how the table is sorted."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from matting_studio.app.batch import Progress, RunState
from matting_studio.qt.batch.model import TITLES, Column
from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.spoken import name_choice
from matting_studio.qt.status_bar import time_left

_NOTICES_IN_TIP = 20


class BatchHead(QWidget):
    sorting_chosen = Signal(int, Qt.SortOrder)
    """A column and an order."""

    def __init__(self) -> None:
        super().__init__()
        self.headline = QLabel()
        self.headline.setProperty("title", True)
        self.headline.setWordWrap(True)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.details = ElidedLabel()
        self.details.setProperty("quiet", True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the batch")
        self.sorting = QComboBox()
        name_choice(self.sorting, "Sort by")
        self.sorting.addItems([f"Sorted by {title.lower()}" for title in TITLES.values()])
        self.sorting.activated.connect(self._choose)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.headline)
        texts.addWidget(self.details)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(texts, 1)
        row.addWidget(self.sorting, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.bar)
        self._show_bar(0, 0)

    def tell(self, sentence: str) -> None:
        self.headline.setText(sentence)
        self._detail((), "")
        self._show_bar(0, 0)

    def show_plan(self, photos: int, to_do: int, notices: tuple[str, ...]) -> None:
        if photos == 0:
            self.tell("There are no photos in this folder.")
        elif to_do == 0:
            self.tell(f"{_photos(photos)}: nothing is left to do.")
        else:
            rest = f", {photos - to_do} done or kept already" if to_do < photos else ""
            self.tell(f"{_photos(photos)}: {to_do} to do{rest}.")
        self._detail(notices, "")

    def show_progress(self, progress: Progress, state: RunState) -> None:
        through = progress.total - progress.waiting
        parts = [f"{progress.done} done"]
        if progress.skipped:
            parts.append(f"{progress.skipped} skipped")
        if progress.failed:
            parts.append(f"{progress.failed} failed")
        if progress.waiting and state is RunState.ENDED:
            parts.append(f"{progress.waiting} left")
        how = {RunState.PAUSED: "Paused. ", RunState.STOPPING: "Finishing the photos in hand. "}.get(state, "")
        self.headline.setText(f"{how}{through} of {_photos(progress.total)}: {', '.join(parts)}.")
        running = state is RunState.RUNNING
        left = time_left(progress.seconds_left) if running else ""
        self._detail((), " · ".join(filter(None, (_speed(progress.photos_per_second), left))))
        self._show_bar(through, progress.total)

    @Slot(int, Qt.SortOrder)
    def show_sorting(self, column: int, _order: Qt.SortOrder) -> None:
        self.sorting.setCurrentIndex(column)

    def _choose(self, column: int) -> None:
        # What takes longest and what is most doubtful is what somebody looks for.
        falls = column in (Column.DOUBT, Column.TIME)
        self.sorting_chosen.emit(column, Qt.SortOrder.DescendingOrder if falls else Qt.SortOrder.AscendingOrder)

    def _detail(self, notices: tuple[str, ...], text: str) -> None:
        more = f"  (and {len(notices) - 1} more)" if len(notices) > 1 else ""
        self.details.setText(f"{notices[0]}{more}" if notices else text)
        self.details.setToolTip("\n".join(notices[:_NOTICES_IN_TIP]))

    def _show_bar(self, value: int, total: int) -> None:
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(value)


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def _speed(photos_per_second: float | None) -> str:
    if photos_per_second is None or photos_per_second <= 0:
        return ""
    if photos_per_second < 0.5:
        return f"{1 / photos_per_second:.1f} seconds a photo"
    return f"{photos_per_second:.1f} photos a second"
