"""Which model mattes, on which device, at which working size. Holds for all photos, not for one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton

from matting_studio.qt.inspector.section import InspectorSection

SIZES = (
    ("As trained", None),
    ("512 px: fast", 512),
    ("768 px", 768),
    ("1024 px: fine hair", 1024),
    ("1536 px: large prints", 1536),
)
DEVICES = (
    ("Fastest there is", "auto"),
    ("Processor (CPU)", "cpu"),
    ("NVIDIA graphics card (CUDA)", "cuda"),
    ("Apple graphics (MPS)", "mps"),
)


class ModelSection(InspectorSection):
    model_wanted = Signal()
    size_chosen = Signal(object)
    """px or None."""
    device_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("Model", "model")
        self.model = QPushButton()
        self.model.setToolTip("Choose another model")
        self.model.clicked.connect(self.model_wanted)
        self.size_px = _combo("Working size", [text for text, _ in SIZES])
        self.size_px.setToolTip("The longer side at which the network sees a photo; the matte has the photo's size.")
        self.device = _combo("Device", [text for text, _ in DEVICES])
        self.size_px.activated.connect(lambda index: self.size_chosen.emit(SIZES[index][1]))
        self.device.activated.connect(lambda index: self.device_chosen.emit(DEVICES[index][1]))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (text, control) in enumerate((("Model", self.model), ("Size", self.size_px), ("Device", self.device))):
            label = QLabel(text)
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        self.body.addLayout(grid)

    def show_choices(self, model: str, size_px: int | None, device: str, at_defaults: bool) -> None:
        """Show what is chosen: the model's name, the working size and the device's short name."""
        self.model.setText(model if len(model) <= 24 else f"{model[:23]}…")
        self.size_px.setCurrentIndex(next((i for i, (_, px) in enumerate(SIZES) if px == size_px), -1))
        self.device.setCurrentIndex(next((i for i, (_, name) in enumerate(DEVICES) if name == device), 0))
        self.reset_button.setEnabled(not at_defaults)


def _combo(name: str, texts: list[str]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.addItems(texts)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(10)
    return combo
