"""A run is watched while its folder fills."""

import csv
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_runs import line, make_run, step
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot
from watched_runs import NotingRunner, events, write_previews

from core.training.run import RunFolder
from matting_studio.app.training.runs import RunState
from matting_studio.qt.theme import Theme
from matting_studio.qt.training.live_page import LivePage
from matting_studio.qt.training.run_watch import LOG_LINES

PATIENCE_MS = 30_000


@pytest.fixture
def runner(qapp, tmp_path: Path) -> NotingRunner:
    return NotingRunner(tmp_path / "runs")


@pytest.fixture
def look(qtbot: QtBot, runner: NotingRunner, theme: Theme) -> Iterator[Callable[[], LivePage]]:
    """Opens the page; its threads have to end afterwards."""
    made = []

    def open_page() -> LivePage:
        page = LivePage(runner, theme)
        made.append(page)
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.show()
        return page

    yield open_page
    for page in made:
        assert page.shutdown(PATIENCE_MS / 1000), "a thread is still running"
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("training")]


def titles(page: LivePage) -> list[str]:
    return [chart.subject.title for chart in page.curves.charts.charts] if page.curves.charts else []


def losses(page: LivePage) -> list[list[float]]:
    """Steps of the total loss, for each run."""
    charts = page.curves.charts.charts if page.curves.charts else ()
    return [
        shown.curve.steps.tolist() for chart in charts if chart.subject.title == "Total loss" for shown in chart.lines
    ]


def append(run: RunFolder, *more: dict) -> None:
    with run.events.open("a") as file:
        file.write("".join(map(line, more)))


def test_where_nothing_was_trained_the_page_leads_to_a_new_run(look, qtbot) -> None:
    page = look()
    assert page.nothing.isVisible()
    assert not page.head.isVisible()
    with qtbot.waitSignal(page.new_run_wanted):
        page.nothing.button.click()


def test_a_run_that_goes_on_is_shown_before_others(look, runner) -> None:
    runner.put("anna", RunState.FINISHED)
    runner.put("berta", RunState.RUNNING)
    page = look()
    assert page.folder == runner.root / "berta"
    assert page.head.runs.currentText() == "berta"
    assert page.head.headline.text() == "Training"


def test_curves_fill_as_the_run_writes(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING, events(2))
    page = look()
    qtbot.waitUntil(lambda: losses(page) == [[10, 20]], timeout=PATIENCE_MS)
    assert titles(page)[0] == "MAD"
    append(run, step(30), step(40))
    qtbot.waitUntil(lambda: losses(page) == [[10, 20, 30, 40]], timeout=PATIENCE_MS)
    assert page.head.details.text().startswith("Step 40 of 100")
    assert "3.0 photos a second" in page.head.details.text()
    assert "CPU" in page.head.details.text()
    assert "1.1 GB" in page.head.details.text()
    assert page.head.bar.value() == 40


def test_what_a_resume_takes_back_is_gone_from_the_curves(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING, events(4))
    page = look()
    qtbot.waitUntil(lambda: losses(page) == [[10, 20, 30, 40]], timeout=PATIENCE_MS)
    kept = run.path / "kept"
    kept.write_text("".join(map(line, events(2))))
    kept.replace(run.events)
    qtbot.waitUntil(lambda: losses(page) == [[10, 20]], timeout=PATIENCE_MS)


def test_runs_are_laid_over_each_other_and_smoothed(look, runner, qtbot) -> None:
    runner.put("anna", RunState.FINISHED, events(3))
    runner.put("berta", RunState.FINISHED, events(4))
    page = look()
    page.show_run(runner.root / "berta")
    qtbot.waitUntil(lambda: len(losses(page)) == 1, timeout=PATIENCE_MS)
    (other,) = page.curves.tools.others.menu().actions()
    assert other.text() == "anna"
    other.trigger()
    qtbot.waitUntil(lambda: [len(steps) for steps in losses(page)] == [4, 3], timeout=PATIENCE_MS)
    assert page.curves.charts.legend.texts[:2] == ("berta", "anna")
    page.curves.tools.smoothing.moved.emit(0.9)
    loss = next(chart for chart in page.curves.charts.charts if chart.subject.title == "Total loss")
    qtbot.waitUntil(lambda: all(shown.curve.is_smoothed for shown in loss.lines), timeout=PATIENCE_MS)
    page.show_run(runner.root / "anna")
    qtbot.waitUntil(lambda: [len(steps) for steps in losses(page)] == [3], timeout=PATIENCE_MS)


def test_nothing_is_read_while_nobody_looks(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING, events(2))
    page = look()
    qtbot.waitUntil(lambda: losses(page) == [[10, 20]], timeout=PATIENCE_MS)
    page.hide()
    qtbot.waitUntil(lambda: not page._watch._worker.jobs, timeout=PATIENCE_MS)
    append(run, step(30))
    with qtbot.assertNotEmitted(page._watch.read, wait=1500):
        pass
    page.show()
    qtbot.waitUntil(lambda: losses(page) == [[10, 20, 30]], timeout=PATIENCE_MS)


