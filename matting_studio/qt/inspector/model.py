"""Which model mattes, how well, at which size, on which device, in how much memory. Holds for all photos."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel

from matting_studio.app.network_bench import NetworkChoice
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.memory_limit_box import MemoryLimitBox
from matting_studio.qt.wheel import leave_wheel_to_area

QUALITIES = (
    ("Fast", "fast"),
    ("Balanced", "balanced"),
    ("Best: looks closer at hair", "best"),
)
SIZES = (
    ("As trained", None),
    ("512 px", 512),
    ("768 px", 768),
    ("1024 px", 1024),
    ("1536 px", 1536),
)
DEVICES = (
    ("Fastest there is", "auto"),
    ("Processor (CPU)", "cpu"),
    ("NVIDIA graphics card (CUDA)", "cuda"),
    ("Apple graphics (MPS)", "mps"),
)


class ModelSection(InspectorSection):
    model_wanted = Signal()
    quality_chosen = Signal(str)
    size_chosen = Signal(object)
    """px or None."""
    device_chosen = Signal(str)
    memory_limit_chosen = Signal(object)
    """Bytes or None."""

    def __init__(self) -> None:
        super().__init__("Model", "model")
        self.model = _ModelBox()
        self.model.setToolTip("Choose another model")
        self.model.pressed.connect(self.model_wanted)
        self.quality = _combo("Quality", [text for text, _ in QUALITIES])
        self.quality.setToolTip("Best takes longer: the outline is seen from nearer.")
        self.size_px = _combo("Working size", [text for text, _ in SIZES])
        self.size_px.setToolTip("The longer side at which the network sees a photo; the matte has the photo's size.")
        self.device = _combo("Device", [text for text, _ in DEVICES])
        self.quality.activated.connect(lambda index: self.quality_chosen.emit(QUALITIES[index][1]))
        self.size_px.activated.connect(lambda index: self.size_chosen.emit(SIZES[index][1]))
        self.memory = MemoryLimitBox()
        self.memory.chosen.connect(self.memory_limit_chosen)
        self.device.activated.connect(lambda index: self.device_chosen.emit(DEVICES[index][1]))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = (
            ("Model", self.model),
            ("Quality", self.quality),
            ("Size", self.size_px),
            ("Device", self.device),
            ("Memory", self.memory),
        )
        for row, (text, control) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        self.body.addLayout(grid)

    def show_choices(self, model: str, choice: NetworkChoice, memory_limit_bytes: int | None) -> None:
        """Show what is chosen; `model` is the model's name."""
        self.model.setItemText(0, model if len(model) <= 24 else f"{model[:23]}…")
        self.quality.setCurrentIndex([name for _, name in QUALITIES].index(choice.quality))
        self.size_px.setCurrentIndex(next((i for i, (_, px) in enumerate(SIZES) if px == choice.size_px), -1))
        self.device.setCurrentIndex(next((i for i, (_, name) in enumerate(DEVICES) if name == choice.device), 0))
        self.memory.show_limit(memory_limit_bytes)
        self.reset_button.setEnabled(choice != NetworkChoice() or memory_limit_bytes is not None)


class _ModelBox(QComboBox):
    """Shows what is chosen, as the boxes below it do; there is no list, it asks for a file."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Model")
        self.addItem("")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        leave_wheel_to_area(self)

    def showPopup(self) -> None:
        self.pressed.emit()


def _combo(name: str, texts: list[str]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.addItems(texts)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(10)
    leave_wheel_to_area(combo)
    return combo
