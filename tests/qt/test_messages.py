"""Sentences inside the window: messages and questions."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.qt.elided_label import ElidedLabel
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.status_bar import StatusBar, time_left
from matting_studio.qt.studio import Activity
from matting_studio.qt.theme import Theme, ThemeChoice


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> MessageBar:
    made = MessageBar(Theme(qapp, ThemeChoice.DARK))
    qtbot.addWidget(made)
    return made


def test_errors_wait_for_each_other(bar: MessageBar) -> None:
    bar.tell("error", "One.")
    bar.tell("warning", "Two.")
    bar.tell("warning", "Two.")
    assert bar.text.text() == "One."
    bar.dismiss()
    assert (bar.text.text(), bar.severity) == ("Two.", "warning")
    bar.dismiss()
    assert not bar.isVisible()


def test_what_merely_informs_goes_by_itself(bar: MessageBar, qtbot: QtBot) -> None:
    bar._fading.setInterval(50)
    bar.tell("info", "Exported.")
    assert bar.isVisible()
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=5000)


def test_what_merely_informs_is_seen_before_an_error_that_comes_back(bar: MessageBar, qtbot: QtBot) -> None:
    bar._fading.setInterval(50)
    bar.tell("error", "One.")
    bar.tell("error", "Two.")
    bar.tell("info", "Exported.")
    assert bar.text.text() == "Exported."
    qtbot.waitUntil(lambda: bar.text.text() == "One.", timeout=5000)
    bar._fading.setInterval(0)
    qtbot.wait(20)
    assert (bar.text.text(), bar.severity) == ("One.", "error")
    bar.dismiss()
    assert bar.text.text() == "Two."


def test_hundreds_of_warnings_are_dismissed_at_once(bar: MessageBar) -> None:
    bar.tell("warning", "One.")
    assert not bar.close_all_button.isVisible()
    bar.tell("warning", "Two.")
    bar.tell("error", "Three.")
    assert bar.close_all_button.isVisible()
    bar.close_all_button.click()
    assert not bar.isVisible()
    bar.tell("warning", "Four.")
    assert (bar.text.text(), bar.close_all_button.isVisible()) == ("Four.", False)


def test_an_error_is_told_once_while_something_else_is_said(bar: MessageBar) -> None:
    bar.tell("error", "One.")
    bar.tell("info", "Exported.")
    bar.tell("error", "One.")
    assert bar.text.text() == "One."
    bar.dismiss()
    assert not bar.isVisible()


def test_an_error_that_was_made_good_is_taken_back_wherever_it_waits(bar: MessageBar) -> None:
    for sentence in ("One.", "Two.", "Three."):
        bar.tell("error", sentence)
    bar.take_back("One.")
    assert (bar.text.text(), bar._count.text()) == ("Two.", "1 more")
    bar.take_back("Three.")
    assert (bar.text.text(), bar._count.text()) == ("Two.", "")
    bar.tell("info", "Exported.")
    bar.take_back("Two.")
    assert bar.text.text() == "Exported."
    bar.dismiss()
    assert not bar.isVisible()


def test_all_of_a_long_name_is_seen_in_a_message_and_its_buttons_stay(qtbot: QtBot, qapp: QApplication) -> None:
    window, bar = QMainWindow(), MessageBar(Theme(qapp, ThemeChoice.DARK))
    window.setCentralWidget(QWidget())
    QVBoxLayout(window.centralWidget()).addWidget(bar)
    window.resize(640, 300)
    qtbot.addWidget(window)
    window.show()
    sentence = f"{'portrait' * 25}.jpg is empty (zero bytes). Copy it again from where it came."
    bar.tell("error", sentence)
    bar.tell("error", "Two.")
    QApplication.processEvents()
    label = bar.text
    assert window.width() == 640
    assert window.rect().contains(QRect(bar.close_button.mapTo(window, QPoint()), bar.close_button.size()))
    lines = label.height() // label.fontMetrics().lineSpacing()
    assert lines * label.width() > label.fontMetrics().horizontalAdvance(sentence)
    assert label.minimumSizeHint().width() < label.width()


def test_a_name_is_copied_from_a_message_as_it_is(bar: MessageBar) -> None:
    sentence = f"/home/{'portrait' * 25}.jpg does not exist."
    bar.tell("error", sentence)
    assert bar.text.text() == sentence
    QTest.keyClick(bar.text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(bar.text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == sentence
    QApplication.clipboard().clear()
    bar.text.actions()[0].trigger()  # of the menu under the right button
    assert QApplication.clipboard().text() == sentence


def test_a_question_is_answered_once(qtbot: QtBot) -> None:
    bar, answers = QuestionBar(), []
    qtbot.addWidget(bar)
    bar.ask("Really?", (("Yes", lambda: answers.append("yes")), ("No", lambda: answers.append("no"))))
    assert [button.text() for button in bar.buttons] == ["Yes", "No"]
    bar.buttons[1].click()
    assert answers == ["no"]
    assert not bar.isVisible()


def test_a_newer_question_takes_the_place_of_the_older(qtbot: QtBot) -> None:
    bar = QuestionBar()
    qtbot.addWidget(bar)
    bar.ask("First?", (("Yes", bar.hide),))
    bar.ask("Second?", (("Yes", bar.hide), ("No", bar.hide)))
    assert bar.text.text() == "Second?"
    assert len(bar.buttons) == 2


def test_the_bar_is_free_once_no_question_came_of_an_answer(qtbot: QtBot) -> None:
    bar, freed = QuestionBar(), []
    qtbot.addWidget(bar)
    bar.freed.connect(lambda: freed.append(bar.text.text()))
    bar.ask("First?", (("Go on", lambda: bar.ask("Second?", (("Yes", lambda: None),))),))
    bar.buttons[0].click()
    assert freed == []
    bar.buttons[0].click()
    assert freed == ["Second?"]
    bar.ask("Third?", (("Yes", lambda: None),), lambda: False)
    bar.review()
    assert freed == ["Second?", "Third?"]


@pytest.fixture
def asking(qtbot: QtBot) -> QMainWindow:
    """A window with a line to type in and a question bar, in which Escape is the key of an action, too."""
    window, column = QMainWindow(), QVBoxLayout()
    window.line, window.bar, window.action = QLineEdit(), QuestionBar(), QAction(window)
    window.action.setShortcut("Esc")
    window.addAction(window.action)
    column.addWidget(window.bar)
    column.addWidget(window.line)
    window.setCentralWidget(QWidget())
    window.centralWidget().setLayout(column)
    window.resize(960, 300)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.line.setFocus()
    return window


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_question_is_answered_with_keys(asking: QMainWindow, key: Qt.Key) -> None:
    answers: list[str] = []
    asking.bar.ask("Really?", (("Yes", lambda: answers.append("yes")), ("No", lambda: answers.append("no"))))
    QTest.keyClick(QApplication.focusWidget(), key)
    assert answers == ["yes"]
    asking.bar.ask("Really?", (("Yes", lambda: answers.append("yes")), ("No", lambda: answers.append("no"))))
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), key)
    assert answers == ["yes", "no"]


def test_escape_leaves_a_question_unanswered(asking: QMainWindow) -> None:
    done: list[str] = []
    asking.action.triggered.connect(lambda: done.append("action"))
    for question in ("Stop it?", "Stop that?"):
        asking.bar.ask(question, (("Stop", lambda: done.append("stop")), ("Go on", lambda: done.append("go on"))))
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not asking.bar.isVisible()
    assert done == []
    assert QApplication.focusWidget() is asking.line
    QTest.keyClick(asking.line, Qt.Key.Key_Escape)
    assert done == ["action"]


def test_all_of_a_long_name_is_seen_in_a_question(asking: QMainWindow) -> None:
    answers = tuple((text, asking.bar.hide) for text in ("Keep it open", "Save as a project…", "Close without saving"))
    asking.bar.ask(f"{'portrait' * 25}.jpg has changes that are in no project.", answers)
    QApplication.processEvents()
    label = asking.bar.text
    lines = label.height() // label.fontMetrics().lineSpacing()
    assert asking.width() == 960
    assert lines * label.width() > label.fontMetrics().horizontalAdvance(label.text())
    assert label.heightForWidth(label.width()) <= label.height()
    assert label.minimumSizeHint().width() < label.width()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.2, "1 s left"), (42, "42 s left"), (90, "2 min left"), (5400, "1.5 h left")],
)
def test_time_left_is_told_as_people_say_it(seconds: float | None, text: str) -> None:
    assert time_left(seconds) == text


def test_the_status_bar_shows_what_is_being_done(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_activity(Activity("Matting anna.jpg", "Running the network", 0.5, 12, "CPU", True))
    assert bar.activity.text() == "Matting anna.jpg · Running the network · 12 s left"
    assert bar.progress.value() == bar.progress.maximum() // 2
    with qtbot.waitSignal(bar.cancel_wanted, timeout=1000):
        bar.cancel_button.click()
    bar.show_activity(Activity("Saving anna.mstudio", "", None, None, "CPU", False))
    assert (bar.progress.isVisible(), bar.cancel_button.isVisible()) == (True, False)
    bar.show_activity(None)
    assert not bar.progress.isVisible()


def test_the_status_bar_fits_into_the_smallest_window(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_activity(Activity("Matting " + 20 * "a long name ", "Running the network", 0.5, 12, "CPU", True))
    bar.show_pixel("12345, 12345", "255 255 255", "alpha 0.123", "background")
    bar.show_device("A model with a very long name indeed", "NVIDIA H100 80GB HBM3")
    assert bar.minimumSizeHint().width() <= 960


def test_a_label_gives_way(qtbot: QtBot) -> None:
    label = ElidedLabel(100 * "long ")
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() == 0
