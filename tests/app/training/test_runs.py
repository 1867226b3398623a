"""What the files of a run say of it, and what may be done to it."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
import torch
from made_runs import STARTED, line, long_ago, make_run, step, trained_by, validation

from core.checkpoint import ModelFile, plain_weights, read_model, save_model
from core.network import MTGINet
from core.training.run import RunFolder
from core.training.trainer_process import TrainerProcess
from matting_studio.app.training.log_tail import log_tail
from matting_studio.app.training.run_list import RunList
from matting_studio.app.training.runs import (
    RunError,
    RunState,
    delete_run,
    export_model,
    rename,
    summarise,
    write_notes,
)

BEGUN = [{"event": "started", "step": 0}, step(10, time=STARTED + 60)]


@pytest.fixture
def process():
    """A process that does nothing, for as long as the test lasts."""
    sleeping = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield sleeping
    sleeping.kill()
    sleeping.wait()


def enter(run: RunFolder, process: subprocess.Popen) -> None:
    TrainerProcess.of(process.pid, ("train",), run.path.parent).write(run.process)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], RunState.WAITING),
        ([*BEGUN, {"event": "stopped", "step": 10}], RunState.STOPPED),
        ([*BEGUN, {"event": "finished", "step": 10}], RunState.FINISHED),
        ([*BEGUN, {"event": "failed", "step": 10, "reason": "The disk is full."}], RunState.FAILED),
    ],
)
def test_the_state_is_what_the_last_event_says(tmp_path, events, state):
    assert summarise(make_run(tmp_path / "run", events).path).state is state


def test_a_run_whose_process_lives_is_running_and_one_whose_process_died_has_failed(tmp_path, process):
    run = make_run(tmp_path / "run", BEGUN)
    enter(run, process)
    assert summarise(run.path).state is RunState.RUNNING
    process.kill()  # and left as a zombie: nobody has asked for its exit code
    deadline = time.monotonic() + 30
    while summarise(run.path).state is RunState.RUNNING:
        assert time.monotonic() < deadline
    failed = summarise(run.path)
    assert failed.state is RunState.FAILED
    assert failed.reason.startswith("The training ended at step 10 without a word. It was killed")
    assert failed.can_resume


def test_another_process_of_the_same_number_is_not_the_trainer(tmp_path, process):
    run = make_run(tmp_path / "run", BEGUN)
    trained_by(run, process.pid, created=time.time() - 1000)
    assert summarise(run.path).state is RunState.FAILED


def test_a_run_that_was_started_again_after_its_end_and_died_has_failed(tmp_path):
    run = make_run(tmp_path / "run", [*BEGUN, {"event": "stopped", "step": 10, "time": STARTED + 61}])
    trained_by(run, pid=2**22 + 1, created=STARTED + 60)
    assert summarise(run.path).state is RunState.FAILED


@pytest.mark.parametrize("host", [None, "another-machine"])
def test_a_trainer_that_cannot_be_asked_lives_as_long_as_it_writes(tmp_path, host):
    run = make_run(tmp_path / "run", BEGUN)
    if host:
        trained_by(run, 1, created=STARTED, host=host)
    assert summarise(run.path).state is RunState.RUNNING
    long_ago(run)
    assert summarise(run.path).state is RunState.FAILED


def test_the_best_figures_are_those_of_the_lowest_mean_mad_and_pauses_do_not_count(tmp_path):
    events = [
        {"event": "started", "step": 0},
        validation(10, hair=0.02, real=0.04),
        validation(20, hair=0.03, real=0.02),
        step(30, time=STARTED + 60),
        {"event": "resumed", "step": 30, "time": STARTED + 5000},
        {"event": "started", "step": 30, "time": STARTED + 5000, "device": "NVIDIA H100"},
        validation(40, hair=0.09, real=0.09),
        {"event": "finished", "step": 50, "time": STARTED + 5030},
    ]
    run = summarise(make_run(tmp_path / "run", events).path)
    assert (run.best, run.best_step) == ({"hair": {"mad": 0.03}, "real": {"mad": 0.02}}, 20)
    assert run.best_mad == pytest.approx(0.025)
    assert (run.step, run.total_steps, run.started) == (50, 100, STARTED)
    assert (run.seconds, run.device) == (90, "NVIDIA H100")


def test_figures_that_a_rollback_has_undone_are_not_the_best(tmp_path):
    rollback = {"event": "rollback", "step": 20, "failed_at": 37, "reason": "the loss is nan"}
    events = [{"event": "started", "step": 0}, validation(10, hair=0.03), validation(20, hair=0.02)]
    run = make_run(tmp_path / "run", [*events, validation(30, hair=0.01), rollback])
    assert (summarise(run.path).best, summarise(run.path).best_step) == ({"hair": {"mad": 0.02}}, 20)
    with run.events.open("a") as file:
        file.write(line(validation(30, hair=0.015)))
    assert summarise(run.path).best_step == 30


def test_as_many_lines_of_a_log_are_shown_as_are_wanted_and_none_by_half(tmp_path):
    log = tmp_path / "log.txt"
    lines = [f"2026-01-01 12:00:00  Step {number}: loss 0.1234, 3.0 photos per second." for number in range(2000)]
    log.write_text("\n".join(lines))
    assert log_tail(log, 500) == tuple(lines[-500:])
    assert set(log_tail(log, 10_000)) == set(lines)
    log.write_text("ä" * 40_000 + "\nthe end")
    assert log_tail(log) == ("the end",)


def test_a_failed_run_shows_its_reason_and_the_end_of_its_log(tmp_path):
    failed = {"event": "failed", "time": STARTED + 70, "reason": "Memory ran out: lower crop_px."}
    run = make_run(tmp_path / "run", [*BEGUN, failed])
    run.log.write_text("".join(f"line {number}\n" for number in range(40)))
    summary = summarise(run.path)
    assert summary.reason == "Memory ran out: lower crop_px."
    assert summary.last_lines[-2:] == ("line 38", "line 39")
    assert summary.step == 10  # as its last event with a step says


@pytest.mark.parametrize(
    ("last_words", "advice"),
    [
        ("RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory", "lower crop_px"),
        ("OSError: [Errno 28] No space left on device", "make room"),
        ("Traceback (most recent call last):\n  oh", "Its log says where"),
        ("traceback : Signal 9 (SIGKILL) received by PID 7", "It was killed"),
        ("Step 10: saved.", "killed"),
    ],
)
def test_the_log_of_a_run_that_died_gives_a_hint(tmp_path, last_words, advice):
    run = make_run(tmp_path / "run", BEGUN)
    run.log.write_text(last_words)
    long_ago(run)
    assert advice in summarise(run.path).reason


def test_why_one_of_several_processes_failed_is_known_although_the_one_that_writes_the_events_died(tmp_path):
    run = make_run(tmp_path / "run", BEGUN)
    run.note_failure("b.png is damaged, cut short or no picture.")
    long_ago(run)
    assert summarise(run.path).reason == "b.png is damaged, cut short or no picture."


def test_where_a_run_died_on_a_full_disk_the_hint_is_to_make_room(tmp_path):
    run = make_run(tmp_path / "run", BEGUN)
    long_ago(run)
    run.checkpoint.touch()
    assert "make room" not in summarise(run.path).reason
    os.truncate(run.checkpoint, shutil.disk_usage(tmp_path).free + 2**36)  # sparse: it takes no room itself
    assert "make room" in summarise(run.path).reason


def add(content):
    def damage(run):
        with run.events.open("ab") as file:
            file.write(content)

    return damage


def folder_in_place_of(name):
    def damage(run):
        path = run.path / name
        path.unlink(missing_ok=True)
        path.mkdir()

    return damage


def process_without_types(run):
    own = TrainerProcess.this_one()
    values = {"pid": "x", "created": "y", "host": own.host, "command": [], "working_folder": "/"}
    run.process.write_text(json.dumps(values))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (add(b"\xff\xfegarbage\n"), None),
        (add(b"\0\0\0\n"), None),
        (add(b"[1]\n"), None),
        (add(b'{"event": "sta{"event": "failed", "step": 1}\n'), None),
        (add(b'{"event": "finished"}\n'), None),
        (add(b'{"event": "started"}\n'), None),
        (add(b'{"event": "failed", "step": 3, "time": 2e9}\n'), None),
        (add(b'{"event": "step", "losses": 3}\n'), None),
        (add(line({"event": "failed", "reason": "x" * 70_000}).encode()), "xxx"),
        (process_without_types, None),
        (folder_in_place_of("process.json"), "are damaged or cannot be read"),
        (folder_in_place_of("notes.txt"), "are damaged or cannot be read"),
        (folder_in_place_of("events.jsonl"), "are damaged or cannot be read"),
    ],
)
def test_a_damaged_run_hides_no_other(tmp_path, damage, reason):
    events = [*BEGUN, {"event": "stopped", "step": 10, "time": STARTED + 61}]
    make_run(tmp_path / "good", events)
    damage(make_run(tmp_path / "bad", events))
    runs = {run.name: run for run in RunList(tmp_path).look()}
    assert runs["good"].state is RunState.STOPPED
    if reason is None:
        assert (runs["bad"].state, runs["bad"].step) == (RunState.STOPPED, 10)
    else:
        assert runs["bad"].state is RunState.FAILED
        assert reason in runs["bad"].reason


def test_a_damaged_run_says_what_can_be_read_of_it(tmp_path):
    run = make_run(tmp_path / "run", [*BEGUN, validation(20, hair=0.01), {"event": "stopped", "step": 20}])
    run.config.write_text("{")
    write_notes(run.path, "on my photos")
    run.log.write_text("the last words")
    (damaged,) = RunList(tmp_path).look()
    assert "cannot be read" in damaged.reason
    assert (damaged.step, damaged.best, damaged.notes) == (20, {"hair": {"mad": 0.01}}, "on my photos")
    assert damaged.last_lines == ("the last words",)
    assert not damaged.can_resume


@pytest.mark.parametrize("name", ["notes.txt", "events.jsonl", "process.json"])
def test_a_run_with_files_that_cannot_be_read_is_deleted_once_nobody_writes_there(tmp_path, name):
    run = make_run(tmp_path / "run", BEGUN)
    folder_in_place_of(name)(run)
    with pytest.raises(RunError, match="stop it first"):
        delete_run(run.path)
    long_ago(run)
    moved = rename(run.path, "other")
    delete_run(moved)
    assert list(tmp_path.iterdir()) == []


def test_a_run_whose_events_cannot_be_read_is_not_deleted_while_its_trainer_lives(tmp_path, process):
    run = make_run(tmp_path / "run", [])
    enter(run, process)
    folder_in_place_of("events.jsonl")(run)
    long_ago(run)
    with pytest.raises(RunError, match="stop it first"):
        delete_run(run.path)
    process.kill()
    process.wait()
    delete_run(run.path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_with_a_damaged_configuration_is_deleted(tmp_path):
    run = make_run(tmp_path / "run", [*BEGUN, {"event": "stopped", "step": 10}])
    run.config.unlink()
    run.config.mkdir()
    delete_run(run.path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_deleted_by_half_is_none_and_goes_with_the_next_one(tmp_path, monkeypatch):
    half, whole = (make_run(tmp_path / name, [*BEGUN, {"event": "stopped", "step": 10}]) for name in ("half", "whole"))

    def busy(_folder):
        raise PermissionError(13, "The file is in use")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", busy)
        with pytest.raises(RunError, match="still there in part"):
            delete_run(half.path)
    assert [run.name for run in RunList(tmp_path).look()] == ["whole"]
    delete_run(whole.path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights on Windows")
def test_a_link_to_a_run_is_left_alone(tmp_path):
    run = make_run(tmp_path / "elsewhere" / "run", [*BEGUN, {"event": "stopped", "step": 10}])
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "run").symlink_to(run.path)
    with pytest.raises(RunError, match="is a link"):
        delete_run(tmp_path / "runs" / "run")
    assert run.config.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights on Windows")
def test_a_folder_that_cannot_be_asked_for_hides_no_run(tmp_path):
    make_run(tmp_path / "runs" / "good", [])
    (tmp_path / "runs" / "gone").symlink_to(
        "x" * 300
    )  # as a share that has dropped: no error of those that are waited for
    assert [run.name for run in RunList(tmp_path / "runs").look()] == ["good"]


def test_runs_that_cannot_be_listed_are_told_in_a_sentence(tmp_path):
    (tmp_path / "runs").write_text("no folder")
    with pytest.raises(RunError, match="cannot be listed"):
        RunList(tmp_path / "runs").look()
    assert RunList(tmp_path / "none yet").look() == ()


def test_a_machine_that_has_another_name_by_now_knows_its_trainer(tmp_path, process):
    run = make_run(tmp_path / "run", BEGUN)
    own = TrainerProcess.of(process.pid, ("train",), run.path)
    trained_by(run, process.pid, own.created, host="the-name-in-another-network")
    long_ago(run)
    assert summarise(run.path).state is RunState.RUNNING
    process.kill()
    process.wait()
    assert summarise(run.path).state is RunState.FAILED


def test_a_cut_off_and_a_damaged_line_do_not_hide_the_others(tmp_path):
    run = make_run(tmp_path / "run", BEGUN)
    with run.events.open("a") as file:
        file.write("no json\n" + line(validation(20, hair=0.01)) + '{"event": "fini')
    assert summarise(run.path).best == {"hair": {"mad": 0.01}}
    assert summarise(run.path).step == 20


def test_a_folder_without_a_run_is_none(tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        summarise(tmp_path)


def test_a_running_run_is_neither_renamed_nor_deleted(tmp_path, process):
    run = make_run(tmp_path / "run", BEGUN)
    enter(run, process)
    with pytest.raises(RunError, match="stop it first"):
        delete_run(run.path)
    with pytest.raises(RunError, match="stop it first"):
        rename(run.path, "other")
    assert run.events.exists()


def test_runs_are_renamed_and_deleted_and_annotated(tmp_path):
    make_run(tmp_path / "taken", [])
    run = make_run(tmp_path / "run", [*BEGUN, {"event": "stopped", "step": 10}])
    write_notes(run.path, "Wärmer\nzweite Zeile")
    assert summarise(run.path).notes == "Wärmer\nzweite Zeile"
    for name in ("", "a/b", "..", "taken", ".hidden", "queue.json", 300 * "x"):
        with pytest.raises(RunError):
            rename(run.path, name)
    moved = rename(run.path, "better name")
    assert summarise(moved).notes.startswith("Wärmer")
    delete_run(moved)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_folder_that_holds_no_run_is_not_deleted(tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(RunError, match="holds no run"):
        delete_run(tmp_path / "photos")
    assert (tmp_path / "photos").exists()


def test_the_best_model_is_exported_and_says_where_it_comes_from(tmp_path):
    run = make_run(tmp_path / "run", [*BEGUN, {"event": "stopped", "step": 10}])
    with pytest.raises(RunError, match="no best model yet"):
        export_model(run.path, "best", tmp_path / "model.safetensors")
    torch.manual_seed(0)
    network = MTGINet(width=0.125)
    save_model(run.best_model, ModelFile(plain_weights(network), network.width, {"size_px": "96"}))
    write_notes(run.path, "on my photos")
    export_model(run.path, "best", tmp_path / "model.safetensors")
    exported = read_model(tmp_path / "model.safetensors")
    assert exported.metadata["notes"] == "on my photos"
    assert exported.metadata["size_px"] == "96"