def test_the_log_follows_its_end_unless_somebody_reads(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING)
    run.log.write_text("\n".join(f"line {number}" for number in range(200)))
    page = look()
    page.tabs.button(2).click()
    qtbot.waitUntil(lambda: page.log.toPlainText().endswith("line 199"), timeout=PATIENCE_MS)
    bar = page.log.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    with run.log.open("a") as file:
        file.write("\nthe last")
    qtbot.waitUntil(lambda: page.log.toPlainText().endswith("the last"), timeout=PATIENCE_MS)
    assert bar.value() == 3


def test_what_is_selected_in_the_log_stays_when_more_comes(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING)
    run.log.write_text("".join(f"line {number} {'.' * 200}\n" for number in range(LOG_LINES)))
    page = look()
    page.tabs.button(2).click()
    qtbot.waitUntil(lambda: page.log.toPlainText().startswith("line 0 "), timeout=PATIENCE_MS)
    cursor = page.log.textCursor()
    cursor.setPosition(0)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    page.log.setTextCursor(cursor)
    across = page.log.horizontalScrollBar()
    qtbot.waitUntil(lambda: across.maximum() > 50, timeout=PATIENCE_MS)
    across.setValue(50)
    with run.log.open("a") as file:
        file.write("the last\n")
    qtbot.waitUntil(lambda: page.log.toPlainText().endswith("the last"), timeout=PATIENCE_MS)
    assert page.log.textCursor().selectedText().startswith("line 0 ")
    assert across.value() == 50


def test_a_log_that_begins_anew_is_shown_from_its_beginning(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING)
    run.log.write_text("old\n")
    page = look()
    qtbot.waitUntil(lambda: page.log.toPlainText() == "old", timeout=PATIENCE_MS)
    run.log.write_text("new\n")
    qtbot.waitUntil(lambda: page.log.toPlainText() == "new", timeout=PATIENCE_MS)


def test_a_run_whose_files_cannot_be_read_is_told_once(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.FINISHED)
    run.events.unlink()
    run.events.symlink_to("x" * 300)  # which the system refuses to look at, as on a share that has dropped
    page = look()
    qtbot.waitUntil(lambda: "cannot be read" in page.message_bar.text.text(), timeout=PATIENCE_MS)
    assert "unexpectedly" not in page.message_bar.text.text()
    with qtbot.assertNotEmitted(page._watch.failed, wait=2500):
        pass


def test_why_a_run_failed_stands_above_its_curves_and_it_can_be_resumed(look, runner) -> None:
    failed = {"event": "failed", "step": 40, "reason": "The disk is full: make room, and resume."}
    run = runner.put("run", RunState.FAILED, [*events(4), failed])
    page = look()
    assert page.head.headline.text() == "Failed at step 40"
    assert page.head.trouble.text.text() == failed["reason"]
    assert page.head.trouble.isVisible()
    assert not page.head.stop.isVisible()
    page.head.resume.click()
    page.head.resume.click()
    assert runner.asked == [("resume", run.path)], "it goes on once"
    runner.enter(run, RunState.RUNNING)
    assert not page.head.trouble.isVisible()
    assert not page.head.resume.isVisible()


def test_stopping_is_said_until_the_run_has_ended(look, runner) -> None:
    run = runner.put("run", RunState.RUNNING)
    page = look()
    page.head.stop.click()
    assert runner.asked == [("stop", run.path)]
    assert page.head.headline.text() == "Saving, then stopping …"
    assert not page.head.stop.isEnabled()
    runner.enter(run, RunState.STOPPED)
    assert page.head.headline.text() == "Stopped at step 40"
    assert page.head.resume.isVisible()


def test_a_stop_that_was_refused_can_be_asked_for_again(look, runner) -> None:
    run = runner.put("run", RunState.RUNNING)
    page = look()
    page.head.stop.click()
    runner.refused.emit(run.path)
    assert page.head.headline.text() == "Training"
    assert page.head.stop.isEnabled()


def test_a_run_that_goes_on_after_its_stop_can_be_stopped_again(look, runner) -> None:
    run, other = runner.put("run", RunState.RUNNING), runner.put("other", RunState.FINISHED)
    page = look()
    page.head.stop.click()
    page.show_run(other.path)
    runner.enter(run, RunState.STOPPED)
    runner.runs_changed.emit()
    runner.enter(run, RunState.RUNNING)
    runner.runs_changed.emit()
    page.show_run(run.path)
    assert page.head.headline.text() == "Training"
    assert page.head.stop.isEnabled()


