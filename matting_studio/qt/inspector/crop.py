"""What of the photo is exported."""

from PySide6.QtWidgets import QComboBox

from matting_studio.app.look import Crop, Look
from matting_studio.qt.inspector.section import LookSection
from matting_studio.qt.inspector.slider import InspectorSlider
from matting_studio.qt.spoken import name_choice
from matting_studio.qt.wheel import leave_wheel_to_area

RATIOS = (
    ("Whole photo", Crop()),
    ("Around the person", Crop(kind="person")),
    ("ID photo 35 × 45 mm", Crop(kind="ratio", ratio=35 / 45)),
    ("Passport photo 2 × 2 in", Crop(kind="ratio", ratio=1.0)),
    ("Portrait 4 : 5", Crop(kind="ratio", ratio=4 / 5)),
    ("Portrait 2 : 3", Crop(kind="ratio", ratio=2 / 3)),
)


def _cropped(look: Look, **fields: float | str) -> Look:
    return look.model_copy(update={"crop": look.crop.model_copy(update=fields)})


class CropSection(LookSection):
    def __init__(self) -> None:
        super().__init__("Crop", "crop")
        self.choice = QComboBox()
        name_choice(self.choice, "Crop")
        self.choice.addItems([text for text, _ in RATIOS])
        leave_wheel_to_area(self.choice)
        self.choice.activated.connect(self._choose)
        self.body.addWidget(self.choice)
        self.margin = self.add_slider(
            InspectorSlider("Margin", 0, 100, suffix=" %", tip="Around the person, in heights of the person."),
            lambda look: look.crop.margin * 100,
            lambda look, value: _cropped(look, margin=value / 100),
        )

    def set_look(self, look: Look) -> None:
        super().set_look(look)
        for index, (_, crop) in enumerate(RATIOS):
            if crop.kind == look.crop.kind and (crop.kind != "ratio" or abs(crop.ratio - look.crop.ratio) < 1e-3):
                self.choice.setCurrentIndex(index)
        self.margin.setVisible(look.crop.kind != "none")

    def without(self, look: Look) -> Look:
        return look.model_copy(update={"crop": Crop()})

    def _choose(self, index: int) -> None:
        chosen = RATIOS[index][1]
        self.commit(_cropped(self._look, kind=chosen.kind, ratio=chosen.ratio))
