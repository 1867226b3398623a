"""All runs in a table, and what becomes of their models."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import step, validation
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from watched_runs import STARTED, NotingRunner, events

from core.checkpoint import read_model
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.training.runs import RunState
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.runs_model import Column
from matting_studio.qt.training.runs_page import RunsPage

PATIENCE_MS = 60_000


@pytest.fixture
def runner(qapp, tmp_path: Path) -> NotingRunner:
    return NotingRunner(tmp_path / "runs")


@pytest.fixture
def look(qtbot: QtBot, runner: NotingRunner, theme: Theme) -> Iterator[Callable[..., RunsPage]]:
    """Opens the page, with the runs of these names selected; its threads have to end afterwards."""
    made = []

    def open_page(*selected: str) -> RunsPage:
        page = RunsPage(runner, theme)
        made.append(page)
        qtbot.addWidget(page)
        page.resize(1400, 700)
        page.show()
        if selected:
            page.table.select([runner.root / name for name in selected])
        return page

    yield open_page
    for page in made:
        assert page.shutdown(PATIENCE_MS / 1000), "a thread is still running"


def trained(mad: float) -> list[dict]:
    return [STARTED, step(10), validation(10, street=mad)]


def column(page: RunsPage, wanted: Column) -> list[str]:
    return [page.model.index(place, wanted).data() for place in range(page.model.rowCount())]


def test_where_there_are_no_runs_the_page_leads_to_a_new_one(look, qtbot) -> None:
    page = look()
    assert page.nothing.isVisible()
    with qtbot.waitSignal(page.new_run_wanted):
        page.nothing.button.click()


def test_a_row_says_what_came_of_a_run(look, runner) -> None:
    run = runner.put("anna", RunState.RUNNING)
    run.notes.write_text("Larger\ncrops")
    runner.refresh()
    page = look("anna")
    row = [page.model.index(0, wanted).data() for wanted in (Column.RUN, Column.STATE, Column.BEST, Column.STEPS)]
    assert row == ["anna", "Training, 40%", "0.0250", "40"]
    assert column(page, Column.NOTES) == ["Larger crops"]
    assert page.details.notes.toPlainText() == "Larger\ncrops"
    assert page.details.state.text() == "Training"


def test_runs_are_sorted_by_their_figures_and_not_by_their_texts(look, runner) -> None:
    for name, mad in (("anna", 0.02), ("berta", 0.1), ("clara", 0.003)):
        runner.put(name, RunState.FINISHED, trained(mad))
    runner.put("dora", RunState.WAITING, [])
    page = look()
    page.table.sortByColumn(Column.BEST, Qt.SortOrder.AscendingOrder)
    assert column(page, Column.RUN) == ["clara", "anna", "berta", "dora"]


def test_what_is_selected_stays_so_when_runs_come_and_go(look, runner) -> None:
    runner.put("berta", RunState.FINISHED)
    page = look("berta")
    page.table.sortByColumn(Column.RUN, Qt.SortOrder.AscendingOrder)
    runner.put("anna", RunState.RUNNING)
    assert [run.name for run in page.table.selected()] == ["berta"]
    assert page.details.name.text() == "berta"


def test_notes_are_kept_in_the_folder_of_the_run(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.details.notes.setPlainText("Hair is better.")
    runner.refresh()  # as happens while somebody writes
    assert page.details.notes.toPlainText() == "Hair is better."
    qtbot.waitUntil(run.notes.exists, timeout=PATIENCE_MS)
    assert run.notes.read_text() == "Hair is better."
    qtbot.waitUntil(lambda: column(page, Column.NOTES) == ["Hair is better."], timeout=PATIENCE_MS)


def test_notes_that_were_just_written_are_kept_when_another_run_is_looked_at_or_the_window_closes(look, runner) -> None:
    anna, berta = (runner.put(name, RunState.FINISHED) for name in ("anna", "berta"))
    page = look("anna")
    page.details.notes.setPlainText("of anna")
    page.table.select([berta.path])
    page.details.notes.setPlainText("of berta")
    assert page.shutdown(PATIENCE_MS / 1000)
    assert (anna.notes.read_text(), berta.notes.read_text()) == ("of anna", "of berta")


def test_a_run_is_renamed_stays_selected_and_in_use(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.show_model(NetworkChoice(run.best_model).as_found_now())
    page.details.name.setText("larger crops")
    with qtbot.waitSignal(page.use_model, timeout=PATIENCE_MS) as used:
        page.details.name.editingFinished.emit()
    assert used.args == [runner.root / "larger crops" / "best.safetensors"]
    qtbot.waitUntil(lambda: column(page, Column.RUN) == ["larger crops"], timeout=PATIENCE_MS)
    assert [run.name for run in page.table.selected()] == ["larger crops"]


def test_others_are_told_where_a_renamed_run_is_now(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.details.name.setText("berta")
    with qtbot.waitSignal(page.renamed, timeout=PATIENCE_MS) as told:
        page.details.name.editingFinished.emit()
    assert told.args == [run.path, runner.root / "berta"]


def test_notes_that_cannot_be_read_are_not_written_over(look, runner, qtbot) -> None:
    runner.put("anna", RunState.FINISHED)
    page = look("anna")
    unreadable = replace(page.table.selected()[0], notes=None)
    page.details.show_runs([unreadable])
    assert page.details.notes.isReadOnly()
    assert "cannot be read" in page.details.notes.placeholderText()
    with qtbot.assertNotEmitted(page.details.noted):
        page.details.settle()
    page.details.show_runs([replace(unreadable, notes="mine")])
    assert not page.details.notes.isReadOnly()
    assert page.details.notes.toPlainText() == "mine"


def test_a_name_that_is_taken_is_refused_with_a_sentence(look, runner, qtbot) -> None:
    for name in ("anna", "berta"):
        runner.put(name, RunState.FINISHED)
    page = look("anna")
    page.details.name.setText("berta")
    page.details.name.editingFinished.emit()
    qtbot.waitUntil(lambda: "already" in page.message_bar.text.text(), timeout=PATIENCE_MS)
    assert (runner.root / "anna").is_dir()
    assert page.details.name.text() == "anna", "it is still called so"


def test_the_best_model_is_put_into_the_studio_and_taken_out_again(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    assert not page.shipped.isVisible()
    with qtbot.waitSignal(page.use_model) as used:
        page.controls.use.click()
    assert used.args == [run.best_model]
    page.show_model(NetworkChoice(run.best_model).as_found_now())
    assert page.studio_model.text() == "The studio uses the best model of anna."
    assert not page.controls.use.isEnabled()
    with qtbot.waitSignal(page.use_shipped):
        page.shipped.click()
    page.show_model(NetworkChoice())
    assert page.controls.use.isEnabled()


def test_a_model_that_has_improved_since_can_be_put_into_the_studio_again(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.RUNNING)
    run.best_model.write_bytes(b"good")
    page = look("anna")
    page.show_model(NetworkChoice(run.best_model).as_found_now())
    assert not page.controls.use.isEnabled()
    run.best_model.write_bytes(b"better")
    runner.refresh()
    expected = "The studio uses the best model of anna as it was earlier"
    qtbot.waitUntil(lambda: page.studio_model.text().startswith(expected), timeout=PATIENCE_MS)
    with qtbot.waitSignal(page.use_model) as used:
        page.controls.use.click()
    assert used.args == [run.best_model]
    page.show_model(NetworkChoice(run.best_model).as_found_now())
    assert page.studio_model.text() == "The studio uses the best model of anna."
    assert not page.controls.use.isEnabled()


def test_the_window_does_not_wait_for_the_disk_of_the_studios_model(look, runner, qtbot, monkeypatch) -> None:
    run = runner.put("anna", RunState.RUNNING)
    page = look("anna")
    genuine, asked_by = NetworkChoice.as_found_now, []

    def noted(self: NetworkChoice) -> NetworkChoice:
        asked_by.append(threading.get_ident())
        return genuine(self)

    page.show_model(NetworkChoice(run.best_model).as_found_now())
    monkeypatch.setattr(NetworkChoice, "as_found_now", noted)
    runner.refresh()
    qtbot.waitUntil(lambda: bool(asked_by), timeout=PATIENCE_MS)
    assert threading.get_ident() not in asked_by


def test_a_run_without_a_model_offers_none(look, runner) -> None:
    runner.put("anna", RunState.STOPPED, [STARTED, step(10)])
    page = look("anna")
    assert not page.controls.use.isEnabled()
    assert not page.controls.best.isEnabled()


def test_deleting_is_asked_about(look, runner) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.controls.delete.click()
    page.question_bar.buttons[0].click()
    assert runner.asked == []
    page.controls.delete.click()
    page.question_bar.buttons[1].click()
    assert runner.asked == [("delete", run.path)]


def test_the_studio_goes_back_to_the_shipped_model_before_its_own_is_deleted(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.show_model(NetworkChoice(run.best_model).as_found_now())
    page.controls.delete.click()
    assert "goes back to the shipped one" in page.question_bar.text.text()
    with qtbot.waitSignal(page.use_shipped):
        page.question_bar.buttons[1].click()


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.WAITING])
def test_a_run_that_is_busy_is_neither_deleted_nor_renamed(look, runner, qtbot, state) -> None:
    runner.put("anna", state)
    page = look("anna")
    assert not page.controls.delete.isEnabled()
    assert not page.details.name.isEnabled()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert not page.question_bar.isVisible()


def test_a_model_is_exported(look, runner, qtbot, tmp_path, model) -> None:
    run = runner.put("anna", RunState.FINISHED)
    shutil.copy(model, run.best_model)
    page = look("anna")
    target = tmp_path / "for a friend.safetensors"
    page.export(page.table.selected()[0], "best", target)
    qtbot.waitUntil(lambda: str(target) in page.message_bar.text.text(), timeout=PATIENCE_MS)
    assert read_model(target).weights.keys() == read_model(model).weights.keys()


def test_an_export_that_fails_is_said(look, runner, qtbot, tmp_path) -> None:
    runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.export(page.table.selected()[0], "best", tmp_path / "model.safetensors")
    qtbot.waitUntil(lambda: "no best model" in page.message_bar.text.text(), timeout=PATIENCE_MS)


def test_enter_shows_a_run(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    with qtbot.waitSignal(page.open_run) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [run.path]


def test_names_have_room_in_a_narrow_window(look, runner, qtbot) -> None:
    runner.put("anna", RunState.FINISHED)
    page = look()
    page.resize(1024, 620)
    qtbot.waitUntil(lambda: page.table.isColumnHidden(Column.NOTES))
    assert page.table.columnWidth(Column.RUN) > 150


def test_two_selected_runs_are_proposed_for_comparison_the_earlier_one_first(look, runner) -> None:
    late = [{**event, "time": 1_800_000_000.0} for event in events(4)]
    first, second = runner.put("zoe", RunState.FINISHED), runner.put("anna", RunState.FINISHED, late)
    page = look("anna", "zoe")
    assert "Two runs" in page.details.hint.text()
    page.controls.compare.click()
    assert page.comparison.isVisible()
    assert page.comparison.models == (first.best_model, second.best_model)
    page.comparison.back.click()
    assert page.table.isVisible()


def test_one_run_is_compared_with_the_shipped_model(look, runner) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look("anna")
    page.controls.compare.click()
    assert page.comparison.models == (None, run.best_model)
    assert not page.comparison.start.isEnabled()  # no photos are chosen yet
