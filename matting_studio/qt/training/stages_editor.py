"""The stages of a training: a line each, with crops of one size."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.errors import ConfigError
from core.training.config import StageConfig
from matting_studio.app.training.setting import settings_of
from matting_studio.qt.icons import name_icon
from matting_studio.qt.room import for_font
from matting_studio.qt.tab_order import follow
from matting_studio.qt.training.editors import mark_wrong

CELL_WIDTH_PX = 62
COLUMNS = settings_of(StageConfig)


class StagesEditor(QWidget):
    """An Editor of a list of StageConfig."""

    changed = Signal()
    lines_changed = Signal()
    """There are other buttons than before."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[list[QLineEdit], QToolButton]] = []
        self.add_button = QPushButton("Add a stage")
        self.add_button.setProperty("link", True)
        self.add_button.clicked.connect(self._add_another)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(4)
        for column, setting in enumerate(COLUMNS):
            head = QLabel(f"{setting.title}{f', {setting.unit}' if setting.unit else ''}")
            head.setProperty("quiet", True)
            head.setToolTip(setting.help)
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(head, 0, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._grid)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def cells(self) -> list[list[QLineEdit]]:
        """By stage: steps, crop and batch size."""
        return [cells for cells, _ in self._lines]

    def show_value(self, value: list[StageConfig]) -> None:
        while len(self._lines) > len(value):
            self._take_away(len(self._lines) - 1)
        while len(self._lines) < len(value):
            self._append()
        for cells, stage in zip(self.cells, value, strict=True):
            for cell, setting in zip(cells, COLUMNS, strict=True):
                cell.setText(setting.text(getattr(stage, setting.name)))
        self._tell_lines()

    def value(self) -> list[StageConfig]:
        stages, first_problem = [], None
        for number, cells in enumerate(self.cells, start=1):
            read: dict[str, Any] = {}
            for cell, setting in zip(cells, COLUMNS, strict=True):
                try:
                    read[setting.name] = setting.read(cell.text())
                except ConfigError as error:
                    where = setting.title if len(self._lines) == 1 else f"{setting.title} of stage {number}"
                    first_problem = first_problem or f"{where}: {error}"
                mark_wrong(cell, setting.name not in read)
            if len(read) == len(COLUMNS):
                stages.append(StageConfig(**read))
        if first_problem is not None:
            raise ConfigError(first_problem)
        return stages

    def mark(self, wrong: bool) -> None:
        if not wrong:
            for cell in (cell for cells in self.cells for cell in cells):
                mark_wrong(cell, False)

    def _append(self) -> None:
        row = len(self._lines) + 1
        cells = []
        for column, setting in enumerate(COLUMNS):
            cell = QLineEdit(alignment=Qt.AlignmentFlag.AlignRight)
            cell.setFixedWidth(for_font(CELL_WIDTH_PX))
            cell.setAccessibleName(f"{setting.title} of stage {row}")
            cell.textEdited.connect(self.changed)
            self._grid.addWidget(cell, row, column)
            cells.append(cell)
        button = QToolButton()
        button.setProperty("small", True)
        button.setToolTip("Leave out this stage")
        button.setAccessibleName(f"Leave out stage {row}")
        button.clicked.connect(self._remove_clicked)
        name_icon(button, "close")
        self._grid.addWidget(button, row, len(COLUMNS))
        self._lines.append((cells, button))

    def _take_away(self, index: int) -> None:
        cells, button = self._lines.pop(index)
        for widget in (*cells, button):
            self._grid.removeWidget(widget)
            widget.deleteLater()

    def _add_another(self) -> None:
        self._append()
        if len(self._lines) > 1:
            for cell, before in zip(self.cells[-1], self.cells[-2], strict=True):
                cell.setText(before.text())
        self._tell_lines()
        self.changed.emit()

    def _remove_clicked(self) -> None:
        index = next(index for index, (_, button) in enumerate(self._lines) if button is self.sender())
        texts = [[cell.text() for cell in cells] for cells in self.cells]
        del texts[index]
        self._take_away(len(self._lines) - 1)
        for cells, kept in zip(self.cells, texts, strict=True):
            for cell, text in zip(cells, kept, strict=True):
                cell.setText(text)
        self._tell_lines()
        self.changed.emit()

    def _tell_lines(self) -> None:
        for _, button in self._lines:
            button.setEnabled(len(self._lines) > 1)
        self.add_button.raise_()  # comes after them, also for who asks for all that lies in here
        stops = [stop for cells, button in self._lines for stop in (*cells, button)]
        follow(stops[0], [*stops[1:], self.add_button])
        self.lines_changed.emit()
