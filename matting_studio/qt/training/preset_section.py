"""Where to begin: what people want most often, to be changed afterwards."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QToolButton

from matting_studio.qt.inspector.section import InspectorSection


class PresetSection(InspectorSection):
    chosen = Signal(str)
    """The name of a preset, also when it is chosen once more."""

    def __init__(self, presets: Sequence[tuple[str, str, str]]) -> None:
        """Name, title and sentence of each."""
        super().__init__("What to train", "train")
        self.reset_button.setToolTip("All settings as this preset has them")
        self.reset_button.clicked.connect(lambda: self.chosen.emit(self.name))
        self._sentences = {name: sentence for name, _, sentence in presets}
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for name, title, _ in presets:
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setProperty("choice", True)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            button.clicked.connect(lambda _checked, name=name: self.chosen.emit(name))
            button.clicked.connect(self._explain)
            group.addButton(button)
            self.buttons[name] = button
            self.body.addWidget(button)
        self.sentence = QLabel()
        self.sentence.setProperty("quiet", True)
        self.sentence.setWordWrap(True)
        self.body.addWidget(self.sentence)
        self.show_preset(presets[0][0])

    @property
    def name(self) -> str:
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def show_preset(self, name: str) -> None:
        """Announces nothing."""
        self.buttons[name].setChecked(True)
        self._explain()

    def _explain(self) -> None:
        self.sentence.setText(self._sentences[self.name])
