"""Generated data sets and made-up runs are shared with the tests of the trainer and of the app."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from matting_studio.qt.theme import Theme, ThemeChoice

TESTS = Path(__file__).parents[2]
for shared in (TESTS / "core" / "training", TESTS / "app" / "training"):
    sys.path.append(str(shared))


@pytest.fixture(scope="module")
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, ThemeChoice.DARK)
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()
