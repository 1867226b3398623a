"""What a person does with the training window. Runs are real processes, with tiny networks on generated photos."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
import torch
from conftest import PATIENCE_MS
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

sys.path.append(str(Path(__file__).parents[1] / "core" / "training"))
from generated_data import write_pairs

from core.checkpoint import load_network
from core.training.config import TrainingConfig, load_config
from core.training.doctor import Kind
from core.training.loop import Trainer
from core.training.processes import Processes
from core.training.run import RunFolder
from matting_studio.app.edits import Brush
from matting_studio.app.training import own_data
from matting_studio.app.training.history import History
from matting_studio.app.training.runs import RunState, RunSummary
from matting_studio.qt.application import make_window
from matting_studio.qt.main_window import MainWindow
from matting_studio.qt.training.window import TrainingWindow

pytestmark = pytest.mark.slow

RUN_PATIENCE_MS = 4 * PATIENCE_MS
"""A process imports PyTorch before it does anything, and may share its cores with others."""
STEPS = 24
POISON = """
import sys
if "train" in sys.orig_argv:
    from core.training import loop
    genuine, calls = loop.weighted_losses, []

    def poisoned(*arguments):
        parts = genuine(*arguments)
        calls.append(1)
        return {name: part * float("nan") for name, part in parts.items()} if len(calls) == 3 else parts

    loop.weighted_losses = poisoned
"""
"""Python reads it before anything else; the third loss of each process is then no number."""


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Here and in the processes, so that sums are added in the same order."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four photos to learn from and two others to measure on."""
    root = tmp_path / "portraits"
    write_pairs(root, count=6)
    for part, ending in (("image", "jpg"), ("alpha", "png")):
        (root / "validation" / part).mkdir(parents=True)
        for seed in (4, 5):
            name = f"{seed}.{ending}"
            (root / part / name).rename(root / "validation" / part / name)
    return root


@pytest.fixture
def training(window: MainWindow, tmp_path: Path) -> Iterator[TrainingWindow]:
    """The training window, shown; whatever it started is ended afterwards."""
    yield window.show_training()
    for config in (tmp_path / "user" / "runs").glob("*/config.json"):
        trainer = RunFolder(config.parent).trainer()
        process = None if trainer is None else trainer.process()
        if process is not None:
            process.kill()
            process.wait(10)


def type_setting(training: TrainingWindow, group: str, name: str, text: str) -> None:
    row = training.new_run.form.row(group, name)
    assert isinstance(row.editor, QLineEdit)
    row.editor.setText(text)
    row.editor.textEdited.emit(text)


def set_up(qtbot: QtBot, training: TrainingWindow, data: Path, steps: int = STEPS) -> None:
    """Choose the data and small settings, and wait until the data are checked."""
    page = training.new_run
    page.setup.preset.buttons["quick_try"].click()
    page.setup.data.training.add(data)
    combo = page.setup.base.combo
    combo.setCurrentIndex(combo.findText("From scratch"))
    combo.activated.emit(combo.currentIndex())
    for group, name, text in (
        ("network", "width", "0.125"), ("run", "log_steps", "1"), ("run", "validate_steps", "8"),
        ("run", "validation_px", "96"), ("data", "workers", "0"), ("schedule", "learning_rate", "1e-3"),
    ):  # fmt: skip
        type_setting(training, group, name, text)
    stages = page.form.row("schedule", "stages").editor
    for cell, text in zip(stages.cells[0], (str(steps), "64", "4"), strict=True):
        cell.setText(text)
        cell.textEdited.emit(text)
    page.form.row("run", "bfloat16").editor.setChecked(False)
    page.form.row("run", "bfloat16").editor.clicked.emit()
    qtbot.waitUntil(lambda: page.check.report is not None, timeout=PATIENCE_MS)
    assert page.problem() is None


def start(qtbot: QtBot, training: TrainingWindow) -> Path:
    with qtbot.waitSignal(training.new_run.started) as started:
        training.new_run.start_bar.start.click()
    return started.args[0]


def run_of(training: TrainingWindow, folder: Path) -> RunSummary:
    found = training.runner.run(folder)
    assert found is not None
    return found


def wait_for(qtbot: QtBot, training: TrainingWindow, folder: Path, state: RunState) -> None:
    def reached() -> bool:
        found = training.runner.run(folder)
        return found is not None and found.state is state

    qtbot.waitUntil(reached, timeout=RUN_PATIENCE_MS)


