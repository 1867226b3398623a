"""Drawings as icons: what they look like where."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QIcon

from matting_studio.qt.icons import icon, pixmap, steady_icon
from matting_studio.qt.theme import DARK


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    "make",
    [lambda: icon("failed", DARK, 1.0, DARK.danger), lambda: steady_icon(pixmap("failed", DARK.danger, 20, 1.0))],
)
def test_an_icon_keeps_its_colour_in_a_row_that_is_selected(make: Callable[[], QIcon]) -> None:
    drawn = make()
    plain, selected = (drawn.pixmap(20, mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected))
    assert plain == selected
