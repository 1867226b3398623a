"""The batch window with a real, tiny network, generated photos, and two files that are none."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.checkpoint import ModelFile, plain_weights, save_model
from core.image_io import read_photo, write_image
from core.memory_plan import Limit
from core.network import MTGINet
from matting_studio.app.batch import Row, RowState, RunState, Workplace
from matting_studio.app.edits import Brush
from matting_studio.app.export_request import ExportKind
from matting_studio.app.look import Crop, Look, Plain
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.session import Status
from matting_studio.app.settings import BatchSettings
from matting_studio.qt.application import make_window
from matting_studio.qt.batch import order as order_module
from matting_studio.qt.batch.model import Column
from matting_studio.qt.batch.network import InTurn
from matting_studio.qt.batch.window import BatchWindow
from matting_studio.qt.main_window import MainWindow
from matting_studio.qt.studio import Studio
from matting_studio.qt.theme import Theme, ThemeChoice

PATIENCE_MS = 60_000
GOOD = ("anna.png", "berta.png", "clara.png", "dora.png", "emma.png", "frida.png")
BROKEN = ("broken.jpg", "empty.png")


def picture(seed: int) -> np.ndarray:
    """(48, 40, 3): an ellipse before a gradient, another one for every seed."""
    random = np.random.default_rng(seed)
    image = np.zeros((48, 40, 3), np.uint8)
    image[..., 2] = np.linspace(80, 220, 40, dtype=np.uint8)
    cv2.ellipse(image, (20, 48), (13, 32), 0, 0, 360, [int(value) for value in random.integers(60, 240, 3)], -1)
    return image


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate(GOOD):
        write_image(folder / name, picture(seed))
    (folder / "broken.jpg").write_bytes(b"no photo")
    (folder / "empty.png").touch()
    return folder


@pytest.fixture(scope="module")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, ThemeChoice.DARK)


@pytest.fixture
def studio(tmp_path: Path, model: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "settings", tmp_path / "user")
    made.set_model(model)
    yield made
    assert made.shutdown(PATIENCE_MS / 1000)


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, theme: Theme) -> Iterator[BatchWindow]:
    """Shown; it is shut down afterwards, and all its threads have to end."""
    parent = QWidget()
    qtbot.addWidget(parent)
    made = BatchWindow(parent, studio, theme)
    made.show()
    yield made
    assert made.shutdown(PATIENCE_MS / 1000), "a thread is still running"
    qtbot.waitUntil(lambda: not batch_threads(), timeout=PATIENCE_MS)


@pytest.fixture
def batch(window: BatchWindow, photos: Path, tmp_path: Path, qtbot: QtBot) -> BatchWindow:
    """With the folder of photos chosen, and planned."""
    choose(qtbot, window, photos, tmp_path / "results")
    return window


class Opened(QObject):
    """Takes the place of the programs that open files."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.paths.append(Path(url.toLocalFile()))


@pytest.fixture
def opened() -> Iterator[Opened]:
    made = Opened()
    QDesktopServices.setUrlHandler("file", made, "open")
    yield made
    QDesktopServices.unsetUrlHandler("file")


def choose(qtbot: QtBot, window: BatchWindow, photos: Path, results: Path) -> None:
    window.options.show_settings(BatchSettings(input_folder=photos, output_folder=results, what=(ExportKind.ALPHA,)))
    qtbot.waitUntil(lambda: window.model.rowCount() == len(GOOD) + len(BROKEN), timeout=PATIENCE_MS)


@pytest.fixture
def main_window(qtbot: QtBot, tmp_path: Path, model: Path) -> Iterator[MainWindow]:
    """It is closed afterwards, and all threads of the batch have to end."""
    shown = make_window(tmp_path / "settings", tmp_path / "user")
    shown.studio.set_model(model)
    shown.show()
    yield shown
    shown.close_anyway()
    assert shown.ended, "a thread is still running"
    qtbot.waitUntil(lambda: not batch_threads(), timeout=PATIENCE_MS)
    shown.deleteLater()
    QApplication.processEvents()


def batch_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("batch")]


def start(window: BatchWindow) -> None:
    window.controls.start.click()
    assert window.runner.is_active


def wait_for(qtbot: QtBot, window: BatchWindow, state: RunState) -> None:
    qtbot.waitUntil(lambda: window.runner.state is state, timeout=PATIENCE_MS)


