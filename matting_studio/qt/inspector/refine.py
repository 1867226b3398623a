"""How the matte itself is adjusted."""

from PySide6.QtWidgets import QCheckBox

from matting_studio.app.look import Look, Refinement
from matting_studio.qt.inspector.section import LookSection
from matting_studio.qt.inspector.slider import InspectorSlider


def _refined(look: Look, **fields: float | bool) -> Look:
    return look.model_copy(update={"refinement": look.refinement.model_copy(update=fields)})


class RefineSection(LookSection):
    def __init__(self) -> None:
        super().__init__("Refine", "refine")
        self.edge_shift = self.add_slider(
            InspectorSlider(
                "Edge shift", -50, 50, 0.5, suffix=" px", tip="Moves the outline out, or in where negative."
            ),
            lambda look: look.refinement.edge_shift_px,
            lambda look, value: _refined(look, edge_shift_px=value),
        )
        self.feather = self.add_slider(
            InspectorSlider("Feather", 0, 100, 0.5, suffix=" px", tip="Softens the outline."),
            lambda look: look.refinement.feather_px,
            lambda look, value: _refined(look, feather_px=value),
        )
        self.black_point = self.add_slider(
            InspectorSlider(
                "Background up to", 0, 100, suffix=" %", tip="Alpha up to which a pixel counts as background."
            ),
            lambda look: look.refinement.black_point * 100,
            lambda look, value: _refined(look, black_point=value / 100),
        )
        self.white_point = self.add_slider(
            InspectorSlider(
                "Foreground from", 0, 100, suffix=" %", tip="Alpha from which a pixel counts as foreground."
            ),
            lambda look: look.refinement.white_point * 100,
            lambda look, value: _refined(look, white_point=value / 100),
        )
        self.keep_largest = QCheckBox("Keep the largest person only")
        self.keep_largest.clicked.connect(lambda on: self.commit(_refined(self._look, keep_largest=on)))
        self.body.addWidget(self.keep_largest)

    def set_look(self, look: Look) -> None:
        super().set_look(look)
        self.keep_largest.setChecked(look.refinement.keep_largest)

    def without(self, look: Look) -> Look:
        return look.model_copy(update={"refinement": Refinement()})
