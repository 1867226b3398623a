"""The table of actions come to life: menus, keys, palette and shortcut sheet are made from it."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from matting_studio.qt.action_table import MENUS, SPECS, Need, Spec
from matting_studio.qt.icons import name_icon


class Actions(QObject):
    """The table come to life: a QAction per row, which calls `commands`."""

    about_to_run = Signal()
    """Before any action does anything."""

    def __init__(self, parent: QObject, commands: QObject) -> None:
        super().__init__(parent)
        self._commands = commands
        self._specs = {spec.id: spec for spec in SPECS}
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.id: self._made(spec) for spec in SPECS}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[tuple[Spec, QAction]]:
        return ((spec, self._actions[spec.id]) for spec in SPECS)

    def enable(self, met: Need) -> None:
        """Enable what can be done now, given the needs that are met."""
        for spec, action in self:
            action.setEnabled(spec.need in met)

    def check(self, name: str) -> None:
        """Show an action of a group as the chosen one, without doing it."""
        self._actions[name].setChecked(True)

    def fill(self, bar: QMenuBar, recent: QMenu) -> None:
        """Make the menus, with the recent files after the first block of the first one."""
        for title in MENUS:
            menu = bar.addMenu(f"&{title}")  # all begin with letters of their own
            sub_menus = [recent] if title == MENUS[0] else []
            for spec, action in self:
                if spec.menu != title:
                    continue
                if spec.separated:
                    while sub_menus:
                        menu.addMenu(sub_menus.pop())
                    menu.addSeparator()
                menu.addAction(action)

    def _made(self, spec: Spec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        if spec.icon:
            name_icon(action, spec.icon)
            action.setIconText(f" {spec.text}")  # on buttons, a little away from its icon
        keys = f"  ({', '.join(key_text(key) for key in spec.keys)})" if spec.keys else ""
        action.setToolTip(spec.text.rstrip("…") + keys)
        if spec.group:
            action.setCheckable(True)
            self._groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
        action.triggered.connect(self._trigger)
        return action

    @Slot()
    def _trigger(self) -> None:
        spec = self._specs[self.sender().objectName()]
        self.about_to_run.emit()
        getattr(self._commands, spec.handler)(*spec.arguments)


def key_text(key: str) -> str:
    """A shortcut as people write it on this platform."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
