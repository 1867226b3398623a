"""What is wrong with data sets, with the files that it concerns below it."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from core.training.doctor import Finding, Report, Severity
from matting_studio.qt.icons import icon
from matting_studio.qt.theme import Theme

_FILES_SHOWN = 200
_LINES_SHOWN = 12
_BESIDE_TEXT_PX, _ABOVE_TEXT_PX = 24, 8
"""An icon with its spaces; what stands above and below a text."""
_WHAT = Qt.ItemDataRole.UserRole
"""Of a finding its Severity, of a file its Path."""

_AROUND_PX = 16


class FindingsTree(QTreeWidget):
    opened = Signal(object)
    """The Path of a file that somebody wants to look at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("plain", True)
        self.setHeaderHidden(True)
        self.setAccessibleName("What the check found")
        self.setWordWrap(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.itemActivated.connect(self._open)
        self.itemExpanded.connect(self._fit)
        self.itemCollapsed.connect(self._fit)
        theme.changed.connect(self._restyle)

    def show_report(self, report: Report) -> None:
        self.clear()
        for finding in report.findings:
            self.addTopLevelItem(self._item_of(finding))
        errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
        if len(errors) == 1:
            self.topLevelItem(0).setExpanded(True)
        self.setVisible(bool(report.findings))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _item_of(self, finding: Finding) -> QTreeWidgetItem:
        count = f"  ({len(finding.files):,} files)" if len(finding.files) > 1 else ""
        item = QTreeWidgetItem([f"{finding.sentence}{count}"])
        item.setData(0, _WHAT, finding.severity)
        item.setIcon(0, self._icon_of(finding.severity))
        details = finding.details or ("",) * len(finding.files)
        for path, detail in list(zip(finding.files, details, strict=True))[:_FILES_SHOWN]:
            child = QTreeWidgetItem([f"{_short(path)}{f'   –   {detail}' if detail else ''}"])
            child.setToolTip(0, str(path))
            child.setSizeHint(0, QSize(0, self.fontMetrics().height() + _ABOVE_TEXT_PX // 2))
            child.setData(0, _WHAT, path)
            item.addChild(child)
        if len(finding.files) > _FILES_SHOWN:
            rest = QTreeWidgetItem([f"and {len(finding.files) - _FILES_SHOWN:,} more"])
            rest.setSizeHint(0, QSize(0, self.fontMetrics().height() + _ABOVE_TEXT_PX // 2))
            item.addChild(rest)
        return item

    def _icon_of(self, severity: Severity) -> QIcon:
        name, role = ("failed", "danger") if severity is Severity.ERROR else ("warning", "warning")
        colours = self._theme.colours
        return icon(name, colours, self.devicePixelRatioF(), getattr(colours, role))

    def _fit(self) -> None:
        """Sentences on as many lines as they need; as high as a dozen lines, and what is beyond is scrolled to."""
        metrics, indentation = self.fontMetrics(), self.indentation()
        room = self.viewport().width()
        for index in range(self.topLevelItemCount()):
            item = self.topLevelItem(index)
            width = max(1, room - indentation - _BESIDE_TEXT_PX - 16)
            text = metrics.boundingRect(0, 0, width, 10_000, int(Qt.TextFlag.TextWordWrap), item.text(0))
            item.setSizeHint(0, QSize(0, text.height() + _ABOVE_TEXT_PX))
        lines, height = 0, _AROUND_PX
        item = self.topLevelItem(0)
        while item is not None and lines < _LINES_SHOWN:
            height += item.sizeHint(0).height()
            lines += 1
            item = self.itemBelow(item)
        self.setFixedHeight(height)

    def _restyle(self) -> None:
        for index in range(self.topLevelItemCount()):
            item = self.topLevelItem(index)
            item.setIcon(0, self._icon_of(item.data(0, _WHAT)))

    def _open(self, item: QTreeWidgetItem) -> None:
        path = item.data(0, _WHAT)
        if isinstance(path, Path):
            self.opened.emit(path)


def _short(path: Path) -> str:
    """A file with the folder that it lies in; a folder as it is."""
    return str(Path(path.parent.name) / path.name) if path.suffix else str(path)
