"""A run is set up: presets, folders, base models, devices, and what keeps it from being started."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from generated_data import write_cutouts, write_pairs
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.training.config import DataConfig, PhotosConfig
from matting_studio.app.settings import TrainingSettings
from matting_studio.app.training import own_data
from matting_studio.app.training.presets import shipped_model
from matting_studio.qt.theme import Theme
from matting_studio.qt.training import examiner
from matting_studio.qt.training.new_run_page import NewRunPage
from matting_studio.qt.training.runner import Runner
from matting_studio.qt.training.start_bar import duration, estimate_text

PATIENCE_MS = 60_000
REMEMBERED = TrainingSettings(preset="quick_try")


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[NewRunPage]:
    runner = Runner(tmp_path / "runs")
    made = NewRunPage(runner, theme, REMEMBERED, tmp_path / "own")
    qtbot.addWidget(made)
    yield made
    assert made.shutdown(10)
    assert runner.shutdown(10)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_pairs(tmp_path / "portraits", count=3)
    return tmp_path / "portraits"


def add(qtbot: QtBot, page: NewRunPage, *folders: Path) -> None:
    for folder in folders:
        page.setup.data.training.add(folder)
    qtbot.waitUntil(lambda: page.check.report is not None, timeout=PATIENCE_MS)


def test_without_data_nothing_can_be_started(page: NewRunPage) -> None:
    assert not page.start_bar.start.isEnabled()
    assert page.start_bar.problem.text() == "Add a folder with photos and their alphas first."


def test_a_folder_is_recognised_checked_and_remembered(qtbot: QtBot, page: NewRunPage, data: Path) -> None:
    remembered: list[TrainingSettings] = []
    page.settings_changed.connect(remembered.append)
    add(qtbot, page, data)
    assert page.setup.data.layout_text.text() == "Found: photos with alphas."
    assert page.config().data.photos[0].folder == data
    assert page.problem() is None
    assert page.start_bar.start.isEnabled()
    assert page.doctor.table.rowCount() == 1
    assert remembered[-1] == TrainingSettings(preset="quick_try", training_folders=(data,))
    page.setup.data.training.remove(data)
    assert not page.start_bar.start.isEnabled()


def test_a_folder_that_is_no_data_set_says_what_is_missing(qtbot: QtBot, page: NewRunPage, tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    page.setup.data.training.add(tmp_path / "holiday")
    qtbot.waitUntil(lambda: page.setup.data.layout_text.property("wrong") is True, timeout=PATIENCE_MS)
    assert "holiday is no data set" in page.start_bar.problem.text()
    assert not page.start_bar.start.isEnabled()


@pytest.mark.parametrize("look_again", ["button", "coming back"])
def test_a_folder_that_was_mended_is_understood_on_a_second_look(
    qtbot: QtBot, page: NewRunPage, tmp_path: Path, look_again: str
) -> None:
    (tmp_path / "holiday").mkdir()
    page.setup.data.training.add(tmp_path / "holiday")
    qtbot.waitUntil(lambda: page.setup.data.layout_text.property("wrong") is True, timeout=PATIENCE_MS)
    write_pairs(tmp_path / "holiday", count=3)
    if look_again == "button":
        page.doctor.again_button.click()
    else:
        page.wake()
    qtbot.waitUntil(lambda: page.check.report is not None, timeout=PATIENCE_MS)
    assert page.problem() is None


def test_what_was_found_in_folders_that_were_left_does_not_count(
    qtbot: QtBot, page: NewRunPage, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine, begun, go_on = examiner.examine, threading.Event(), threading.Event()

    def slow(checked: DataConfig, crop_px: int, **_heard: object) -> object:
        begun.set()
        go_on.wait(PATIENCE_MS / 1000)
        return genuine(checked, crop_px=crop_px)

    monkeypatch.setattr(examiner, "examine", slow)
    page.setup.data.training.add(data)
    qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
    page.check._delay.setInterval(10 * PATIENCE_MS)
    page.check.check(DataConfig(photos=[PhotosConfig(folder=tmp_path / "others")]))
    go_on.set()
    qtbot.waitUntil(lambda: page.examiner._slow._running is None, timeout=PATIENCE_MS)
    assert page.check.report is None
    assert "being checked" in str(page.check.problem)


def test_cutouts_become_a_set_once_their_backgrounds_are_there(qtbot: QtBot, page: NewRunPage, tmp_path: Path) -> None:
    folders = {name: Path(folder) for name, folder in write_cutouts(tmp_path / "cutouts").items()}
    page.setup.data.training.add(folders["foregrounds"])
    qtbot.waitUntil(lambda: "backgrounds" in page.setup.data.layout_text.text(), timeout=PATIENCE_MS)
    add(qtbot, page, folders["backgrounds"])
    assert page.config().data.cutouts[0].backgrounds == folders["backgrounds"]


def test_a_folder_to_measure_on_is_never_learnt_from(
    qtbot: QtBot, page: NewRunPage, data: Path, tmp_path: Path
) -> None:
    write_pairs(tmp_path / "others", count=2)
    page.setup.data.validation.add(tmp_path / "others")
    add(qtbot, page, data)
    config = page.config()
    assert [source.folder for source in config.data.photos] == [data]
    assert [(chosen.name, chosen.folder) for chosen in config.data.validation] == [("others", tmp_path / "others")]


def test_a_setting_that_cannot_be_used_is_led_to(qtbot: QtBot, page: NewRunPage, data: Path) -> None:
    add(qtbot, page, data)
    editor = page.form.row("run", "log_steps").editor
    editor.setText("0")
    editor.textEdited.emit("0")
    assert page.start_bar.problem.text() == "Figures every: This has to be more than 0."
    page.start_bar.problem_button.click()
    assert page.settings_button.isChecked()
    assert not page.form.group("run").folded


def test_the_width_is_that_of_the_base_model(qtbot: QtBot, page: NewRunPage, data: Path, model: Path) -> None:
    add(qtbot, page, data)
    assert page.setup.base.base == shipped_model()
    page.setup.base.show_runs([("anna", model)])
    combo = page.setup.base.combo
    combo.setCurrentIndex(combo.findText("Run anna"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: page.config().network.width == 0.125, timeout=PATIENCE_MS)
    assert page.config().network.base == model
    assert not page.form.row("network", "width").isEnabled()


def test_a_base_model_that_is_gone_keeps_a_run_from_being_started(
    qtbot: QtBot, page: NewRunPage, data: Path, tmp_path: Path
) -> None:
    add(qtbot, page, data)
    page.setup.base.show_base(tmp_path / "gone.safetensors")
    page.setup.base.changed.emit()
    qtbot.waitUntil(lambda: page.setup.base.problem is not None, timeout=PATIENCE_MS)
    assert "There is no model" in page.start_bar.problem.text()


def test_what_is_wrong_with_a_model_that_is_not_chosen_any_more_does_not_count(
    page: NewRunPage, tmp_path: Path
) -> None:
    page.examiner.base_refused.emit(tmp_path / "damaged.safetensors", "It is damaged.")
    assert page.setup.base.problem is None


def test_devices_have_their_names(page: NewRunPage) -> None:
    device = page.setup.device
    device.show_devices({"cuda:0": "NVIDIA H100", "cuda:1": "NVIDIA H100", "cpu": "CPU"})
    texts = [device.device.itemText(index) for index in range(device.device.count())]
    assert texts == ["Fastest: NVIDIA H100", "NVIDIA H100 (cuda:0)", "NVIDIA H100 (cuda:1)", "CPU"]
    assert not device.processes.isHidden(), "two GPUs can work together"
    device.device.setCurrentIndex(2)
    assert device.chosen == "cuda:1"
    device.processes.setValue(4)
    assert "This machine has 2 GPUs for PyTorch, and each process needs one" in device.note.text()
    device.device.setCurrentIndex(3)
    assert "Without GPUs the processes would share" in device.note.text()


def test_for_several_machines_the_command_is_copied(qtbot: QtBot, page: NewRunPage, data: Path) -> None:
    add(qtbot, page, data)
    page.setup.device.more_button.click()
    page.setup.device.processes.setValue(2)
    page.setup.device.machines.setValue(3)
    with qtbot.waitSignal(page.started) as started:
        page.setup.device.copy_button.click()
    command = QGuiApplication.clipboard().text()
    assert "torch.distributed.run" in command
    assert "--nnodes=3" in command
    assert "--nproc-per-node=2" in command
    assert str(started.args[0]) in command
    assert (started.args[0] / "config.json").exists()


def test_the_photos_corrected_in_the_studio_are_offered(qtbot: QtBot, page: NewRunPage, tmp_path: Path) -> None:
    page.take_own_photos(own_data.count(tmp_path / "own"))
    assert page.setup.data.own_button.isHidden()
    for seed in range(3):
        image = np.full((96, 96, 3), 40 * seed, np.uint8)
        own_data.add(tmp_path / "own", image, np.tri(96, dtype=np.float32), f"anna {seed}")
    page.take_own_photos(own_data.count(tmp_path / "own"))
    assert page.setup.data.own_button.text() == "Add my corrected photos (3)"
    page.setup.data.own_button.click()
    qtbot.waitUntil(lambda: bool(page.form.sources()["validation"]), timeout=PATIENCE_MS)
    assert page.config().data.photos[0].folder == tmp_path / "own"


def test_an_estimate_is_said_in_a_line() -> None:
    answer = {
        "seconds_per_step": 0.5, "photos_per_second": 8.25, "memory_bytes": 4_200_000_000, "device": "NVIDIA H100",
        "processes": 1, "total_steps": 12_000, "expected_seconds": 11_700.0,
    }  # fmt: skip
    assert estimate_text(answer) == ("About 3 h 15 min for 12,000 steps on NVIDIA H100 · 4.2 GB · 8.2 photos a second")
    shared = estimate_text({**answer, "processes": 4})
    assert "on 4 × NVIDIA H100 · 4.2 GB each" in shared


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "2 seconds"), (72, "72 seconds"), (3000, "50 minutes"), (11_700, "3 h 15 min"), (400_000, "4.6 days")],
)
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text
