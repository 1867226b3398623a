"""A part of the inspector: a title that folds it, a reset button, and controls for some fields of a look."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from matting_studio.app.look import Look
from matting_studio.qt.icons import name_icon
from matting_studio.qt.inspector.slider import InspectorSlider

MARK_PX = 12


class InspectorSection(QFrame):
    """The frame of a section; put controls into `body`."""

    reset = Signal()

    def __init__(self, title: str, icon: str) -> None:
        super().__init__()
        self.setProperty("section", True)
        self._title = QToolButton()
        self.set_title(title)
        self._title.setProperty("section_title", True)
        self._title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._title.setCheckable(False)
        self._title.clicked.connect(self._turn)
        self._marks = _mark("unfolded"), _mark("folded")
        self.set_icon(icon)
        self.reset_button = QToolButton()
        self.reset_button.setProperty("small", True)
        self.reset_button.setToolTip(f"Reset {title}")
        self.reset_button.setAccessibleName(f"Reset {title}")
        self.reset_button.clicked.connect(self.reset)
        name_icon(self.reset_button, "reset")

        self._content = QWidget()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(8, 0, 8, 8)
        self.body.setSpacing(8)

        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(0)
        head.addWidget(self._title)
        for mark in self._marks:
            head.addWidget(mark)
        head.addStretch()
        head.addWidget(self.reset_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._content)
        self._name = title
        self._fold(False)

    def set_title(self, title: str) -> None:
        self._title.setText(f" {title}")  # a little away from its icon

    def set_icon(self, name: str) -> None:
        """It is seen once the section is dressed."""
        name_icon(self._title, name, "text")

    def _turn(self) -> None:
        self._fold(not self._content.isHidden())

    def _fold(self, folded: bool) -> None:
        self._content.setHidden(folded)
        for mark, is_of_folded in zip(self._marks, (False, True), strict=True):
            mark.setVisible(folded is is_of_folded)
        self._title.setToolTip(f"{'Unfold' if folded else 'Fold'} {self._name}")
        self._title.setAccessibleDescription("Folded" if folded else "")


def _mark(name: str) -> QLabel:
    """It is seen once the section is dressed."""
    mark = QLabel()
    name_icon(mark, name, "quiet")
    mark.setProperty("icon_size_px", MARK_PX)
    return mark


class LookSection(InspectorSection):
    """A section whose controls change a look.

    `previewed` carries a look to show while a control moves; `committed` the look to keep and the name of the step.
    """

    previewed = Signal(object)
    committed = Signal(object, str)

    def __init__(self, title: str, icon: str) -> None:
        super().__init__(title, icon)
        self._look = Look()
        self._bound: list[tuple[InspectorSlider, Callable[[Look], float]]] = []
        self.reset.connect(self._reset)

    def set_look(self, look: Look) -> None:
        """Show a look; announces nothing."""
        self._look = look
        for slider, read in self._bound:
            slider.set_value(read(look))
        self.reset_button.setEnabled(self.without(look) != look)

    def settle(self) -> None:
        """Keep at once what a control would keep in a moment, and what was typed so far."""
        for slider, _ in self._bound:
            slider.settle()

    def without(self, look: Look) -> Look:
        """The look with this section's fields at their defaults."""
        raise NotImplementedError

    def add_slider(
        self,
        slider: InspectorSlider,
        read: Callable[[Look], float],
        write: Callable[[Look, float], Look],
        layout: QVBoxLayout | None = None,
    ) -> InspectorSlider:
        """Bind a slider to a number of the look."""
        self._bound.append((slider, read))
        slider.moved.connect(lambda value: self.previewed.emit(write(self._look, value)))
        slider.settled.connect(lambda value: self.commit(write(self._look, value)))
        (layout or self.body).addWidget(slider)
        return slider

    def commit(self, look: Look) -> None:
        self.committed.emit(look, self._name)

    def _reset(self) -> None:
        self.settle()  # else a control would come back with its value in a moment
        self.commit(self.without(self._look))
