"""Dark and light: qdarkstyle's sheets in neutral greys, and the window's own additions.

A photo is judged against what surrounds it, so qdarkstyle's bluish greys are replaced by neutral ones. Lengths keep to
a grid of 8 px.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import qdarkstyle
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from matting_studio.qt.room import USUAL_FONT_PX, for_font


class ThemeChoice(StrEnum):
    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True)
class Colours:
    """The named colours of a theme, as #RRGGBB."""

    dark: bool
    window: str
    panel: str
    raised: str
    line: str
    hover: str
    text: str
    quiet: str
    disabled: str
    accent: str
    """The one accent, behind white text."""
    accent_hover: str
    on_accent: str
    accent_text: str
    """The accent where it is itself the text or the line."""
    good: str
    warning: str
    danger: str


DARK = Colours(
    dark=True, window="#1c1d20", panel="#232428", raised="#2e3035", line="#3a3d43", hover="#3d4047",
    text="#e6e7e9", quiet="#a9adb5", disabled="#6d717a",
    accent="#1a72bb", accent_hover="#2079c4", on_accent="#ffffff", accent_text="#4eb0f5",
    good="#5cc28a", warning="#e5b64b", danger="#f0706a",
)  # fmt: skip

LIGHT = Colours(
    dark=False, window="#f2f3f4", panel="#fbfbfc", raised="#ffffff", line="#d2d5d9", hover="#e3e6ea",
    text="#1d1f23", quiet="#5b6068", disabled="#a0a5ad",
    accent="#1a72bb", accent_hover="#155f9d", on_accent="#ffffff", accent_text="#1567a9",
    good="#197a4a", warning="#8a6100", danger="#bd2a24",
)  # fmt: skip

_GREYS_OF_DARK = {
    "#19232D": DARK.panel, "#293544": DARK.raised, "#37414F": DARK.raised, "#455364": DARK.line,
    "#54687A": "#4b4f57", "#60798B": "#5a5f69", "#788D9C": DARK.disabled, "#9DA9B5": DARK.quiet,
    "#DFE1E2": DARK.text, "#C0C4C8": "#c4c7cc", "#346792": DARK.accent, "#26486B": "#24496b",
}  # fmt: skip

_GREYS_OF_LIGHT = {
    "#FAFAFA": LIGHT.panel, "#DFE1E2": LIGHT.hover, "#D2D5D8": LIGHT.line, "#C0C4C8": LIGHT.line,
    "#B4B8BC": "#bcc0c6", "#ACB1B6": "#b3b8bf", "#9DA9B5": LIGHT.disabled, "#788D9C": LIGHT.quiet,
    "#19232D": LIGHT.text, "#9FCBFF": "#a9cdee", "#73C7FF": "#8cc4ee",
}  # fmt: skip

_PADDING_BY_STATE = re.compile(
    r'(QToolButton(?::checked|:disabled|\[popupMode="0"\])[^{}]*\{[^{}]*?)\s*padding(?:-right)?: 2px;'
)
"""Of tool buttons in qdarkstyle's sheets. A state counts more than what kind of button it is: so buttons would change
their size with their state."""


class Theme(QObject):
    """The application's theme: follows the system, or what was chosen."""

    changed = Signal()
    """The colours are others now; icons are to be made anew."""

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._colours = self._wanted()
        application.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def choice(self) -> ThemeChoice:
        return self._choice

    @property
    def colours(self) -> Colours:
        return self._colours

    def apply(self) -> None:
        """Give the application its looks; changes of the theme are followed without being asked.

        To be called when the first window has been built: under a style sheet, every step of building it costs
        half as much again.
        """
        self._application.setStyleSheet(style_sheet(self._colours))
        self._application.setPalette(palette(self._colours))

    def choose(self, choice: ThemeChoice) -> None:
        self._choice = choice
        self._follow()

    def _wanted(self) -> Colours:
        if self._choice is ThemeChoice.SYSTEM:
            dark = self._application.styleHints().colorScheme() != Qt.ColorScheme.Light
        else:
            dark = self._choice is ThemeChoice.DARK
        return DARK if dark else LIGHT

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self._colours:
            self._colours = wanted
            self.apply()
            self.changed.emit()


