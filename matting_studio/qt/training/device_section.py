"""What trains: a device of this machine, several of them, or several machines."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QSpinBox, QWidget

from matting_studio.qt.icons import name_icon
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.wheel import leave_wheel_to_area

MOST_PROCESSES, MOST_MACHINES = 64, 64


class DeviceSection(InspectorSection):
    changed = Signal()
    prepare_wanted = Signal(int)
    """A run is to be prepared for so many machines, and its command copied."""

    def __init__(self) -> None:
        super().__init__("Devices", "devices")
        self.reset_button.hide()
        self.device = QComboBox()
        self.device.setAccessibleName("Device")
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.device.setMinimumContentsLength(10)
        self.processes = _count("Processes", MOST_PROCESSES, "Share each batch between so many GPUs of a machine.")
        self.machines = _count("Machines", MOST_MACHINES, "Machines that see the run's folder under the same path.")
        leave_wheel_to_area(self.device, self.processes, self.machines)
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        self.copy_button = QPushButton("Prepare and copy the command")
        self.copy_button.setToolTip("Make the run's folder, and put the torchrun command for it on the clipboard")
        name_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(lambda: self.prepare_wanted.emit(self.machines.value()))
        self.more_button = QPushButton("Several GPUs or machines …")
        self.more_button.setProperty("link", True)
        self.more_button.clicked.connect(self._show_more)
        self._more: list[QWidget] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (text, control) in enumerate(
            (("Train on", self.device), ("GPUs at once", self.processes), ("Machines", self.machines))
        ):
            label = QLabel(text)
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
            if control is not self.device:
                self._more += [label, control]
        self.body.addLayout(grid)
        self.body.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.note)
        self.body.addWidget(self.copy_button)
        self._names: dict[str, str] = {}
        for part in self._more:
            part.hide()
        self.show_devices({})
        self.device.currentIndexChanged.connect(self._tell)
        self.processes.valueChanged.connect(self._tell)
        self.machines.valueChanged.connect(self._tell)

    def show_devices(self, names: Mapping[str, str]) -> None:
        """Offer the devices of this machine: id → what a person calls it."""
        chosen = self.chosen
        self._names = dict(names)
        self.device.blockSignals(True)
        self.device.clear()
        fastest = next(iter(names.values()), None)
        self.device.addItem(f"Fastest: {fastest}" if fastest else "Fastest there is", "auto")
        for name, text in names.items():
            self.device.addItem(f"{text} ({name})" if name not in ("cpu", "mps") else text, name)
        self.device.blockSignals(False)
        self.show_choice(chosen, self.processes.value())

    @property
    def is_known(self) -> bool:
        """Whether the devices were found out."""
        return bool(self._names)

    @property
    def chosen(self) -> str:
        """auto, cpu, mps, or cuda:N."""
        return self.device.currentData() or "auto"

    def show_choice(self, device: str, processes: int) -> None:
        """Announces nothing."""
        for control in (self.device, self.processes):
            control.blockSignals(True)
        if self.device.findData(device) < 0:
            self.device.addItem(device, device)
        self.device.setCurrentIndex(self.device.findData(device))
        self.processes.setValue(processes)
        for control in (self.device, self.processes):
            control.blockSignals(False)
        self._adapt()

    def _show_more(self) -> None:
        for part in self._more:
            part.show()
        self.more_button.hide()
        self.processes.setFocus()

    def _tell(self) -> None:
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        gpus = sum(name.startswith("cuda") for name in self._names)
        processes, machines = self.processes.value(), self.machines.value()
        if machines > 1:
            note = "A run on several machines is started on each of them, by a command."
        elif processes > 1 and self._names and processes > gpus:
            if gpus == 0 or self.chosen == "cpu":
                note = "Without GPUs the processes would share what this machine has."
            else:
                found = "1 GPU" if gpus == 1 else f"{gpus} GPUs"
                note = f"This machine has {found} for PyTorch, and each process needs one: set fewer."
        elif processes > 1:
            note = "Each GPU takes its part of every batch; torchrun starts the processes."
        else:
            note = ""
        if gpus > 1 and self.processes.isHidden():
            self._show_more()
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.copy_button.setVisible(machines > 1 or processes > 1)


def _count(name: str, most: int, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(1, most)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    return box