def run_to_its_end(qtbot: QtBot, window: BatchWindow) -> None:
    start(window)
    wait_for(qtbot, window, RunState.ENDED)


def states(window: BatchWindow) -> dict[str, RowState]:
    return {row.name: row.state for row in window.model.rows}


@contextmanager
def hold(window: BatchWindow) -> Iterator[threading.Event]:
    """Photos do not get through the network until the event is set."""
    gate = threading.Event()
    load = window._network.load

    class Held:
        def __init__(self, predictor: InTurn) -> None:
            self._predictor = predictor

        def predict(self, image: np.ndarray, **memory: object) -> object:
            gate.wait()
            return self._predictor.predict(image, **memory)

    window._network.load = lambda choice: Held(load(choice))
    yield gate
    gate.set()


@pytest.fixture
def held(batch: BatchWindow) -> Iterator[threading.Event]:
    with hold(batch) as gate:
        yield gate


def test_what_would_be_done_is_seen_before_it_is(batch: BatchWindow) -> None:
    assert batch.head.headline.text() == "8 photos: 8 to do."
    assert set(states(batch).values()) == {RowState.WAITING}
    assert batch.controls.start.isEnabled()
    assert not batch.options.output.folder.exists(), "planning writes nothing"


def test_good_photos_come_out_and_broken_ones_say_why(qtbot: QtBot, batch: BatchWindow) -> None:
    run_to_its_end(qtbot, batch)
    output = batch.options.output.folder
    assert {path.name for path in output.glob("*.png")} == {f"{Path(name).stem}-alpha.png" for name in GOOD}
    found = states(batch)
    assert all(found[name] is RowState.DONE for name in GOOD)
    assert all(found[name] is RowState.FAILED for name in BROKEN)
    notes = {row.name: batch.model.index(place, Column.NOTES).data() for place, row in enumerate(batch.model.rows)}
    assert all("broken.jpg" in notes[name] or "empty.png" in notes[name] for name in BROKEN)
    assert batch.head.headline.text() == "8 of 8 photos: 6 done, 2 failed."
    assert batch.head.bar.value() == batch.head.bar.maximum() == 8
    assert batch.controls.retry.isVisible()
    assert batch.options.isEnabled()


def test_the_failed_are_retried_alone(qtbot: QtBot, batch: BatchWindow) -> None:
    run_to_its_end(qtbot, batch)
    times = {row.name: row.seconds for row in batch.model.rows if row.state is RowState.DONE}
    write_image(batch.options.input.folder / "empty.png", picture(9))
    batch.controls.retry.click()
    qtbot.waitUntil(lambda: states(batch)["empty.png"] is RowState.DONE, timeout=PATIENCE_MS)
    wait_for(qtbot, batch, RunState.ENDED)
    assert states(batch)["broken.jpg"] is RowState.FAILED
    assert times.items() <= {row.name: row.seconds for row in batch.model.rows}.items()
    assert batch.head.headline.text() == "8 of 8 photos: 7 done, 1 failed."


def test_a_second_start_skips_what_is_done(qtbot: QtBot, batch: BatchWindow) -> None:
    run_to_its_end(qtbot, batch)
    run_to_its_end(qtbot, batch)
    found = states(batch)
    assert all(found[name] is RowState.SKIPPED for name in GOOD)
    assert all(found[name] is RowState.FAILED for name in BROKEN)


def test_start_keeps_its_key_when_a_run_has_ended(qtbot: QtBot, batch: BatchWindow) -> None:
    run_to_its_end(qtbot, batch)
    assert batch.controls.start.text().strip() == "Start again"
    assert batch.controls.start.shortcut().toString() == "Ctrl+Return"


def test_a_home_folder_may_be_typed_letter_by_letter(window: BatchWindow) -> None:
    window.options.input.line.setText("~nobody-of-this-name")
    assert window.options.input.folder == Path("~nobody-of-this-name")
    window.options.input.line.setText("~/photos")
    assert window.options.input.folder == Path.home() / "photos"


def choose_with_somebodys_file(qtbot: QtBot, batch: BatchWindow, photos: Path, tmp_path: Path) -> None:
    """Choose a folder for results in which a file has the name of one already."""
    results = tmp_path / "others"
    results.mkdir()
    (results / "anna-alpha.png").write_text("mine!")
    choose(qtbot, batch, photos, results)