def palette(colours: Colours) -> QPalette:
    """For what is painted by hand, and for placeholders and links, which style sheets do not reach."""
    made = QPalette(QColor(colours.raised), QColor(colours.panel))
    roles = QPalette.ColorRole
    for role, colour in {
        roles.WindowText: colours.text, roles.Text: colours.text, roles.ButtonText: colours.text,
        roles.Base: colours.raised, roles.PlaceholderText: colours.quiet, roles.Mid: colours.line,
        roles.Highlight: colours.accent, roles.HighlightedText: "#ffffff", roles.Link: colours.accent_text,
    }.items():  # fmt: skip
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return made


def style_sheet(colours: Colours) -> str:
    palette = "dark" if colours.dark else "light"
    base = _sheet_of_qdarkstyle(palette)
    for old, new in (_GREYS_OF_DARK if colours.dark else _GREYS_OF_LIGHT).items():
        base = base.replace(old, new)
    return _PADDING_BY_STATE.sub(r"\1", base) + _arrows(palette) + _additions(colours)


def _arrows(palette: str) -> str:
    """Arrows in the colour of texts: qdarkstyle has those of boxes that can be used look as if they could not."""
    made = []
    for arrow, picture in (
        ("QComboBox::down-arrow", "arrow_down"),
        ("QAbstractSpinBox::up-arrow", "arrow_up"),
        ("QAbstractSpinBox::down-arrow", "arrow_down"),
    ):
        enabled, disabled = (f'image: url("{_folder_of(palette)}/{picture}{end}.png");' for end in ("", "_disabled"))
        made.append(f"{arrow} {{ {enabled} }}\n{arrow}:disabled, {arrow}:off {{ {disabled} }}\n")
    return "".join(made)


def _folder_of(palette: str) -> str:
    """Where qdarkstyle's pictures are."""
    return f"{(Path(qdarkstyle.PACKAGE_PATH) / palette).as_posix()}/rc"


def _sheet_of_qdarkstyle(palette: str) -> str:
    """As qdarkstyle made it, its pictures from their files.

    Its own way, `load_stylesheet`, brings a layer for other bindings of Qt and a copy of all pictures into memory: a
    tenth of the time until the window is there.
    """
    sheet = (Path(qdarkstyle.PACKAGE_PATH) / palette / f"{palette}style.qss").read_text(encoding="utf-8")
    return sheet.replace(f":/qss_icons/{palette}/rc/", f"{_folder_of(palette)}/")


