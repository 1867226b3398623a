"""What a screen reader is told."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from matting_studio.app.document import Document
from matting_studio.app.look import Look, Plain
from matting_studio.qt import message_bar, question_bar
from matting_studio.qt.batch.head import BatchHead
from matting_studio.qt.film_strip import FilmStrip
from matting_studio.qt.inspector.inspector import Inspector
from matting_studio.qt.inspector.section import InspectorSection
from matting_studio.qt.inspector.slider import InspectorSlider
from matting_studio.qt.message_bar import MessageBar
from matting_studio.qt.question_bar import QuestionBar
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme, ThemeChoice
from matting_studio.qt.training.base_section import BaseSection


def labels_of(control: QWidget) -> list[str]:
    relations = QAccessible.queryAccessibleInterface(control).relations()
    return [
        label.text(QAccessible.Text.Name) for label, relation in relations if relation & QAccessible.RelationFlag.Label
    ]


@pytest.mark.parametrize("make", [Inspector, BatchHead, BaseSection])
def test_every_choice_has_a_label(qtbot: QtBot, make: type[QWidget]) -> None:
    widget = make()
    qtbot.addWidget(widget)
    choices = widget.findChildren(QComboBox)
    assert choices
    for choice in choices:
        assert labels_of(choice), choice.currentText()
        assert all(labels_of(choice)), choice.currentText()


def test_a_photo_of_the_strip_is_told_with_its_state(qtbot: QtBot, qapp: QApplication, tmp_path) -> None:
    studio = Studio(tmp_path / "settings", tmp_path / "data")
    strip = FilmStrip(studio, Theme(qapp, ThemeChoice.DARK))
    qtbot.addWidget(strip)
    studio.paste(np.zeros((40, 60, 3), np.uint8))
    said = strip.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Pasted picture, ")
    assert "changes" not in said
    document: Document = studio.current
    document.change_look(Look(background=Plain()), "Grey")
    strip.refresh(document)
    assert strip.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).endswith(", with changes")
    assert studio.shutdown(60)


def test_messages_and_questions_are_read_out(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    for module in (message_bar, question_bar):
        monkeypatch.setattr(module, "announce", lambda _widget, sentence: heard.append(sentence))
    messages, questions = MessageBar(Theme(qapp, ThemeChoice.DARK)), QuestionBar()
    for bar in (messages, questions):
        qtbot.addWidget(bar)
    messages.tell("error", "The disk is full.")
    messages.tell("warning", "One photo is dark.")
    assert heard == ["The disk is full."]
    messages.dismiss()
    questions.ask("Really?", (("Yes", lambda: None),))
    assert heard == ["The disk is full.", "One photo is dark.", "Really?"]


def test_a_slider_tells_its_value_and_not_its_steps(qtbot: QtBot) -> None:
    slider = InspectorSlider("Feather", 0, 20, 0.5, suffix=" px")
    qtbot.addWidget(slider)
    slider.set_value(7.5)
    assert slider._slider.accessibleDescription() == "7.5 px"


def test_a_section_tells_and_shows_whether_it_is_folded(qtbot: QtBot) -> None:
    section = InspectorSection("Crop", "crop")
    qtbot.addWidget(section)
    section.show()
    title = next(button for button in section.findChildren(QToolButton) if "Crop" in button.text())
    for folded in (False, True, False):
        assert title.toolTip() == ("Unfold Crop" if folded else "Fold Crop")
        assert title.accessibleDescription() == ("Folded" if folded else "")
        assert [mark.isVisible() for mark in section._marks] == [not folded, folded]
        title.click()
