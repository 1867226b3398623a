"""The wheel over a control in an area that scrolls."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QScrollArea, QSlider, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.app.look import Gradient, Look, Picture, Shadow
from matting_studio.qt.batch.options import BatchOptions
from matting_studio.qt.inspector.inspector import Inspector
from matting_studio.qt.theme import Theme, ThemeChoice
from matting_studio.qt.training.setup_column import SetupColumn

CONTROLS = (QComboBox, QAbstractSpinBox, QSlider)


def inspector() -> QScrollArea:
    made = Inspector()
    made.show_look(Look(background=Gradient(), shadow=Shadow()))
    return made


def inspector_with_picture() -> QScrollArea:
    made = Inspector()
    made.show_look(Look(background=Picture(path="beach.jpg")))
    return made


def setup_of_a_training() -> QScrollArea:
    made = SetupColumn(Theme(QApplication.instance(), ThemeChoice.DARK), (("fine-tune", "Fine-tune", "Goes on."),))
    made.device._show_more()
    return made


def turn_wheel(area: QScrollArea, control: QWidget, turned: int) -> None:
    """Over a control; as a window hears it, else Qt would not offer it to what the control lies in."""
    where = QPointF(control.mapTo(area, control.rect().center()))
    QTest.wheelEvent(area.windowHandle(), where, QPoint(0, turned))


@pytest.mark.parametrize(
    ("make_area", "controls"),
    [(inspector, 22), (inspector_with_picture, 18), (BatchOptions, 12), (setup_of_a_training, 4)],
)
def test_it_scrolls_and_changes_nothing(qtbot: QtBot, make_area: Callable[[], QScrollArea], controls: int) -> None:
    area = make_area()
    qtbot.addWidget(area)
    area.resize(area.width(), 200)
    area.show()
    QApplication.processEvents()
    bar = area.verticalScrollBar()
    seen = [control for kind in CONTROLS for control in area.findChildren(kind) if control.isVisible()]
    assert len(seen) >= controls
    for control in seen:
        for turned in (120, -120):
            area.ensureWidgetVisible(control, 0, 60)
            before, scrolled = value(control), bar.value()
            turn_wheel(area, control, turned)
            assert value(control) == before, control.accessibleName()
            assert bar.value() != scrolled or scrolled in (bar.minimum(), bar.maximum()), control.accessibleName()


def value(control: QWidget) -> float:
    return control.currentIndex() if isinstance(control, QComboBox) else control.value()
