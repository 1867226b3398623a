"""What the check of the data sets found: in a sentence, file by file, as a table, and as pictures."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.training.doctor import Report, Severity
from matting_studio.qt.icons import dress, name_icon
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.findings_tree import FindingsTree
from matting_studio.qt.training.next_step import NextStep
from matting_studio.qt.training.sets_table import SetsTable

_MARGIN_PX = 16


class DoctorView(QScrollArea):
    again_wanted = Signal()
    stop_wanted = Signal()
    opened = Signal(object)
    """The Path of a file that somebody wants to look at."""
    folder_wanted = Signal()
    """Somebody wants to add a data set."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sheet: NDArray[np.uint8] | None = None
        self.setObjectName("training_form")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._icon_name = ""
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        self._icon.setProperty("icon_size_px", 20)
        self.headline = QLabel()
        self.headline.setProperty("title", True)
        self.headline.setWordWrap(True)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.again_button = QPushButton("Check again")
        name_icon(self.again_button, "reset")
        self.again_button.clicked.connect(self.again_wanted)
        self.stop_button = QPushButton("Stop the check")
        name_icon(self.stop_button, "cancel")
        self.stop_button.clicked.connect(self.stop_wanted)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress of the check")
        self.findings = FindingsTree(theme)
        self.findings.opened.connect(self.opened)
        self.table = SetsTable()
        self._sheet_title = QLabel("Samples, as the network will see them: photo, trimap, alpha")
        self._sheet_title.setProperty("quiet", True)
        self.sheet = QLabel()
        self.sheet.setAccessibleName("Samples with their trimaps and alphas")
        self.sheet.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.nothing = NextStep(
            "What shall be learnt from?",
            "Photos with their alphas: P3M-10k, HPM-17K, or folders image and alpha side by side. Or cut-outs, and a "
            "folder of backgrounds. They are checked here, before anything is trained.",
            "Add a folder…", "folder",
        )  # fmt: skip
        self.nothing.wanted.connect(self.folder_wanted)
        self._lay_out()
        self.show_nothing()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self.headline, 1)
        head.addWidget(self.again_button)
        head.addWidget(self.stop_button)
        content = QWidget()
        content.setObjectName("inspector_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.bar)
        for part in (self.findings, self.table, self._sheet_title, self.sheet):
            column.addWidget(part)
        column.addStretch()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(content)
        self._content = content
        self.setWidget(self._stack)

    # What it shows

    def show_nothing(self) -> None:
        """There is nothing to check yet."""
        self.show_sheet(None)
        self._stack.setCurrentWidget(self.nothing)

    def show_stopped(self) -> None:
        self._say("about", "quiet", "The check was stopped: faults in the data may end the training, or spoil it.")
        self._show_parts(report=False, running=False)

    def show_progress(self, fraction: float) -> None:
        self._say("reading", "quiet", f"Checking the data sets: {fraction:.0%}")
        self._show_parts(report=False, running=True)
        self.bar.setValue(round(1000 * fraction))

    def show_report(self, report: Report) -> None:
        errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
        warnings = len(report.findings) - errors
        counts = " and ".join(filter(None, (_counted(errors, "error"), _counted(warnings, "warning"))))
        if errors:
            self._say("failed", "danger", f"{counts}: the errors have to be mended before a training can start.")
        elif warnings:
            self._say("warning", "warning", f"{counts}: a training can start all the same.")
        else:
            self._say("ready", "good", "Nothing is wrong with the data.")
        self._show_parts(report=True, running=False)
        self.table.show_sets(report.sets)
        self.findings.show_report(report)

    def show_failure(self, sentence: str) -> None:
        """The check could not be done, for this reason."""
        self.show_sheet(None)
        self._say("failed", "danger", sentence)
        self._show_parts(report=False, running=False)

    def show_sheet(self, sheet: NDArray[np.uint8] | None) -> None:
        """(H, W, 3) uint8 RGB, or nothing."""
        self._sheet = sheet
        self._sheet_title.setVisible(sheet is not None)
        self.sheet.setVisible(sheet is not None)
        self._fit_sheet()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_sheet()

    # The parts

    def _say(self, icon_name: str, role: str, sentence: str) -> None:
        self.headline.setText(sentence)
        if self._icon_name != icon_name:
            self._icon_name = icon_name
            name_icon(self._icon, icon_name, role)
            dress(self, self._theme.colours, self.devicePixelRatioF())

    def _show_parts(self, report: bool, running: bool) -> None:
        self._stack.setCurrentWidget(self._content)
        for part in (self.findings, self.table):
            part.setVisible(report)
        self.bar.setVisible(running)
        self.stop_button.setVisible(running)
        self.again_button.setVisible(not running)

    def _fit_sheet(self) -> None:
        if self._sheet is None:
            self.sheet.clear()
            return
        scale = self.devicePixelRatioF()
        width = max(1, self.viewport().width() - 2 * _MARGIN_PX)
        picture = QPixmap.fromImage(_image(self._sheet))
        fitted = picture.scaledToWidth(
            min(picture.width(), round(width * scale)), Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(scale)
        self.sheet.setPixmap(fitted)
        self.sheet.setFixedHeight(round(fitted.height() / scale))


def _counted(count: int, word: str) -> str:
    return "" if count == 0 else f"1 {word}" if count == 1 else f"{count:,} {word}s"


def _image(picture: NDArray[np.uint8]) -> QImage:
    """Of (H, W, 3) RGB; a copy."""
    height, width, _ = picture.shape
    return QImage(np.ascontiguousarray(picture).data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
