"""The window's icons: drawings in resources/icons, coloured by the theme.

The drawings say `currentColor`; it is replaced when they are rendered, so that one file serves dark and light, enabled,
disabled and checked.
"""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel

from matting_studio.qt.theme import Colours

SIZE_PX = 20
"""Of an icon in toolbars, menus and sections, before the screen's scale."""

_NAME, _ROLE = "icon_name", "icon_role"


def icon(name: str, colours: Colours, scale: float, colour: str | None = None) -> QIcon:
    """An icon of a theme, sharp at the screen's scale; in a colour of its own if one is given."""
    made = QIcon()
    normal = colour or colours.text
    for ratio in {1.0, scale}:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            made.addPixmap(pixmap(name, normal, SIZE_PX, ratio), mode, QIcon.State.Off)
        made.addPixmap(pixmap(name, colour or "#ffffff", SIZE_PX, ratio), QIcon.Mode.Normal, QIcon.State.On)
        disabled = pixmap(name, colours.disabled, SIZE_PX, ratio)
        for state in QIcon.State:
            made.addPixmap(disabled, QIcon.Mode.Disabled, state)
    return made


def steady_icon(drawing: QPixmap) -> QIcon:
    """One that looks the same in a row that is selected: by itself Qt washes it with the colour of the selection."""
    made = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        made.addPixmap(drawing, mode)
    return made


def pixmap(name: str, colour: str, size_px: int, scale: float) -> QPixmap:
    """A drawing in one colour, `size_px` wide and high on a screen of the given scale.

    Raises FileNotFoundError if there is no such drawing.
    """
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415 - not needed before the first icon

    renderer = QSvgRenderer(QByteArray(drawing(name).replace("currentColor", colour).encode()))
    made = QPixmap(round(size_px * scale), round(size_px * scale))
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return made


@cache
def drawing(name: str) -> str:
    return (_folder() / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _folder() -> Traversable:
    """Looked up once: for the window's sixty icons, finding it took longer than drawing them."""
    return resources.files("resources") / "icons"


def name_icon(target: QAction | QAbstractButton | QLabel, name: str, role: str = "") -> None:
    """Say which icon an action, a button or a label carries; `dress` gives it, again for every theme.

    `role` names the colour of `Colours` that it has whatever its state; by default it follows the state.
    """
    target.setProperty(_NAME, name)
    target.setProperty(_ROLE, role)


def dress(root: QObject, colours: Colours, scale: float) -> None:
    """Give all actions, buttons and labels below `root` the icons that they were said to carry."""
    for target in (*root.findChildren(QAction), *root.findChildren(QAbstractButton), *root.findChildren(QLabel)):
        name = target.property(_NAME)
        if not name:
            continue
        role = target.property(_ROLE)
        colour = getattr(colours, role) if role else None
        if isinstance(target, QLabel):
            target.setPixmap(pixmap(name, colour or colours.text, target.property("icon_size_px") or SIZE_PX, scale))
        else:
            target.setIcon(icon(name, colours, scale, colour))
