"""What stands behind the person."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from matting_studio.app.look import (
    Background,
    Blurred,
    Colour,
    Gradient,
    Look,
    Picture,
    Placement,
    Plain,
    Shadow,
    Transparent,
)
from matting_studio.qt.colour_button import ColourButton
from matting_studio.qt.files import PICTURE_FILTER
from matting_studio.qt.inspector.section import LookSection
from matting_studio.qt.inspector.slider import InspectorSlider
from matting_studio.qt.spoken import name_choice
from matting_studio.qt.wheel import leave_wheel_to_area

KINDS = (
    ("transparent", "Transparent"),
    ("colour", "Colour"),
    ("gradient", "Gradient"),
    ("picture", "Picture"),
    ("blurred", "Blurred"),
)
PLAIN_COLOURS: tuple[tuple[str, Colour], ...] = (
    ("White", (1.0, 1.0, 1.0)),
    ("Light grey", (0.85, 0.86, 0.87)),
    ("Sky blue", (0.62, 0.78, 0.93)),
    ("Green", (0.0, 0.69, 0.31)),
    ("Black", (0.0, 0.0, 0.0)),
)
FITS = (("fill", "Fill"), ("fit", "Fit"), ("tile", "Tile"))


class BackgroundSection(LookSection):
    picture_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Background", "background")
        self._remembered: dict[str, Background] = {
            "transparent": Transparent(), "colour": Plain(), "gradient": Gradient(), "blurred": Blurred(),
        }  # fmt: skip
        self.kinds: dict[str, QToolButton] = {}
        self.body.addLayout(self._kind_buttons())
        self.pages = _Pages()
        for page in (
            self._transparent_page(),
            self._colour_page(),
            self._gradient_page(),
            self._picture_page(),
            self._blurred_page(),
        ):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages)
        line = QFrame()
        line.setProperty("line", True)
        self.body.addWidget(line)
        self._add_shadow()

    def set_look(self, look: Look) -> None:
        super().set_look(look)
        background = look.background
        self._remembered[background.kind] = background
        for kind, button in self.kinds.items():
            button.setChecked(kind == background.kind)
        self.pages.turn_to([kind for kind, _ in KINDS].index(background.kind))
        match background:
            case Plain():
                self.colour.set_colour(background.colour)
            case Gradient():
                self.start.set_colour(background.start)
                self.end.set_colour(background.end)
            case Picture():
                self.picture.setText(_elided(background.path.name))
                self.picture.setToolTip(str(background.path))
                self.fit.setCurrentIndex([fit for fit, _ in FITS].index(background.placement.fit))
        self.shadow.setChecked(look.shadow is not None)
        self._shadow_controls.setVisible(look.shadow is not None)

    def without(self, look: Look) -> Look:
        return look.model_copy(update={"background": Transparent(), "shadow": None})

    def use_picture(self, path: Path) -> None:
        """Put a picture behind the person."""
        before = self._remembered.get("picture")
        placement = before.placement if isinstance(before, Picture) else Placement()
        self._commit_background(Picture(path=path, placement=placement))

    # The kinds

    def _kind_buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for index, (kind, text) in enumerate(KINDS):
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("choice", True)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            button.clicked.connect(lambda _, kind=kind: self._choose_kind(kind))
            self.kinds[kind] = button
            grid.addWidget(button, index // 3, index % 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return grid

    def _choose_kind(self, kind: str) -> None:
        self.settle()  # else a slider of the kind before would bring that back
        for other, button in self.kinds.items():
            button.setChecked(other == self._look.background.kind)
        if kind in self._remembered:
            self._commit_background(self._remembered[kind])
        else:
            self.ask_for_picture()

    def _transparent_page(self) -> QWidget:
        page, column = _page()
        hint = QLabel("The cut-out keeps its transparency. A soft shadow becomes part of it.")
        hint.setProperty("quiet", True)
        hint.setWordWrap(True)
        column.addWidget(hint)
        return page

    def _colour_page(self) -> QWidget:
        page, column = _page()
        row = QHBoxLayout()
        row.setSpacing(4)
        self.colour = self._colour_button("Background colour", lambda c: Plain(colour=c))
        row.addWidget(self.colour)
        row.addStretch()
        for name, colour in PLAIN_COLOURS:
            swatch = QToolButton()
            swatch.setProperty("swatch", True)
            swatch.setFixedSize(28, 28)
            swatch.setToolTip(name)
            swatch.setAccessibleName(name)
            red, green, blue = (round(255 * value) for value in colour)
            swatch.setStyleSheet(f"background: rgb({red}, {green}, {blue});")
            swatch.clicked.connect(lambda _, colour=colour: self._commit_background(Plain(colour=colour)))
            row.addWidget(swatch)
        column.addLayout(row)
        return page

    def _gradient_page(self) -> QWidget:
        page, column = _page()
        row = QHBoxLayout()
        row.setSpacing(8)
        self.start = self._colour_button("Start of the gradient", lambda c: self._gradient(start=c))
        self.end = self._colour_button("End of the gradient", lambda c: self._gradient(end=c))
        for text, button in (("From", self.start), ("to", self.end)):
            row.addWidget(QLabel(text))
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        self.angle = self.add_slider(
            InspectorSlider("Direction", 0, 360, suffix=" °", tip="Direction from start to end; 90° is downwards."),
            lambda look: look.background.angle_degrees if isinstance(look.background, Gradient) else 90.0,
            lambda look, value: look.model_copy(update={"background": self._gradient(angle_degrees=value)}),
            column,
        )
        return page

    def _picture_page(self) -> QWidget:
        page, column = _page()
        row = QHBoxLayout()
        row.setSpacing(8)
        self.picture = QPushButton("Choose a picture…")
        self.picture.clicked.connect(self.ask_for_picture)
        self.fit = QComboBox()
        name_choice(self.fit, "How the picture fits")
        self.fit.addItems([text for _, text in FITS])
        leave_wheel_to_area(self.fit)
        self.fit.activated.connect(lambda index: self._commit_background(self._placed(fit=FITS[index][0])))
        row.addWidget(self.picture, 1)
        row.addWidget(self.fit)
        column.addLayout(row)
        for name, text, low, high in (("zoom", "Size", 10, 400), ("shift_x", "Across", -100, 100),
                                      ("shift_y", "Down", -100, 100)):  # fmt: skip
            self.add_slider(
                InspectorSlider(text, low, high, suffix=" %"),
                lambda look, name=name: 100 * getattr(_placement(look), name),
                lambda look, value, name=name: look.model_copy(
                    update={"background": self._placed(**{name: value / 100})}
                ),
                column,
            )
        return page

    def _blurred_page(self) -> QWidget:
        page, column = _page()
        self.radius = self.add_slider(
            InspectorSlider("Blur", 0, 200, suffix=" px", tip="How far the photo's own background is out of focus."),
            lambda look: look.background.radius_px if isinstance(look.background, Blurred) else 24.0,
            lambda look, value: look.model_copy(update={"background": Blurred(radius_px=value)}),
            column,
        )
        return page

    # The shadow

    def _add_shadow(self) -> None:
        self.shadow = QCheckBox("Soft shadow")
        self.shadow.clicked.connect(self._choose_shadow)
        self.body.addWidget(self.shadow)
        self._shadow_controls, controls = _page()
        self.body.addWidget(self._shadow_controls)
        for name, text, low, high, unit, factor in (
            ("opacity", "Strength", 0, 100, " %", 100), ("blur_px", "Softness", 0, 200, " px", 1),
            ("shift_x_px", "To the right", -200, 200, " px", 1), ("shift_y_px", "Down", -200, 200, " px", 1),
        ):  # fmt: skip
            self.add_slider(
                InspectorSlider(text, low, high, suffix=unit),
                lambda look, name=name, factor=factor: factor * getattr(look.shadow or Shadow(), name),
                lambda look, value, name=name, factor=factor: look.model_copy(
                    update={"shadow": (look.shadow or Shadow()).model_copy(update={name: value / factor})}
                ),
                controls,
            )

    def _choose_shadow(self, on: bool) -> None:
        self.settle()  # else a slider of the shadow would bring it back
        self.commit(self._look.model_copy(update={"shadow": Shadow() if on else None}))

    # Changes

    def ask_for_picture(self) -> None:
        dialog = QFileDialog(self.window(), "Choose a background picture", filter=PICTURE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.use_picture(Path(name)))
        dialog.open()

    def _colour_button(self, name: str, background: Callable[[Colour], Background]) -> ColourButton:
        button = ColourButton(name)
        button.moved.connect(
            lambda colour: self.previewed.emit(self._look.model_copy(update={"background": background(colour)}))
        )
        button.chosen.connect(lambda colour: self._commit_background(background(colour)))
        button.abandoned.connect(lambda: self.previewed.emit(None))
        return button

    def _gradient(self, **fields: float | Colour) -> Gradient:
        now = self._look.background
        return (now if isinstance(now, Gradient) else Gradient()).model_copy(update=fields)

    def _placed(self, **fields: float | str) -> Background:
        now = self._look.background
        if not isinstance(now, Picture):
            return now
        return now.model_copy(update={"placement": now.placement.model_copy(update=fields)})

    def _commit_background(self, background: Background) -> None:
        self.commit(self._look.model_copy(update={"background": background}))


class _Pages(QStackedWidget):
    """A stack that is only as high as the page that shows."""

    def turn_to(self, index: int) -> None:
        for other in range(self.count()):
            vertical = QStackedWidget().sizePolicy().Policy.Preferred if other == index else None
            policy = self.widget(other).sizePolicy()
            policy.setVerticalPolicy(vertical or policy.Policy.Ignored)
            self.widget(other).setSizePolicy(policy)
        self.setCurrentIndex(index)
        self.adjustSize()


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    return page, column


def _placement(look: Look) -> Placement:
    return look.background.placement if isinstance(look.background, Picture) else Placement()


def _elided(name: str, longest: int = 18) -> str:
    return name if len(name) <= longest else f"{name[: longest - 8]}…{name[-7:]}"