def test_stopping_at_once_is_asked_about_and_not_once_the_run_has_ended(look, runner) -> None:
    run = runner.put("run", RunState.RUNNING)
    page = look()
    page.head.stop_now.click()
    assert runner.asked == []
    page.question_bar.buttons[1].click()
    assert runner.asked == [("stop now", run.path)]
    page.head.stop_now.click()
    runner.enter(run, RunState.FINISHED)
    assert not page.question_bar.isVisible()


def test_a_run_in_the_queue_can_leave_it(look, runner) -> None:
    run = runner.put("run", RunState.WAITING, [])
    page = look()
    assert page.head.headline.text() == "Waiting for its turn"
    assert not page.head.stop_now.isVisible()
    page.head.stop.click()
    assert runner.asked == [("stop", run.path)]


def test_a_run_that_is_not_listed_yet_is_waited_for(look, runner) -> None:
    runner.put("anna", RunState.RUNNING)
    page = look()
    new = make_run(runner.root / "berta", [])
    page.show_run(new.path)
    runner.runs_changed.emit()
    assert page.folder == new.path
    assert page.head.headline.text() == "Looking at berta …"
    buttons = (page.head.stop, page.head.stop_now, page.head.resume)
    assert not any(button.isVisible() for button in buttons), "they would be those of the other run"
    runner.enter(new, RunState.WAITING)
    assert page.head.headline.text() == "Waiting for its turn"
    assert page.head.runs.currentText() == "berta"


def test_the_first_run_of_all_is_waited_for(look, runner) -> None:
    page = look()
    new = make_run(runner.root / "berta", [])
    page.show_run(new.path)
    assert page.head.headline.text() == "Looking at berta …"
    assert page.head.isVisible()


def test_a_run_that_is_renamed_is_still_looked_at(look, runner) -> None:
    runner.put("anna", RunState.RUNNING)
    old = runner.put("berta", RunState.FINISHED)
    page = look()
    page.show_run(old.path)
    new = old.path.rename(runner.root / "clara")
    page.follow(old.path, new)
    runner.refresh()
    assert page.folder == new
    assert page.head.runs.currentText() == "clara"


def test_of_the_only_run_nothing_is_left_once_it_is_deleted(look, runner, qtbot) -> None:
    run = runner.put("anna", RunState.FINISHED)
    page = look()
    qtbot.waitUntil(lambda: losses(page) == [[10, 20, 30, 40]], timeout=PATIENCE_MS)
    shutil.rmtree(run.path)
    runner.refresh()
    assert page.nothing.isVisible()
    assert page.folder is None
    again = make_run(run.path, [])
    page.show_run(again.path)
    assert not page.curves.charts.isVisible(), "its curves are those of the run that is gone"


def test_a_run_that_is_deleted_gives_way_to_another(look, runner, qtbot) -> None:
    gone = runner.put("anna", RunState.FINISHED)
    runner.put("berta", RunState.FINISHED)
    page = look()
    page.show_run(gone.path)
    gone.config.unlink()
    runner.refresh()
    assert page.folder == runner.root / "berta"


def test_figures_and_pictures_are_kept_as_files(look, runner, qtbot, tmp_path) -> None:
    runner.put("run", RunState.FINISHED)
    page = look()
    qtbot.waitUntil(lambda: bool(titles(page)), timeout=PATIENCE_MS)
    table, picture = tmp_path / "figures.csv", tmp_path / "charts.png"
    page.curves.table_wanted.emit(table)
    qtbot.waitUntil(table.exists, timeout=PATIENCE_MS)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["10", "20", "30", "40"]
    assert rows[0]["loss/total"] == "3.0"
    page.curves.save_picture(picture)
    qtbot.waitUntil(picture.exists, timeout=PATIENCE_MS)
    assert np.ptp(cv2.imread(str(picture))) > 100
    qtbot.waitUntil(lambda: str(picture) in page.message_bar.text.text(), timeout=PATIENCE_MS)


def test_a_file_that_cannot_be_written_is_said(look, runner, qtbot, tmp_path) -> None:
    runner.put("run", RunState.FINISHED)
    page = look()
    page.curves.table_wanted.emit(tmp_path / "no such folder" / "figures.csv")
    qtbot.waitUntil(lambda: "cannot be written" in page.message_bar.text.text(), timeout=PATIENCE_MS)
    assert page.message_bar.severity == "error"


def test_previews_come_as_they_are_made(look, runner, qtbot) -> None:
    run = runner.put("run", RunState.RUNNING)
    page = look()
    page.tabs.button(1).click()
    assert page.previews.step is None
    write_previews(run, 20)
    qtbot.waitUntil(lambda: page.previews.step == 20, timeout=PATIENCE_MS)


def test_the_page_comes_without_pyqtgraph_and_pytorch() -> None:
    program = "import sys; import matting_studio.qt.training.live_page, matting_studio.qt.training.runs_page; "
    said = subprocess.run(
        [sys.executable, "-c", f"{program} print([name for name in ('torch', 'pyqtgraph') if name in sys.modules])"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert said.stdout.strip() == "[]"