def _additions(c: Colours) -> str:
    return f"""
QMainWindow, QMainWindow > QWidget {{ background: {c.window}; }}
QWidget:focus {{ outline: none; }}
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
QMenuBar {{ background: {c.panel}; padding: 2px 8px; border: none; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; border-radius: 4px; }}
QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {c.hover}; color: {c.text}; }}
QMenu {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}
QMenu::item {{ background: transparent; padding: 6px 32px 6px 8px; border-radius: 4px; }}
QMenu::item:selected {{ background: {c.accent}; color: #ffffff; }}
QMenu::item:disabled {{ color: {c.disabled}; background: transparent; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::icon:checked {{ background: {c.accent}; border-radius: 4px; }}
QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}

QToolBar {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.line}; padding: 8px; spacing: 4px;
    font-weight: normal; }}
QToolBar QWidget#stretch {{ background: transparent; }}
QToolBar::separator:horizontal {{ width: 1px; background: {c.line}; margin: 4px 4px; image: none; }}
QToolBar QToolButton {{ background: transparent; border-radius: 6px; padding: 6px; }}
QToolBar QToolButton:hover {{ background: {c.hover}; }}
QToolBar QToolButton:pressed {{ background: {c.line}; }}
QToolBar QToolButton:checked {{ background: {c.accent}; color: #ffffff; padding: 6px; }}
QToolBar QToolButton:disabled {{ background: transparent; color: {c.disabled}; padding: 6px; }}
QToolBar QToolButton:checked:disabled {{ background: {c.hover}; padding: 6px; }}
QToolBar QToolButton:focus {{ border: 1px solid {c.accent_text}; padding: 5px; }}
QToolBar QToolButton:checked:focus {{ border: 1px solid {c.text}; padding: 5px; }}
QToolBar QToolButton#qt_toolbar_ext_button {{ background: {c.hover}; padding: 0; }}
QToolBar QFrame#segments {{ background: {c.window}; border: 1px solid {c.line}; border-radius: 8px; }}
QToolBar QFrame#segments QToolButton {{ padding: 5px 6px; margin: 1px; }}
QToolBar QFrame#segments QToolButton:focus {{ padding: 4px 5px; }}

QPushButton {{ background: {c.hover}; color: {c.text}; border: 1px solid {c.line}; border-radius: 6px;
    padding: 6px 16px; min-height: 18px; }}
QPushButton:hover {{ background: {c.line}; }}
QPushButton:pressed {{ background: {c.line}; }}
QPushButton:focus {{ border: 1px solid {c.accent_text}; }}
QPushButton:disabled {{ background: {c.panel}; color: {c.disabled}; border-color: {c.line};
    padding: 6px 16px; }}
QPushButton[accent="true"], QToolBar QToolButton[accent="true"] {{ background: {c.accent}; color: #ffffff;
    border: 1px solid {c.accent}; border-radius: 6px; padding: 6px 16px; font-weight: 600; }}
QToolBar QToolButton[accent="true"] {{ padding: 5px 12px; }}
QPushButton[accent="true"]:hover, QToolBar QToolButton[accent="true"]:hover {{ background: {c.accent_hover}; }}
QPushButton[accent="true"]:focus, QToolBar QToolButton[accent="true"]:focus {{ border: 1px solid {c.text}; }}
QPushButton[accent="true"]:disabled, QToolBar QToolButton[accent="true"]:disabled {{ background: {c.hover};
    color: {c.disabled}; border-color: {c.hover}; }}
QPushButton[flat="true"] {{ background: transparent; border: 1px solid transparent; }}
QPushButton[flat="true"]:hover {{ background: {c.hover}; }}
QPushButton[flat="true"]:focus {{ border: 1px solid {c.accent_text}; }}
QPushButton[link="true"] {{ background: transparent; border: 1px solid transparent; color: {c.accent_text};
    padding: 4px 1px; text-align: left; }}
QPushButton[link="true"]:hover {{ text-decoration: underline; }}
QPushButton[link="true"]:focus {{ border: 1px solid {c.accent_text}; }}

QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {{ background: {c.raised}; color: {c.text};
    border: 1px solid {c.line}; border-radius: 6px; padding: 4px 8px; min-height: 20px;
    placeholder-text-color: {c.quiet}; }}
QPlainTextEdit {{ placeholder-text-color: {c.quiet}; }}
QSpinBox, QDoubleSpinBox {{ padding: 2px 4px 2px 4px; min-height: 18px; }}
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover {{ border-color: {c.accent}; }}
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus {{ border: 1px solid {c.accent_text}; }}
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled {{ background: {c.panel};
    color: {c.disabled}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}
QCheckBox {{ background: transparent; spacing: 8px; padding: 1px 3px 1px 0; border: 1px solid transparent;
    border-radius: 4px; }}
QCheckBox::indicator {{ margin-left: 1px; }}
QCheckBox:disabled, QLabel:disabled {{ color: {c.disabled}; background: transparent; }}
QCheckBox:focus {{ border: 1px solid {c.accent_text}; }}
QLabel {{ background: transparent; border: none; padding: 0; margin: 0; }}
QLabel[quiet="true"] {{ color: {c.quiet}; }}
QLabel[quiet="true"]:disabled {{ color: {c.disabled}; }}
QLabel[title="true"] {{ font-weight: 600; }}

QSlider {{ background: transparent; min-height: 20px; }}
QSlider::groove:horizontal {{ background: {c.line}; height: 4px; border: none; border-radius: 2px; margin: 0; }}
QSlider::sub-page:horizontal {{ background: {c.line}; height: 4px; border: none; border-radius: 2px; }}
QSlider::add-page:horizontal {{ background: {c.line}; height: 4px; border: none; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {c.text}; width: 12px; height: 12px; margin: -4px 0; border: none;
    border-radius: 6px; }}
QSlider::handle:horizontal:hover {{ background: {c.accent_text}; border: none; }}
QSlider::handle:horizontal:focus {{ background: {c.panel}; width: 6px; height: 6px;
    border: 3px solid {c.accent_text}; }}
QSlider::handle:horizontal:disabled {{ background: {c.disabled}; }}

QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; border: none; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; border: none; }}
QScrollBar::handle:vertical, QScrollBar::handle:horizontal {{ background: {c.line}; border: none;
    border-radius: 4px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {c.disabled}; border: none; }}
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical, QScrollBar::add-line:horizontal,
QScrollBar::sub-line:horizontal {{ background: transparent; border: none; width: 0; height: 0; image: none;
    margin: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; border: none; }}

QProgressBar {{ background: {c.line}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {c.accent_text}; border-radius: 3px; }}

QScrollArea#inspector {{ background: {c.panel}; border: none; border-left: 1px solid {c.line}; }}
QWidget#inspector_content {{ background: {c.panel}; }}
QFrame[section="true"] {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.line}; border-radius: 0; }}
QToolButton[section_title="true"] {{ background: transparent; font-weight: 600; padding: 4px; text-align: left; }}
QToolButton[section_title="true"]:hover, QToolButton[small="true"]:hover {{ background: {c.hover}; }}
QToolButton[section_title="true"]:focus, QToolButton[small="true"]:focus {{ border: 1px solid {c.accent_text};
    padding: 3px; }}
QToolButton[small="true"] {{ background: transparent; padding: 4px; }}
QToolButton[small="true"]:disabled {{ background: transparent; }}
QToolButton[swatch="true"] {{ border: 1px solid {c.line}; border-radius: 6px; padding: 0; }}
QToolButton[swatch="true"]:hover, QToolButton[swatch="true"]:focus {{ border: 2px solid {c.accent_text}; }}
QToolButton[choice="true"] {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 6px; padding: 4px; }}
QToolButton[choice="true"]:hover {{ background: {c.hover}; }}
QToolButton[choice="true"]:checked {{ background: {c.accent}; color: #ffffff; border-color: {c.accent}; }}
QToolButton[choice="true"]:checked:disabled {{ background: {c.hover}; color: {c.disabled};
    border-color: {c.line}; }}
QToolButton[choice="true"]:focus {{ border: 1px solid {c.accent_text}; }}
QToolButton[choice="true"]:checked:focus {{ border: 1px solid {c.text}; }}

QWidget#batch_window {{ background: {c.panel}; }}
QScrollArea#inspector[side="left"] {{ border-left: none; border-right: 1px solid {c.line}; }}
QTableView[rows="true"] {{ background: {c.window}; border: none; border-top: 1px solid {c.line};
    border-bottom: 1px solid {c.line}; border-radius: 0; }}
QTableView[rows="true"]:focus {{ border: 1px solid {c.accent_text}; }}
QHeaderView::section {{ font-size: {for_font(USUAL_FONT_PX)}px; }}
QTableView[rows="true"] QHeaderView {{ background: {c.panel}; border: none; }}
QTableView[rows="true"] QHeaderView::section {{ background: {c.panel}; color: {c.quiet}; border: none;
    border-bottom: 1px solid {c.line}; padding: 0 8px; font-weight: normal; }}
QTableView[rows="true"] QHeaderView::section:hover {{ background: {c.hover}; color: {c.text}; }}
QTableView[rows="true"], QTableView[rows="true"] QHeaderView {{ padding: 0; margin: 0; }}
QTableView[rows="true"] QHeaderView::section:first {{ border-left: none; }}
QTableView[figures="true"]::item {{ padding: 0 17px 0 5px; }}
QTableView[figures="true"] QHeaderView::section {{ padding: 0 20px 0 8px; }}
QTableView[rows="true"] QHeaderView::up-arrow, QTableView[rows="true"] QHeaderView::down-arrow {{
    background: transparent; }}

QWidget#training_window {{ background: {c.panel}; }}
QScrollArea#training_form {{ background: {c.panel}; border: none; }}
QFrame#training_head {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.line}; border-radius: 0; }}
QFrame#training_foot {{ background: {c.panel}; border: none; border-top: 1px solid {c.line}; border-radius: 0; }}
QFrame[card="true"] {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
QFrame[card="true"]:hover {{ border-color: {c.accent}; }}
QFrame[card="true"][chosen="true"] {{ border: 1px solid {c.accent_text}; }}
QLabel[wrong="true"] {{ color: {c.danger}; }}
QLineEdit[wrong="true"], QLineEdit[wrong="true"]:hover, QLineEdit[wrong="true"]:focus {{
    border: 1px solid {c.danger}; }}
QPushButton[narrow="true"] {{ padding: 6px 4px; min-width: 20px; }}
QTreeWidget[plain="true"], QTableWidget[plain="true"] {{ background: {c.window}; border: 1px solid {c.line};
    border-radius: 8px; padding: 4px; }}
QTreeWidget[plain="true"]::branch:!has-children {{ image: none; border-image: none; }}
QTreeWidget[plain="true"]::item:selected {{ background: {c.hover}; color: {c.text}; }}
QTableWidget[plain="true"] QHeaderView, QTableWidget[plain="true"] QHeaderView::section {{ background: {c.window};
    color: {c.quiet}; border: none; font-weight: normal; padding: 0 8px 0 2px; }}
QTableWidget[plain="true"] QHeaderView::section:first, QTableWidget[plain="true"] QHeaderView::section:horizontal {{
    border-left: none; }}

QFrame#chart {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
QFrame#chart QGraphicsView {{ border: none; padding: 0; border-radius: 0; }}
QPushButton::menu-indicator {{ subcontrol-origin: padding; subcontrol-position: center right;
    right: 8px; bottom: 0; }}
QScrollArea[plain="true"] {{ background: {c.panel}; border: 1px solid transparent; border-radius: 0; }}
QWidget#training_sheet {{ background: {c.panel}; }}
QPlainTextEdit#run_log {{ background: {c.window}; border: 1px solid transparent; border-top: 1px solid {c.line};
    border-radius: 0; padding: 8px 12px; }}
QScrollArea[plain="true"]:focus, QPlainTextEdit#run_log:focus {{ border: 1px solid {c.accent_text}; }}
QPlainTextEdit#run_notes {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; border-radius: 6px;
    padding: 4px; }}
QPlainTextEdit#run_notes:focus {{ border: 1px solid {c.accent_text}; }}

QListView#film_strip {{ background: {c.panel}; border: none; border-top: 1px solid {c.line}; border-radius: 0;
    padding: 4px 8px; }}
QStatusBar {{ background: {c.panel}; border: none; border-top: 1px solid {c.line}; color: {c.quiet}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {c.quiet}; padding: 0 4px; }}
QStatusBar QPushButton {{ padding: 2px 8px; min-height: 16px; }}

QFrame#message_bar {{ background: {c.raised}; border: none; border-bottom: 1px solid {c.line}; border-radius: 0; }}
QFrame#message_bar[severity="error"] {{ border-left: 4px solid {c.danger}; }}
QFrame#message_bar[severity="warning"] {{ border-left: 4px solid {c.warning}; }}
QFrame#message_bar[severity="info"] {{ border-left: 4px solid {c.accent_text}; }}
QFrame#question_bar {{ background: {c.raised}; border: none; border-bottom: 1px solid {c.line};
    border-left: 4px solid {c.accent_text}; border-radius: 0; }}

QWidget#empty_state, QWidget#recent_files {{ background: {c.window}; }}
QFrame#drop_zone {{ background: {c.panel}; border: 2px dashed {c.line}; border-radius: 16px; }}
QFrame#drop_zone[dropping="true"] {{ border-color: {c.accent_text}; background: {c.raised}; }}
QLabel#headline {{ font-size: {for_font(20)}px; font-weight: 600; }}

QFrame#command_palette {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 12px; }}
QFrame#command_palette QLineEdit {{ border: none; border-bottom: 1px solid {c.line}; border-radius: 0;
    background: transparent; padding: 8px; font-size: {for_font(15)}px; }}
QFrame#command_palette QListView {{ background: transparent; border: none; }}

QStackedWidget {{ background: transparent; border: none; padding: 0; }}
QDialog {{ background: {c.panel}; }}
QLabel[key="true"] {{ background: {c.hover}; border: 1px solid {c.line}; border-radius: 4px; padding: 2px 6px; }}
QFrame[line="true"] {{ background: {c.line}; max-height: 1px; border: none; }}
"""
