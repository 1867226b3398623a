"""What the figures of a run are called, in which unit they stand, and which belong together."""

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """In the order in which they are shown."""

    VALIDATION = "Validation"
    LOSSES = "Losses"
    OPTIMISER = "Optimiser"
    MACHINE = "Machine"


@dataclass(frozen=True)
class Subject:
    """What one chart shows."""

    section: Section
    title: str
    unit: str = ""
    tip: str = ""
    scale: float = 1.0
    """A figure times this stands in the unit."""


_MEASURES = {
    "mad": Subject(Section.VALIDATION, "MAD", tip="Mean absolute difference; the best model is chosen by it"),
    "sad": Subject(Section.VALIDATION, "SAD", "thousands", "Sum of absolute differences from the true alpha"),
    "mse": Subject(Section.VALIDATION, "MSE", tip="Mean squared difference from the true alpha"),
    "grad": Subject(Section.VALIDATION, "Grad", "thousands", "How far the edges are from the true ones"),
    "conn": Subject(Section.VALIDATION, "Conn", "thousands", "What hangs loose that should be connected"),
}  # fmt: skip
_LOSSES = {
    "total": "Total loss",
    "trimap": "Trimap",
    "side_heads": "Side heads",
    "laplacian": "Laplacian",
    "composition": "Composition",
    "alpha": "Alpha",
    "alpha_unknown": "Alpha, unknown region",
}
_OTHERS = {
    "learning_rate": Subject(Section.OPTIMISER, "Learning rate"),
    "gradient_norm": Subject(Section.OPTIMISER, "Gradient norm", tip="Length of the gradient before it is clipped"),
    "photos_per_second": Subject(Section.MACHINE, "Speed", "photos per second"),
    "memory_bytes": Subject(Section.MACHINE, "Memory", "GB", "In use on the training device", 1e-9),
}
_UNKNOWN, _LOSS = "_unknown", "loss/"

_LEFT_OUT = "conn_seed"
"""It is there to compare with old tables, and says nothing about a run that Conn does not say better."""


def subject_of(name: str) -> Subject | None:
    """What a series such as `loss/trimap`, `learning_rate` or `composites/mad` is about; None for what is not shown."""
    if name in _OTHERS:
        return _OTHERS[name]
    if name.startswith(_LOSS):
        loss = name.removeprefix(_LOSS)
        return Subject(Section.LOSSES, _LOSSES.get(loss) or _words(loss), tip="Times its weight, as it is trained on")
    measure = name.rpartition("/")[2]
    if measure.startswith(_LEFT_OUT):
        return None
    known = _MEASURES.get(measure.removesuffix(_UNKNOWN))
    if known is None:
        return Subject(Section.OPTIMISER, _words(measure))
    if not measure.endswith(_UNKNOWN):
        return known
    return Subject(known.section, f"{known.title}, unknown region", known.unit, known.tip, known.scale)


def set_of(name: str) -> str:
    """The validation set that a series was measured on; empty for what is no measure."""
    return "" if name.startswith(_LOSS) else name.rpartition("/")[0]


def in_order(subjects: set[Subject]) -> list[Subject]:
    """As they are shown: by section, the best known first, the rest by their names."""
    known = [*_MEASURES.values(), *_OTHERS.values()]
    titles = [*(subject.title for subject in known), *_LOSSES.values()]

    def place(subject: Subject) -> tuple[int, int, str]:
        first = titles.index(subject.title) if subject.title in titles else len(titles)
        return list(Section).index(subject.section), first, subject.title

    return sorted(subjects, key=place)


def _words(name: str) -> str:
    spaced = name.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]