def wait_for_step(qtbot: QtBot, training: TrainingWindow, folder: Path, step: int) -> None:
    qtbot.waitUntil(lambda: run_of(training, folder).step >= step, timeout=RUN_PATIENCE_MS)


def losses(folder: Path) -> dict[int, float]:
    history = History(folder)
    history.read_all()
    return dict(zip(*(values.tolist() for values in history.series("loss/total")), strict=True))


def undisturbed(config: TrainingConfig, folder: Path) -> dict[int, float]:
    """The losses of the same run, from its beginning to its end in one go."""
    run = RunFolder(folder)
    run.create(config)
    Trainer(config, run, Processes(rank=0, count=1, local_rank=0)).train()
    return losses(folder)


def test_from_the_dialog_to_a_model_in_the_studio(
    qtbot: QtBot, window: MainWindow, training: TrainingWindow, data: Path, photos: list[Path]
) -> None:
    set_up(qtbot, training, data)
    bar = training.new_run.start_bar
    bar.estimate_button.click()
    qtbot.waitUntil(lambda: bar.estimate.text().startswith("About"), timeout=RUN_PATIENCE_MS)
    assert f"for {STEPS} steps on CPU" in bar.estimate.text()
    type_setting(training, "run", "validate_steps", "12")
    assert "About" not in bar.estimate.text(), "other settings take another time"
    folder = start(qtbot, training)
    assert training.tabs[training.live].isChecked(), "the run is looked at"
    wait_for(qtbot, training, folder, RunState.RUNNING)
    wait_for_step(qtbot, training, folder, 3)

    def curves_fill() -> bool:
        charts = training.live.curves.charts
        return charts is not None and any(len(line.curve.steps) > 1 for chart in charts.charts for line in chart.lines)

    qtbot.waitUntil(curves_fill, timeout=PATIENCE_MS)
    training.runner.stop(folder)
    wait_for(qtbot, training, folder, RunState.STOPPED)
    stopped_at = run_of(training, folder).step
    assert 3 <= stopped_at < STEPS
    before = losses(folder)

    training.runner.resume(folder)
    wait_for(qtbot, training, folder, RunState.FINISHED)
    after = losses(folder)
    assert list(after) == list(range(1, STEPS + 1))
    assert {step: after[step] for step in before} == before, "what was done stays as it was"
    whole = undisturbed(load_config(RunFolder(folder).config), data.parent / "whole")
    assert after == pytest.approx(whole, rel=1e-5)

    qtbot.waitUntil(training.question_bar.isVisible, timeout=PATIENCE_MS)
    assert "finished" in training.question_bar.text.text()
    training.question_bar.buttons[0].click()
    best = RunFolder(folder).best_model
    assert window.studio.settings.model == best
    assert load_network(best).width == 0.125
    window.studio.open(photos[:1])
    qtbot.waitUntil(
        lambda: window.studio.current is not None and window.studio.current.alpha is not None, timeout=PATIENCE_MS
    )
    assert window.studio.model_text == best.stem


