"""When the data sets are checked, and whether what was found lets a training start."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.config import DataConfig
from core.training.doctor import Report, Severity
from matting_studio.qt.training.doctor_view import DoctorView
from matting_studio.qt.training.examiner import Examiner

DELAY_MS = 400
_BEING_CHECKED = "The data sets are being checked: wait for that, or stop the check."


class DataCheck(QObject):
    changed = Signal()
    """`problem` says something else than before."""

    def __init__(self, examiner: Examiner, view: DoctorView, parent: QObject) -> None:
        super().__init__(parent)
        self._examiner, self._view = examiner, view
        self._data: DataConfig | None = None
        self.crop_px = 0
        """Side of the largest crops: the next check warns of smaller photos."""
        self.problem: str | None = None
        """Why the data keeps a training from being started; None where it does not."""
        self.report: Report | None = None
        """Of the data as they are now; None before they were checked to the end."""
        self._delay = QTimer(self, interval=DELAY_MS, singleShot=True)
        self._delay.timeout.connect(self._begin)
        examiner.progressed.connect(view.show_progress)
        examiner.sheet_made.connect(view.show_sheet)
        examiner.examined.connect(self._take)
        examiner.examination_failed.connect(self._take_failure)
        view.again_wanted.connect(self._begin)
        view.stop_wanted.connect(self._stop)

    def check(self, data: DataConfig) -> None:
        """Check these sets soon, unless they are the ones that were checked last."""
        if self._data is None or _folders(data) != _folders(self._data):
            self._examiner.stop()
            self._data = data
            self._settle(None, _BEING_CHECKED)
            self._delay.start()

    def forget(self, reason: str | None = None) -> None:
        """There is nothing to check, for a reason or because nothing was chosen yet."""
        self._delay.stop()
        self._examiner.stop()
        self._data = None
        if reason is None:
            self._view.show_nothing()
        else:
            self._view.show_failure(reason)
        self._settle(None, None)

    @Slot()
    def _begin(self) -> None:
        if self._data is not None:
            self._settle(None, _BEING_CHECKED)
            self._view.show_progress(0.0)
            self._examiner.examine(self._data, self.crop_px)

    @Slot()
    def _stop(self) -> None:
        self._examiner.stop()
        self._view.show_stopped()
        self._settle(None, None)

    @Slot(object)
    def _take(self, report: Report) -> None:
        self._view.show_report(report)
        errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
        found = "an error" if errors == 1 else f"{errors} errors"
        self._settle(
            report, f"The check of the data found {found}: mend the files, then check again." if errors else None
        )

    @Slot(str)
    def _take_failure(self, sentence: str) -> None:
        self._view.show_failure(sentence)
        self._settle(None, sentence)

    def _settle(self, report: Report | None, problem: str | None) -> None:
        self.report, self.problem = report, problem
        self.changed.emit()


def _folders(data: DataConfig) -> tuple[object, ...]:
    """What the check depends on: shares and weights change nothing."""
    return (
        [(source.foregrounds, source.backgrounds) for source in data.cutouts],
        [source.folder for source in data.photos],
        [(source.name, source.folder) for source in data.validation],
    )
