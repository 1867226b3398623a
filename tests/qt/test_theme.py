"""Dark and light."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QMenu,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from matting_studio.qt.icons import dress, name_icon, pixmap
from matting_studio.qt.theme import DARK, LIGHT, Colours, Theme, ThemeChoice

ICONS = Path(__file__).parents[2] / "resources" / "icons"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, ThemeChoice.DARK)
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


def contrast(one: str, other: str) -> float:
    """Of two colours as WCAG 2 defines it: 1 … 21."""

    def luminance(colour: str) -> float:
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in QColor(colour).getRgbF()[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_texts_can_be_read(colours: Colours) -> None:
    for ground in (colours.window, colours.panel, colours.raised):
        assert contrast(colours.text, ground) >= 7
        assert contrast(colours.quiet, ground) >= 4.5
        for line in (colours.accent_text, colours.danger, colours.warning, colours.good):
            assert contrast(line, ground) >= 4
    assert contrast(colours.on_accent, colours.accent) >= 4.5


def test_a_chosen_theme_changes_the_colours_at_once(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.choose(ThemeChoice.LIGHT)
    assert theme.colours is LIGHT
    assert QApplication.palette().window().color() == QColor(LIGHT.panel)


def test_the_theme_of_the_system_is_followed(theme: Theme) -> None:
    theme.choose(ThemeChoice.SYSTEM)
    light = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    assert theme.colours is (LIGHT if light else DARK)


@pytest.mark.parametrize("path", sorted(ICONS.glob("*.svg")), ids=lambda path: path.stem)
def test_an_icon_is_drawn_in_the_colour_that_is_asked_for(qapp: QApplication, path: Path) -> None:
    assert ElementTree.parse(path).getroot().get("viewBox") == "0 0 24 24"
    image = pixmap(path.stem, "#ff0000", 24, 2.0).toImage()
    assert (image.width(), image.height()) == (48, 48)
    drawn = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 200]
    assert drawn, "nothing is drawn"
    assert all(colour.red() > 240 and colour.green() < 10 for colour in drawn)
    assert all(image.pixelColor(x, y).alpha() == 0 for x in (0, 47) for y in (0, 47)), "it reaches into the corners"


def test_buttons_are_dressed_anew_for_another_theme(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    button = QPushButton(root)
    name_icon(button, "export")
    dress(root, DARK, 1.0)
    in_dark = button.icon().pixmap(20, 20).toImage()
    dress(root, LIGHT, 1.0)
    assert button.icon().pixmap(20, 20).toImage() != in_dark


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_buttons_keep_their_size_whatever_their_state(theme: Theme, qtbot: QtBot, choice: ThemeChoice) -> None:
    theme.choose(choice)
    theme.apply()
    for in_toolbar, looks in ((True, ""), (False, "choice"), (False, "small"), (False, "section_title")):
        sizes = set()
        for state in product((True, False), repeat=2):
            parent = QToolBar() if in_toolbar else QFrame()
            qtbot.addWidget(parent)
            button = QToolButton(parent)
            button.setText("Name")
            button.setProperty(looks or "plain", True)
            button.setCheckable(True)
            button.setChecked(state[0])
            button.setEnabled(state[1])
            button.ensurePolished()
            sizes.add((button.sizeHint().width(), button.sizeHint().height()))
        assert len(sizes) == 1, looks or "toolbar"


@pytest.mark.parametrize(("choice", "colours"), [(ThemeChoice.DARK, DARK), (ThemeChoice.LIGHT, LIGHT)])
def test_arrows_of_boxes_that_can_be_used_are_seen(
    theme: Theme, qtbot: QtBot, choice: ThemeChoice, colours: Colours
) -> None:
    theme.choose(choice)
    theme.apply()
    combo, spin = QComboBox(), QSpinBox()
    spin.setRange(-9, 9)
    for box, width_px in ((combo, 24), (spin, 14)):
        qtbot.addWidget(box)
        box.resize(160, 30)
        strongest = []
        for enabled in (True, False):
            box.setEnabled(enabled)
            image = box.grab().toImage()
            seen = [
                image.pixelColor(x, y).name()
                for x in range(image.width() - width_px, image.width() - 4)
                for y in range(4, image.height() - 4)
            ]
            strongest.append(max(contrast(colour, colours.raised) for colour in seen))
        assert strongest[0] >= 4.5
        assert strongest[1] < 3, "of one that cannot be used"


@pytest.mark.parametrize(("choice", "colours"), [(ThemeChoice.DARK, DARK), (ThemeChoice.LIGHT, LIGHT)])
def test_whoever_cannot_tell_colours_apart_sees_what_the_keyboard_moves(
    theme: Theme, qtbot: QtBot, choice: ThemeChoice, colours: Colours
) -> None:
    theme.choose(choice)
    theme.apply()
    dialog = QDialog()
    qtbot.addWidget(dialog)
    box, slider = QCheckBox("Soft shadow"), QSlider(Qt.Orientation.Horizontal)
    layout = QVBoxLayout(dialog)
    for control in (box, slider):
        layout.addWidget(control)
    dialog.show()
    dialog.activateWindow()

    def seen_with(focused: QWidget) -> tuple[float, float]:
        """Contrasts: the box's edge with the dialog, the slider handle's middle with its rim."""
        focused.setFocus()
        qtbot.waitUntil(focused.hasFocus)
        image = dialog.grab().toImage()
        edge, middle, rim = (
            image.pixelColor(control.x() + x, control.geometry().center().y()).name()
            for control, x in ((box, 0), (slider, 6), (slider, 1))
        )
        return contrast(edge, colours.panel), contrast(middle, rim)

    ring, hole = seen_with(box)
    assert ring >= 3
    assert hole == pytest.approx(1, abs=0.1)
    ring, hole = seen_with(slider)
    assert ring == pytest.approx(1, abs=0.1)
    assert hole >= 3


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_the_chosen_entry_of_a_menu_is_marked(theme: Theme, qtbot: QtBot, choice: ThemeChoice) -> None:
    theme.choose(choice)
    theme.apply()
    menu = QMenu()
    qtbot.addWidget(menu)
    for text in ("Trimap", "Alpha"):
        action = menu.addAction(text)
        name_icon(action, "alpha")
        action.setCheckable(True)
    action.setChecked(True)
    dress(menu, theme.colours, 1.0)
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    image = menu.grab().toImage()
    marked = [
        y for y in range(image.height()) if any(image.pixelColor(x, y) == theme.colours.accent for x in range(40))
    ]
    assert marked
    assert min(marked) > image.height() // 2 - 4