def test_a_run_outlives_the_window_survives_nan_and_goes_on_after_its_death(
    qtbot: QtBot, window: MainWindow, training: TrainingWindow, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = data.parent
    (kept / "poison").mkdir()
    (kept / "poison" / "sitecustomize.py").write_text(POISON)
    monkeypatch.setenv("PYTHONPATH", str(kept / "poison"))
    set_up(qtbot, training, data, steps=5000)
    folder = start(qtbot, training)
    wait_for(qtbot, training, folder, RunState.RUNNING)
    wait_for_step(qtbot, training, folder, 4)
    history = History(folder)
    history.read_all()
    (rollback,) = history.rollbacks
    assert (rollback.failed_at, rollback.back_to) == (2, 0)
    assert "nan" in rollback.reason

    window.close()
    assert window.isVisible(), "it asks first"
    window.question_bar.buttons[0].click()
    assert window.ended
    trainer = RunFolder(folder).trainer()
    assert trainer is not None
    assert trainer.is_alive

    next_window = make_window(kept / "settings", kept / "user")
    next_window.show()
    try:
        again = next_window.show_training()
        wait_for(qtbot, again, folder, RunState.RUNNING)
        psutil.Process(trainer.pid).send_signal(signal.SIGKILL)
        wait_for(qtbot, again, folder, RunState.FAILED)
        assert "killed" in str(run_of(again, folder).reason)
        assert "killed" in again.message_bar.text.text()

        again.runner.resume(folder)
        wait_for(qtbot, again, folder, RunState.RUNNING)
        wait_for_step(qtbot, again, folder, 4)
        again.runner.stop_now(folder)
        wait_for(qtbot, again, folder, RunState.STOPPED)
        assert run_of(again, folder).can_resume
    finally:
        next_window.close_anyway()
        assert next_window.ended
        next_window.deleteLater()
        QApplication.processEvents()


def test_bad_data_sets_are_named_file_by_file(qtbot: QtBot, training: TrainingWindow, data: Path) -> None:
    (data / "alpha" / "0.png").unlink()
    (data / "alpha" / "1.png").write_bytes(b"no picture")
    cv2.imwrite(str(data / "alpha" / "2.png"), np.zeros((40, 50), np.uint8))
    page = training.new_run
    page.setup.preset.buttons["quick_try"].click()
    page.setup.data.training.add(data)
    qtbot.waitUntil(lambda: page.check.report is not None, timeout=PATIENCE_MS)
    named = {finding.kind: [path.name for path in finding.files] for finding in page.check.report.findings}
    assert named[Kind.MISSING_ALPHA] == ["0.jpg"]
    assert named[Kind.UNREADABLE] == ["1.png"]
    assert named[Kind.SIZE_DIFFERS] == ["2.png"]
    tree = page.doctor.findings
    files = [
        tree.topLevelItem(row).child(line).text(0)
        for row in range(tree.topLevelItemCount())
        for line in range(tree.topLevelItem(row).childCount())
    ]
    assert any("0.jpg" in text for text in files)
    assert any("1.png" in text for text in files)
    assert "errors" in page.start_bar.problem.text()
    assert not page.start_bar.start.isEnabled()


def test_corrected_photos_are_learnt_from(
    qtbot: QtBot, window: MainWindow, training: TrainingWindow, photos: list[Path]
) -> None:
    studio, folder = window.studio, window.studio.own_photos_folder
    window.actions_table["fine_tune"].trigger()
    assert "no photos of your own" in window.message_bar.text.text()
    for number, path in enumerate(photos, start=1):
        studio.open([path])
        qtbot.waitUntil(
            lambda path=path: (
                studio.current is not None and studio.current.path == path and studio.current.alpha is not None
            ),
            timeout=PATIENCE_MS,
        )
        assert not window.actions_table["learn"].isEnabled(), "nothing was corrected"
        studio.stroke(Brush.FOREGROUND, [(10.0, 10.0), (40.0, 10.0)], 12.0, 1.0, 1.0)
        qtbot.waitUntil(window.actions_table["learn"].isEnabled, timeout=PATIENCE_MS)
        with qtbot.waitSignal(studio.learnt, timeout=PATIENCE_MS):
            window.actions_table["learn"].trigger()
        count = own_data.count(folder)
        assert count.training + count.validation == number
    assert count == own_data.Count(training=2, validation=1)
    (alpha,) = (cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in (folder / "alpha").glob("anna*.png"))
    assert alpha.shape == studio.current.alpha.shape
    assert alpha[10, 25] == 255, "as it was corrected"

    window.actions_table["fine_tune"].trigger()
    page = training.new_run
    assert page.setup.preset.name == "fine_tune"
    assert page.setup.data.folders().training == (folder,)
    qtbot.waitUntil(lambda: any(source.folder == folder for source in page.config().data.photos), timeout=PATIENCE_MS)
    assert [chosen.folder for chosen in page.config().data.validation] == [folder / "validation"]


def test_the_focus_goes_along_to_another_page(training: TrainingWindow) -> None:
    for focused in (training.new_run.start_bar.name, training.tabs[training.new_run]):
        training.show_page(training.new_run)
        focused.setFocus()
        training.show_page(training.live)
        assert training.focusWidget() is training.tabs[training.live]


def test_a_model_that_is_dropped_is_started_from_and_a_folder_is_learnt_from(
    training: TrainingWindow, data: Path, model: Path
) -> None:
    contents = QMimeData()
    contents.setUrls([QUrl.fromLocalFile(str(path)) for path in (model, data)])
    copy, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    before = training.new_run.setup.data.training.folders
    QApplication.sendEvent(training, QDragEnterEvent(QPoint(9, 9), copy, contents, left, plain))
    QApplication.sendEvent(training, QDropEvent(QPointF(9, 9), copy, contents, left, plain))
    assert training.new_run.setup.base.base == model
    assert training.new_run.setup.data.training.folders == (*before, data)
