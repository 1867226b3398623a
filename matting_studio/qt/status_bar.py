"""The line at the bottom: what is being done and how long it takes, what is under the pointer, and on which device."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar

from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.studio import Activity

PROGRESS_STEPS = 1000
LONGEST_PX = 176


class StatusBar(QStatusBar):
    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 4, 8, 4)
        self.activity = ElidedLabel("Ready")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(96)
        self.progress.setAccessibleName("Progress")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.clicked.connect(self.cancel_wanted)
        for widget in (self.progress, self.cancel_button):
            self.addWidget(widget)
        self.addWidget(self.activity, 1)
        self.position = self._fixed("00000, 00000", "Pixel under the pointer: from the left, from the top")
        self.colour = self._fixed("255 255 255", "Its colour: red, green, blue")
        self.alpha = self._fixed("alpha 0.000", "Its alpha: 0 is background, 1 is foreground")
        self.trimap_class = self._fixed("background", "Its class in the trimap")
        self.zoom = self._fixed("6400 %", "Device pixels per photo pixel")
        self.model, self.device = QLabel(), QLabel()
        for widget in (self.model, self.device):
            self.addPermanentWidget(widget)
        self.show_activity(None)

    def show_activity(self, activity: Activity | None) -> None:
        self.progress.setVisible(activity is not None)
        self.cancel_button.setVisible(activity is not None and activity.is_stoppable)
        if activity is None:
            self.activity.setText("Ready")
            self.activity.setToolTip("")
            return
        text = " · ".join(filter(None, (activity.title, activity.stage, time_left(activity.seconds_left))))
        self.activity.setText(text)
        self.activity.setToolTip(f"{text} ({activity.device})")
        self.progress.setRange(0, 0 if activity.fraction is None else PROGRESS_STEPS)
        self.progress.setValue(round((activity.fraction or 0) * PROGRESS_STEPS))

    def show_pixel(self, position: str, colour: str, alpha: str, trimap_class: str) -> None:
        """Show what is under the pointer; empty texts where there is nothing."""
        for label, text in (
            (self.position, position),
            (self.colour, colour),
            (self.alpha, alpha),
            (self.trimap_class, trimap_class),
        ):
            label.setText(text)

    def show_zoom(self, scale: float | None) -> None:
        self.zoom.setText("" if scale is None else f"{100 * scale:.3g} %" if scale < 1 else f"{100 * scale:.0f} %")

    def show_device(self, model: str, device: str) -> None:
        metrics = QFontMetrics(self.model.font())
        for label, text, what in (
            (self.model, model, "The model that mattes"),
            (self.device, device, "The device that the model runs on"),
        ):
            label.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, LONGEST_PX))
            label.setToolTip(f"{what}: {text}")

    def _fixed(self, widest: str, tip: str) -> QLabel:
        """A label as wide as it will ever be, so that nothing jumps while the pointer moves."""
        label = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setMinimumWidth(QFontMetrics(label.font()).horizontalAdvance(widest) + 8)
        label.setToolTip(tip)
        self.addPermanentWidget(label)
        return label


def time_left(seconds: float | None) -> str:
    """How long something will still take, as people say it; empty where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, round(seconds))} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 3600 else f"{seconds / 3600:.1f} h left"
