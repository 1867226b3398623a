"""Where photos have gone: asked one after the other."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.app.project_file import PhotoMissingError
from matting_studio.qt.missing_photos import MissingPhotos


class Studio(QObject):
    """Takes down what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.located: list[tuple[Path, Path]] = []

    def locate_photo(self, project: Path, photo: Path) -> None:
        self.located.append((project, photo))


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def missing(qtbot: QtBot, studio: Studio) -> MissingPhotos:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return MissingPhotos(window, studio)  # type: ignore[arg-type]


def asked() -> list[QFileDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog) and each.isVisible()]


def test_photos_are_asked_for_one_after_the_other(
    missing: MissingPhotos, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("anna", "berta", "anna"):
        expected = tmp_path / "photos" / f"{name}.png"
        missing.ask(PhotoMissingError(tmp_path / f"{name}.mstudio", expected, f"{name}.png is gone."))
    (dialog,) = asked()
    assert dialog.windowTitle() == "Where is anna.png?"
    assert dialog.directory().path() == str(tmp_path / "photos")
    with qtbot.assertNotEmitted(missing.ended):
        dialog.reject()
    (dialog,) = asked()
    assert dialog.windowTitle() == "Where is berta.png?"
    with qtbot.waitSignal(missing.answered, timeout=1000) as answered, qtbot.waitSignal(missing.ended, timeout=1000):
        dialog.fileSelected.emit(str(tmp_path / "found.png"))
        dialog.reject()
    assert studio.located == [(tmp_path / "berta.mstudio", tmp_path / "found.png")]
    assert answered.args == ["berta.png is gone."]
    assert not missing.is_asking
