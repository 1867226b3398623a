"""The person's own colours: what the old and the new background do to them."""

from matting_studio.app.look import Look
from matting_studio.qt.inspector.section import LookSection
from matting_studio.qt.inspector.slider import InspectorSlider

FIELDS = (
    ("decontaminate", "Remove old background", "Takes the old background's colour out of the edges."),
    ("light_wrap", "Light wrap", "Lets the new background's light fall on the person's edges."),
    ("colour_match", "Colour match", "Brings the person's colours near those of the new background."),
)


class ColoursSection(LookSection):
    def __init__(self) -> None:
        super().__init__("Colours", "colours")
        self.sliders = {name: self._percentage(name, text, tip) for name, text, tip in FIELDS}

    def without(self, look: Look) -> Look:
        default = Look()
        return look.model_copy(update={name: getattr(default, name) for name, _, _ in FIELDS})

    def _percentage(self, name: str, text: str, tip: str) -> InspectorSlider:
        return self.add_slider(
            InspectorSlider(text, 0, 100, suffix=" %", tip=tip),
            lambda look: getattr(look, name) * 100,
            lambda look, value: look.model_copy(update={name: value / 100}),
        )