def test_a_photo_whose_result_is_somebody_elses_file_is_kept_and_not_done(
    qtbot: QtBot, batch: BatchWindow, photos: Path, tmp_path: Path
) -> None:
    choose_with_somebodys_file(qtbot, batch, photos, tmp_path)

    def state() -> str:
        place = batch.model.place("anna.png")
        assert place is not None
        return str(batch.model.index(place, Column.STATE).data())

    qtbot.waitUntil(lambda: state() == "Kept", timeout=PATIENCE_MS)
    run_to_its_end(qtbot, batch)
    assert state() == "Kept"
    run_to_its_end(qtbot, batch)
    place = batch.model.place("berta.png")
    assert place is not None
    assert batch.model.index(place, Column.STATE).data() == "Done earlier"


def test_a_pause_begins_nothing_and_resume_goes_on(qtbot: QtBot, batch: BatchWindow, held: threading.Event) -> None:
    start(batch)
    qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
    batch.controls.pause.click()
    wait_for(qtbot, batch, RunState.PAUSED)
    held.set()
    moving = {RowState.READING, RowState.MATTING, RowState.WRITING}
    qtbot.waitUntil(lambda: not moving & set(states(batch).values()), timeout=PATIENCE_MS)
    assert RowState.DONE in states(batch).values()
    assert RowState.WAITING in states(batch).values()
    assert batch.head.headline.text().startswith("Paused.")
    assert not batch.controls.pause.isVisible()
    batch.controls.resume.click()
    wait_for(qtbot, batch, RunState.ENDED)
    assert RowState.WAITING not in states(batch).values()


def test_cancel_finishes_what_is_in_hand_and_go_on_does_the_rest(
    qtbot: QtBot, batch: BatchWindow, held: threading.Event
) -> None:
    start(batch)
    qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
    assert not batch.options.isEnabled()
    batch.controls.stop.click()
    wait_for(qtbot, batch, RunState.STOPPING)
    assert batch.controls.stop.text().strip() == "Stop at once"
    held.set()
    wait_for(qtbot, batch, RunState.ENDED)
    assert RowState.WAITING in states(batch).values()
    assert RowState.DONE in states(batch).values()
    assert "left" in batch.head.headline.text()
    batch.controls.go_on.click()
    qtbot.waitUntil(lambda: RowState.WAITING not in states(batch).values(), timeout=PATIENCE_MS)
    wait_for(qtbot, batch, RunState.ENDED)
    assert all(states(batch)[name] is RowState.DONE for name in GOOD)


def test_cancelling_twice_drops_what_is_in_hand(qtbot: QtBot, batch: BatchWindow, held: threading.Event) -> None:
    start(batch)
    qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
    batch.controls.stop.click()
    batch.controls.stop.click()
    held.set()
    wait_for(qtbot, batch, RunState.ENDED)
    assert RowState.DONE not in states(batch).values()
    assert not list(batch.options.output.folder.glob("*.png"))


