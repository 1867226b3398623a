"""Work that a crash left is offered until it is open or discarded."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from matting_studio.app.recovery import RecoveryItem
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.recovery_offer import RecoveryOffer


class Studio(QObject):
    """Brings back nothing by itself."""

    work_left = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.kept = [RecoveryItem(folder / name, name, datetime.now().astimezone()) for name in ("anna.png", "b.png")]
        self.in_work: list[RecoveryItem] = []
        for item in self.kept:
            item.path.touch()

    def pending_recoveries(self) -> list[RecoveryItem]:
        return self.kept

    def is_being_recovered(self, item: RecoveryItem) -> bool:
        return item in self.in_work

    def recover(self, item: RecoveryItem) -> None:
        self.in_work.append(item)

    def discard(self, item: RecoveryItem) -> None:
        self.kept = [other for other in self.kept if other is not item]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture
def bar(qtbot: QtBot) -> QuestionBar:
    made = QuestionBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def offer(bar: QuestionBar, studio: Studio) -> RecoveryOffer:
    made = RecoveryOffer(bar, studio, lambda: True, bar)  # type: ignore[arg-type]
    made.review()
    return made


def answer(bar: QuestionBar, text: str) -> None:
    next(button for button in bar.buttons if button.text() == text).click()


@pytest.mark.usefixtures("offer")
def test_what_could_not_be_brought_back_is_offered_again(bar: QuestionBar, studio: Studio) -> None:
    assert "anna.png, b.png was kept" in bar.text.text()
    answer(bar, "Bring it back")
    assert not bar.isVisible()
    assert studio.in_work == studio.kept
    studio.in_work.pop()  # the second one is damaged
    studio.work_left.emit()
    assert bar.text.text() == "Your work on b.png is not open, and still kept."
    answer(bar, "Discard it")
    assert [item.name for item in studio.kept] == ["anna.png"]
    assert not bar.isVisible(), "the first one is still being opened"


@pytest.mark.usefixtures("offer")
def test_of_several_that_failed_each_is_asked_about_in_turn(bar: QuestionBar, studio: Studio) -> None:
    answer(bar, "Bring it back")
    studio.in_work.clear()
    studio.work_left.emit()
    assert "anna.png" in bar.text.text()
    answer(bar, "Bring it back")
    studio.in_work.clear()
    studio.work_left.emit()
    assert "b.png" in bar.text.text(), "the other one"
    answer(bar, "Discard it")
    assert [item.name for item in studio.kept] == ["anna.png"]
    assert "anna.png" in bar.text.text()


@pytest.mark.usefixtures("offer")
def test_it_is_offered_again_after_another_question_had_its_place(bar: QuestionBar, studio: Studio) -> None:
    done: list[str] = []
    bar.ask("Close?", (("Close", lambda: done.append("closed")),))
    studio.work_left.emit()
    assert bar.text.text() == "Close?"
    answer(bar, "Close")
    assert done == ["closed"]
    assert "was kept" in bar.text.text()
    QTest.keyClick(bar.buttons[0], Qt.Key.Key_Escape)
    assert not bar.isVisible(), "not now"


@pytest.mark.parametrize(
    "settle", [lambda studio: studio.kept.clear(), lambda studio: studio.in_work.extend(studio.kept)]
)
def test_without_anything_left_nobody_is_asked(
    bar: QuestionBar, studio: Studio, settle: Callable[[Studio], None]
) -> None:
    settle(studio)
    RecoveryOffer(bar, studio, lambda: True, bar).review()  # type: ignore[arg-type]
    assert not bar.isVisible()


def test_nobody_is_asked_where_nobody_could_answer(bar: QuestionBar, studio: Studio) -> None:
    RecoveryOffer(bar, studio, lambda: False, bar).review()  # type: ignore[arg-type]
    assert not bar.isVisible()