def test_cancel_while_a_run_is_prepared_means_that_it_never_begins(
    qtbot: QtBot, batch: BatchWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, gate, find = threading.Event(), threading.Event(), order_module.find_photos

    def slow(*args: object, **kwargs: object) -> object:
        looking.set()
        gate.wait()
        return find(*args, **kwargs)

    began: list[object] = []
    batch.runner.began.connect(began.append)
    monkeypatch.setattr(order_module, "find_photos", slow)
    try:
        start(batch)
        assert looking.wait(PATIENCE_MS / 1000)
        assert not batch.controls.pause.isVisible(), "there is nothing to pause"
        batch.controls.stop.click()
        assert batch.runner.state is RunState.READY
        assert batch.controls.start.isVisible()
    finally:
        gate.set()
    qtbot.waitUntil(lambda: not batch.runner._worker.jobs, timeout=PATIENCE_MS)
    assert began == []
    Workplace(batch.options.output.folder).close()  # nobody holds the folder
    run_to_its_end(qtbot, batch)
    assert RowState.DONE in states(batch).values()


def test_the_doubtful_come_first_when_sorted_by_doubt(qtbot: QtBot, batch: BatchWindow) -> None:
    batch.head.sorting.setCurrentIndex(Column.DOUBT)
    batch.head.sorting.activated.emit(Column.DOUBT)
    run_to_its_end(qtbot, batch)
    rows = batch.model.rows
    assert {row.name for row in rows[:2]} == set(BROKEN), "failures stand before everything"
    doubts = [row.doubt for row in rows[2:]]
    assert doubts == sorted(doubts, reverse=True)
    assert batch.table.horizontalHeader().sortIndicatorSection() == Column.DOUBT


def test_the_selected_photo_stays_selected_when_rows_are_sorted(batch: BatchWindow) -> None:
    batch.table.select("berta.png")
    batch.table.sortByColumn(Column.PHOTO, Qt.SortOrder.DescendingOrder)
    assert batch.model.row(batch.table.currentIndex().row()).name == "berta.png"
    assert batch.model.row(0).name == "frida.png"


def test_closed_in_the_middle_the_run_goes_on_and_its_end_is_told(
    qtbot: QtBot, batch: BatchWindow, held: threading.Event
) -> None:
    told: list[tuple[str, str]] = []
    batch.news.connect(lambda severity, sentence: told.append((severity, sentence)))
    start(batch)
    qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
    batch.close()
    assert batch.isVisible()
    assert batch.question_bar.isVisible()
    batch.question_bar.buttons[0].click()
    assert not batch.isVisible()
    held.set()
    wait_for(qtbot, batch, RunState.ENDED)
    assert told == [("warning", "The batch has ended: 8 of 8 photos: 6 done, 2 failed.")]
    batch.show()
    assert set(states(batch).values()) == {RowState.DONE, RowState.FAILED}, "the results are still there to be seen"


def test_the_folder_is_left_with_the_window_and_taken_again_when_something_is_asked(
    qtbot: QtBot, batch: BatchWindow, opened: Opened
) -> None:
    output = batch.options.output.folder
    run_to_its_end(qtbot, batch)
    batch.close()
    qtbot.waitUntil(lambda: not batch.runner._worker.jobs, timeout=PATIENCE_MS)
    Workplace(output).close()  # nobody holds it
    batch.show()
    batch.controls.report.click()
    qtbot.waitUntil(lambda: bool(opened.paths), timeout=PATIENCE_MS)
    batch.close()
    batch.show()
    write_image(batch.options.input.folder / "empty.png", picture(9))
    batch.controls.retry.click()
    qtbot.waitUntil(lambda: states(batch)["empty.png"] is RowState.DONE, timeout=PATIENCE_MS)
    wait_for(qtbot, batch, RunState.ENDED)
    batch.close()
    qtbot.waitUntil(lambda: not batch.runner._worker.jobs, timeout=PATIENCE_MS)
    with Workplace(output):
        batch.show()
        write_image(batch.options.input.folder / "broken.png", picture(10))
        batch.controls.retry.click()
        qtbot.waitUntil(lambda: "Another run" in batch.message_bar.text.text(), timeout=PATIENCE_MS)
        assert batch.runner.state is RunState.READY


def test_a_run_that_ends_unseen_leaves_the_folder(qtbot: QtBot, batch: BatchWindow, held: threading.Event) -> None:
    start(batch)
    qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
    batch.close()
    batch.question_bar.buttons[0].click()
    held.set()
    wait_for(qtbot, batch, RunState.ENDED)
    qtbot.waitUntil(lambda: not batch.runner._worker.jobs, timeout=PATIENCE_MS)
    Workplace(batch.options.output.folder).close()  # nobody holds it


def test_closed_in_the_middle_the_run_can_be_stopped(qtbot: QtBot, batch: BatchWindow, held: threading.Event) -> None:
    start(batch)
    qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
    batch.close()
    batch.question_bar.buttons[1].click()
    assert not batch.isVisible()
    assert batch.runner.state is RunState.STOPPING
    held.set()
    wait_for(qtbot, batch, RunState.ENDED)
    assert RowState.WAITING in states(batch).values()


@pytest.mark.slow
def test_the_program_asks_before_it_ends_with_a_batch_running(
    qtbot: QtBot, main_window: MainWindow, photos: Path, tmp_path: Path
) -> None:
    main_window.actions_table["batch"].trigger()
    batch: BatchWindow = main_window._batch
    choose(qtbot, batch, photos, tmp_path / "results")
    with hold(batch) as gate:
        start(batch)
        qtbot.waitUntil(lambda: RowState.MATTING in states(batch).values(), timeout=PATIENCE_MS)
        main_window.close()
        assert main_window.isVisible()
        assert "batch is running" in main_window.question_bar.text.text()
        gate.set()
        main_window.question_bar.buttons[1].click()
    assert main_window.ended
    assert not (tmp_path / "results" / ".matting-studio" / "journal.partial").exists()


@pytest.mark.slow
def test_there_is_one_batch_window(main_window: MainWindow) -> None:
    main_window.actions_table["batch"].trigger()
    first = main_window._batch
    first.close()
    main_window.actions_table["batch"].trigger()
    assert main_window._batch is first
    assert first.isVisible()


def test_an_output_folder_in_use_is_said_and_nothing_begins(qtbot: QtBot, batch: BatchWindow) -> None:
    output = batch.options.output.folder
    output.mkdir()
    with Workplace(output):
        start(batch)
        qtbot.waitUntil(batch.message_bar.isVisible, timeout=PATIENCE_MS)
    assert "Another run" in batch.message_bar.text.text()
    assert batch.runner.state is RunState.READY
    assert batch.options.isEnabled()


def test_a_model_that_cannot_be_loaded_ends_the_run_with_a_sentence(
    qtbot: QtBot, studio: Studio, batch: BatchWindow, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nothing")
    studio.change_settings(studio.settings.model_copy(update={"model": damaged}))
    run_to_its_end(qtbot, batch)
    assert batch.message_bar.severity == "error"
    assert "damaged.safetensors" in batch.message_bar.text.text()
    assert all(states(batch)[name] is RowState.WAITING for name in GOOD)


def test_a_model_that_was_written_anew_makes_all_results_anew(
    qtbot: QtBot, studio: Studio, batch: BatchWindow, model: Path, tmp_path: Path
) -> None:
    chosen = tmp_path / "best.safetensors"
    shutil.copy(model, chosen)
    studio.set_model(chosen)
    run_to_its_end(qtbot, batch)
    result = batch.options.output.folder / "anna-alpha.png"
    before = read_photo(result).image
    torch.manual_seed(7)
    save_model(chosen, ModelFile(plain_weights(MTGINet(width=0.125)), 0.125, {"size_px": "64"}))
    run_to_its_end(qtbot, batch)
    assert np.abs(read_photo(result).image.astype(int) - before).max() > 2
    assert states(batch)["anna.png"] is RowState.DONE


def test_a_model_that_changes_while_a_batch_begins_ends_it_with_a_sentence(
    qtbot: QtBot, studio: Studio, batch: BatchWindow, model: Path, tmp_path: Path
) -> None:
    chosen = tmp_path / "best.safetensors"
    shutil.copy(model, chosen)
    studio.set_model(chosen)
    load = batch._network.load

    def improved_just_now(choice: NetworkChoice) -> InTurn:
        shutil.copy(model, chosen)
        return load(choice)

    batch._network.load = improved_just_now
    start(batch)
    qtbot.waitUntil(lambda: "has changed since it was chosen" in batch.message_bar.text.text(), timeout=PATIENCE_MS)


def test_the_results_can_be_opened_once_their_folder_is_chosen(batch: BatchWindow, tmp_path: Path) -> None:
    assert batch.controls.folder.isEnabled()
    batch.options.output.set_folder(None)
    assert not batch.controls.folder.isEnabled()
    batch.options.output.set_folder(tmp_path)
    assert batch.controls.folder.isEnabled()


def test_the_studios_memory_limit_is_obeyed_and_can_be_chosen_here(
    qtbot: QtBot, studio: Studio, batch: BatchWindow
) -> None:
    box = batch.options.memory
    assert box.currentText() == "Most of what is free"
    assert batch.order().limit is None
    studio.set_memory_limit(300_000_000)
    assert box.currentText() == "At most 0.3 GB"
    assert batch.order().limit == Limit(300_000_000)
    run_to_its_end(qtbot, batch)
    assert set(states(batch).values()) == {RowState.FAILED}
    notes = [batch.model.index(place, Column.NOTES).data() for place, _ in enumerate(batch.model.rows)]
    assert sum("the limit is 0.3 GB: raise it" in note for note in notes) == len(GOOD)
    box.setCurrentIndex(box.findText("At most 2 GB"))
    box.activated.emit(box.currentIndex())
    assert studio.settings.memory_limit_bytes == 2 * 10**9
    run_to_its_end(qtbot, batch)
    assert all(states(batch)[name] is RowState.DONE for name in GOOD)


def test_the_preview_shows_what_is_chosen(qtbot: QtBot, batch: BatchWindow) -> None:
    batch.table.select("anna.png")
    qtbot.waitUntil(lambda: batch.preview.image is not None and not batch.preview.text, timeout=PATIENCE_MS)
    plain = batch.preview.image
    for kind, box in batch.options.what.items():
        box.setChecked(kind is ExportKind.COMPOSITE)
    batch.options.background.committed.emit(Look(background=Plain(colour=(0, 1, 0))), "Background")
    qtbot.waitUntil(lambda: batch.preview.image is not None and batch.preview.image != plain, timeout=PATIENCE_MS)
    composite = batch.preview.image
    batch.options.look_moved.emit(Look(background=Plain(colour=(1, 0, 0))))
    qtbot.waitUntil(lambda: batch.preview.image != composite, timeout=PATIENCE_MS)
    batch.options.look_moved.emit(None)
    qtbot.waitUntil(lambda: batch.preview.image == composite, timeout=PATIENCE_MS)


def test_a_photo_that_cannot_be_read_says_so_in_the_preview(qtbot: QtBot, batch: BatchWindow) -> None:
    batch.table.select("broken.jpg")
    qtbot.waitUntil(lambda: "broken.jpg" in batch.preview.text and "…" not in batch.preview.text, timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"input_folder": None}, "Choose the folder with the photos"),
        ({"input_folder": Path("/there/is/none")}, "There is no folder"),
        ({"output_folder": None}, "Choose a folder for the results"),
        ({"what": (ExportKind.COMPOSITE,)}, "A composite needs something behind the person"),
        ({"what": ()}, "choose at least one kind"),
        ({"what": (ExportKind.CUTOUT,), "suffix": ".jpg"}, "JPEG has no transparency"),
        ({"template": "{nonsense}"}, "unknown field"),
        ({"template": ""}, "The template is empty"),
    ],
)
def test_what_makes_no_sense_is_said_and_cannot_be_started(
    qtbot: QtBot, batch: BatchWindow, settings: dict[str, object], said: str
) -> None:
    batch.options.show_settings(batch.options.settings().model_copy(update=settings))
    qtbot.waitUntil(lambda: said in batch.head.headline.text(), timeout=PATIENCE_MS)
    assert not batch.controls.start.isEnabled()
    assert not batch.message_bar.isVisible()


def test_the_window_asks_no_disk_while_options_are_chosen(
    qtbot: QtBot, batch: BatchWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is on a network and off would hold it up for a minute."""
    asked: list[threading.Thread] = []
    is_dir = os.path.isdir

    def ask(path: str | Path) -> bool:
        if path == tmp_path / "gone":
            asked.append(threading.current_thread())
        return is_dir(path)

    monkeypatch.setattr(os.path, "isdir", ask)
    batch.options.input.set_folder(tmp_path / "gone")
    qtbot.waitUntil(lambda: "There is no folder" in batch.head.headline.text(), timeout=PATIENCE_MS)
    batch.hide()
    batch.show()
    qtbot.waitUntil(lambda: "There is no folder" in batch.head.headline.text(), timeout=PATIENCE_MS)
    assert asked
    assert threading.main_thread() not in asked


def test_choices_are_remembered(studio: Studio, batch: BatchWindow, photos: Path) -> None:
    look = Look(background=Plain(colour=(0, 0, 1)), crop=Crop(kind="person"))
    chosen = BatchSettings(
        input_folder=photos,
        output_folder=photos.parent / "other",
        recursive=True,
        what=(ExportKind.CUTOUT, ExportKind.COMPOSITE),
        suffix=".webp",
        template="{folder}/{stem}_{what}",
        max_size_px=1024,
        overwrite=True,
        look=look,
    )
    batch.options.show_settings(chosen)
    assert batch.options.settings() == chosen
    assert studio.settings.batch == chosen
    assert batch.options.recipe().look == look


def drop(target: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)  # fmt: skip
    target.dropEvent(event)


def test_a_folder_that_is_dropped_is_taken(qtbot: QtBot, window: BatchWindow, photos: Path) -> None:
    drop(window, photos)
    assert window.options.input.folder == photos
    assert window.options.output.folder == photos.parent / "photos-cutouts"
    assert not window.message_bar.isVisible(), "there is nothing to say"
    qtbot.waitUntil(lambda: window.model.rowCount() == len(GOOD) + len(BROKEN), timeout=PATIENCE_MS)


@pytest.fixture
def teams(tmp_path: Path) -> tuple[Path, Path]:
    folders = tmp_path / "team1", tmp_path / "team2"
    for folder in folders:
        folder.mkdir()
        write_image(folder / "anna.png", picture(3))
    return folders


def test_a_folder_for_the_results_that_was_proposed_follows_the_photos(
    window: BatchWindow, teams: tuple[Path, Path], tmp_path: Path
) -> None:
    options, (first, second) = window.options, teams
    drop(window, first)
    drop(window, second)
    assert options.output.folder == tmp_path / "team2-cutouts"
    options.input.line.clear()
    options.input.line.setText(str(first))
    assert options.output.folder == tmp_path / "team1-cutouts", "also where the line is written anew"
    drop(options.input.line, second)
    assert options.output.folder == tmp_path / "team2-cutouts", "and where something falls onto it"


def test_a_folder_for_the_results_that_was_chosen_stays(
    window: BatchWindow, teams: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = teams
    drop(window, first)
    drop(window.options.output.line, tmp_path)
    drop(window, second)
    assert window.options.output.folder == tmp_path
    assert window.options.input.folder == second


def test_a_proposed_folder_is_known_as_one_the_next_time(
    window: BatchWindow, teams: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = teams
    for output, then in (("team1-cutouts", "team2-cutouts"), ("results", "results")):
        window.options.show_settings(BatchSettings(input_folder=first, output_folder=tmp_path / output))
        drop(window, second)
        assert window.options.output.folder == tmp_path / then


def test_that_a_whole_folder_is_taken_for_a_file_is_said(window: BatchWindow, photos: Path, tmp_path: Path) -> None:
    said = "{} is a file: the whole folder that it lies in is taken, {}."
    drop(window, photos / "anna.png", photos / "berta.png")
    assert window.options.input.folder == photos
    assert window.message_bar.text.text() == said.format("anna.png", photos)
    (tmp_path / "old.png").touch()
    drop(window.options.output.line, tmp_path / "old.png")
    assert window.options.output.folder == tmp_path
    assert window.message_bar.text.text() == said.format("old.png", tmp_path)


def test_that_one_of_several_folders_is_taken_is_said(window: BatchWindow, teams: tuple[Path, Path]) -> None:
    for target in (window, window.options.input.line):
        window.message_bar.dismiss_all()
        drop(target, *teams)
        assert window.options.input.folder == teams[0]
        assert window.message_bar.isVisible()
        said = f"One folder is taken at a time: of the 2 that were dropped, {teams[0]}."
        assert window.message_bar.text.text() == said


def test_files_that_are_kept_are_said_with_the_words_of_the_window(
    qtbot: QtBot, batch: BatchWindow, photos: Path, tmp_path: Path
) -> None:
    choose_with_somebodys_file(qtbot, batch, photos, tmp_path)
    cure = f"To have them made anew, tick “{batch.options.overwrite.text()}”."
    qtbot.waitUntil(lambda: cure in batch.head.details.text(), timeout=PATIENCE_MS)
    assert cure in batch.head.details.toolTip(), "the line itself may be cut off"


def test_report_results_and_folder_are_opened(qtbot: QtBot, batch: BatchWindow, opened: Opened) -> None:
    run_to_its_end(qtbot, batch)
    batch.controls.report.click()
    qtbot.waitUntil(lambda: bool(opened.paths), timeout=PATIENCE_MS)
    assert all(name in opened.paths[0].read_text() for name in (*GOOD, *BROKEN))
    batch.controls.folder.click()
    assert opened.paths[1] == batch.options.output.folder
    batch.table.select("anna.png")
    batch.table.setFocus()
    qtbot.keyClick(batch.table, Qt.Key.Key_Return)
    assert opened.paths[2].name == "anna-alpha.png"


@pytest.mark.slow
def test_open_photos_keep_their_own_looks_and_strokes(
    qtbot: QtBot, studio: Studio, batch: BatchWindow, photos: Path
) -> None:
    studio.open([photos / "anna.png", photos / "berta.png"])
    studio.paste(picture(11))
    qtbot.waitUntil(
        lambda: (
            len(studio.documents) == 3 and all(studio.status(document) is Status.READY for document in studio.documents)
        ),
        timeout=PATIENCE_MS,
    )
    anna = next(document for document in studio.documents if document.name == "anna.png")
    studio.select(anna)
    studio.change_look(Look(crop=Crop(kind="ratio", ratio=1.0)), "Crop")
    studio.stroke(Brush.FOREGROUND, [(4, 4), (36, 44)], 200, 1, 1)
    qtbot.waitUntil(lambda: len(anna.edits) == 1 and anna.dirty is None, timeout=PATIENCE_MS)
    batch.options.from_strip.click()
    qtbot.waitUntil(lambda: batch.model.rowCount() == 3, timeout=PATIENCE_MS)
    assert not batch.options.background.isVisible()
    run_to_its_end(qtbot, batch)
    assert set(states(batch).values()) == {RowState.DONE}
    output = batch.options.output.folder
    alpha = read_photo(output / "anna-alpha.png").image
    assert alpha.shape[0] == alpha.shape[1], "cropped as in the studio"
    assert np.median(alpha) == 255, "painted as in the studio"
    assert (output / "berta-alpha.png").exists()
    assert (output / "Pasted picture-alpha.png").exists()


def test_the_table_is_read_by_screen_readers_and_tooltips(qtbot: QtBot, batch: BatchWindow) -> None:
    run_to_its_end(qtbot, batch)
    place = batch.model.place("broken.jpg")
    texts = [batch.model.index(place, column).data() for column in Column]
    assert texts[:2] == ["broken.jpg", "Failed"]
    assert batch.model.index(place, Column.NOTES).data(Qt.ItemDataRole.ToolTipRole) == texts[Column.NOTES]


def test_nothing_is_wider_than_its_place(qtbot: QtBot, batch: BatchWindow) -> None:
    batch.resize(batch.minimumSize())
    for box in batch.options.what.values():
        box.setChecked(True)
    QApplication.processEvents()
    content = batch.options.widget()
    assert content.minimumSizeHint().width() <= batch.options.viewport().width()
    assert batch.controls.minimumSizeHint().width() <= batch.controls.width()


def test_opened_and_closed_it_leaves_no_thread(window: BatchWindow) -> None:
    assert "Choose the folder" in window.head.headline.text()
    window.close()
    assert not window.isVisible()
    assert not batch_threads()


def test_ten_thousand_rows_make_pictures_for_those_on_the_screen_only(
    qtbot: QtBot, window: BatchWindow, photos: Path
) -> None:
    rows = tuple(
        Row(f"{number:05}.png", photos / GOOD[number % 6], RowState.DONE, doubt=number % 100 / 100)
        for number in range(10_000)
    )
    window.model.set_rows(rows)
    window.table.sortByColumn(Column.DOUBT, Qt.SortOrder.DescendingOrder)
    window.table.scrollToBottom()
    qtbot.waitUntil(lambda: len(window._thumbnails._kept) > 0 and not window._thumbnails._busy, timeout=PATIENCE_MS)
    assert len(window._thumbnails._kept) < 100
    assert window.model.row(0).doubt == 0.99
    assert [row.name for row in window.model.rows[:2]] == ["00099.png", "00199.png"]
    window.model.update([replace(rows[4], state=RowState.FAILED, reason="gone")])
    place = window.model.place("00004.png")
    assert window.model.index(place, Column.NOTES).data() == "gone"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{stem}-{what}", "For example anna-cutout.png"),
        ("{folder}/{stem} out", "For example team/anna out.png"),
        ("{nope}", ""),
        ("{stem", ""),
        ("", ""),
    ],
)
def test_a_name_is_shown_while_its_template_is_written(window: BatchWindow, template: str, told: str) -> None:
    window.options.template.setText(template)
    assert window.options.example.text() == told
