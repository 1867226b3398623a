import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from generated_portraits import person

from core.checkpoint import load_network
from core.image_io import write_image
from core.training.config import load_config
from core.training.run import RunFolder
from core.training.trainer_process import TrainerProcess
from matting_studio.app.training.runs import summarise
from matting_studio.cli import train
from matting_studio.cli.messages import NOBODY_READS

ROOT = Path(__file__).parents[2]
CONFIG = """
[data]
workers = {workers}
[[data.photos]]
folder = "data"
[[data.validation]]
name = "own"
folder = "data"
[network]
width = 0.125
[[schedule.stages]]
steps = {steps}
crop_px = 64
batch_size = 2
[run]
device = "cpu"
bfloat16 = false
validation_px = 64
log_steps = 1
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A configuration of three steps, and its data, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("image", "alpha"):
        (tmp_path / "data" / name).mkdir(parents=True)
    image, alpha = person(80, 72)
    write_image(tmp_path / "data" / "image" / "a.png", image)
    write_image(tmp_path / "data" / "alpha" / "a.png", alpha)
    path = tmp_path / "tiny.toml"
    path.write_text(CONFIG.format(workers=0, steps=3))
    return path


def events(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]


def test_a_run_leaves_its_folder_and_both_models(studio, config, tmp_path):
    outcome = studio("train", "--config", config, "--run", "runs/first")
    run = tmp_path / "runs" / "first"
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "Finished: the last model is runs/first/last.safetensors.\n"
    assert [entry["step"] for entry in events(run) if entry["event"] == "step"] == [1, 2, 3]
    assert events(run)[-1]["event"] == "finished"
    for name in ("best.safetensors", "last.safetensors"):
        assert load_network(run / name).width == 0.125


def test_a_run_without_a_name_is_called_after_its_configuration_and_the_time(studio, config, tmp_path):
    assert studio("train", "--config", config, "--set", "schedule.stages.0.steps=1").code == 0
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("tiny-2")


@pytest.mark.parametrize("place", ["tiny.toml", "tiny.toml/run", "closed/run", "locked/run", "r" * 300])
def test_a_folder_that_cannot_be_made_is_said_before_anything_is_built(place, studio, config, closed, monkeypatch):
    monkeypatch.setattr(train, "Trainer", None)
    (closed.parent / "locked").mkdir(mode=0o500)
    outcome = studio("train", "--config", config, "--run", place)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"The run's folder {place} cannot be made (")
    assert outcome.err.endswith("): name another one.\n")


def test_settings_override_the_configuration_and_are_kept(studio, config, tmp_path):
    outcome = studio(
        "train", "--config", config, "--run", "r", "--set", "schedule.stages.0.steps=1", "loss.alpha=3",
        "--set", "data.seed=7",
    )  # fmt: skip
    assert outcome.code == 0
    kept = json.loads((tmp_path / "r" / "config.json").read_text())
    assert (kept["schedule"]["stages"][0]["steps"], kept["loss"]["alpha"], kept["data"]["seed"]) == (1, 3, 7)


def test_a_resumed_run_goes_on_with_new_settings(studio, config, tmp_path):
    studio("train", "--config", config, "--run", "r")
    outcome = studio("train", "--resume", "r", "--set", "schedule.stages.0.steps=5")
    assert outcome.code == 0
    assert [entry["step"] for entry in events(tmp_path / "r") if entry["event"] == "step"] == [1, 2, 3, 4, 5]
    assert json.loads((tmp_path / "r" / "config.json").read_text())["schedule"]["stages"][0]["steps"] == 5


def test_json_events_are_the_lines_of_the_log(studio, config, tmp_path):
    outcome = studio("train", "--config", config, "--run", "r", "--json-events")
    assert outcome.code == 0
    assert [json.loads(line) for line in outcome.out.splitlines()] == events(tmp_path / "r")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--config", "missing.toml"], "there is no file missing.toml"),
        (["--config", "tiny.toml", "--resume", "data"], "not allowed with argument"),
        (["--resume", "data"], "holds no run"),
        (["--resume", "data", "--run", "r"], "leave out --run"),
        (["--run", "r"], "--config --resume is required"),
        (["--config", "tiny.toml", "--run", "data"], "data is not empty, there is alpha in it: name a new folder"),
        (["--config", "tiny.toml", "--set", "loss.beauty=1"], "loss.beauty"),
        (["--config", "tiny.toml", "--set", "data.seed=-1"], "data.seed"),
        (["--config", "tiny.toml", "--set", "data.photos.0.share=0"], "needs a share above 0"),
        (["--config", "tiny.toml", "--set", "nonsense"], "write key=value"),
        (["--config", "tiny.toml", "--set", "data.photos.9.folder=x"], "leads nowhere"),
        (["--config", "tiny.toml", "--set", "data.photos.0.folder=nowhere"], "nowhere is no data set"),
        (["--config", "tiny.toml", "--set", "data.validation.0.folder=nowhere"], "nowhere is no data set"),
        (["--config", "tiny.toml", "--set", "run.device=toaster"], "is no device"),
        (["--config", "tiny.toml", "--set", "network.base=gone.pth"], "no model file gone.pth"),
        (["--config", "tiny.toml", "--probe", "--set", "network.base=gone.pth"], "no model file gone.pth"),
        (["--config", "tiny.toml", "--set", "network.encoder_init=tiny.toml"], "tiny.toml is no .npz file"),
        (["--config", "tiny.toml", "--set", f"schedule.stages.0.steps={10**22}"], "This has to be at most 1e+09."),
    ],
)
def test_wrong_usage_leaves_no_run_behind(studio, config, tmp_path, words, reason):
    before = sorted(tmp_path.rglob("*"))
    outcome = studio("train", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert reason in outcome.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_damaged_checkpoint_ends_a_resume_with_a_sentence_that_is_noted(studio, config, tmp_path):
    studio("train", "--config", config, "--run", "r", "--set", "schedule.stages.0.steps=1")
    (tmp_path / "r" / "checkpoint.pt").write_bytes(b"hello world" * 1000)
    outcome = studio("train", "--resume", "r")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(
        "r/checkpoint.pt is damaged: put a copy of it there, or begin another run from the best"
    )
    assert (events(tmp_path / "r")[-1]["event"], events(tmp_path / "r")[-1]["reason"]) == (
        "failed",
        outcome.err.rstrip(),
    )


@pytest.mark.parametrize("what", ["process.lock", "events.jsonl", "config.json", ""])
def test_a_resume_that_cannot_write_ends_with_a_sentence(studio, config, tmp_path, like_a_user, what):
    run = tmp_path / "r"
    studio("train", "--config", config, "--run", "r", "--set", "schedule.stages.0.steps=1")
    for path in (run / "process.lock", run / what):
        path.touch()
        path.chmod(0o500 if path.is_dir() else 0o400)
    run.chmod(0o500)
    outcome = studio("train", "--resume", "r", "--set", "schedule.stages.0.steps=2")
    run.chmod(0o700)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("A file cannot be read or written: [Errno 13] Permission denied: 'r/")
    assert outcome.err.endswith("See to it, then resume.\n")


def test_a_run_that_another_process_trains_is_told_nothing(studio, config, tmp_path):
    studio("train", "--config", config, "--run", "r", "--set", "schedule.stages.0.steps=1")
    run = RunFolder(tmp_path / "r")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        run.enter(TrainerProcess.of(other.pid, (), tmp_path))
        before = run.events.read_bytes()
        outcome = studio("train", "--resume", "r")
        other.communicate(b"\n")
    assert outcome.code == 2
    assert f"by process {other.pid} already" in outcome.err
    assert run.events.read_bytes() == before


def test_a_run_is_never_begun_over_another(studio, config):
    words = ("train", "--config", config, "--run", "r", "--set", "schedule.stages.0.steps=1")
    studio(*words)
    outcome = studio(*words)
    assert outcome.code == 2
    assert "already holds a run" in outcome.err


def test_several_processes_need_the_run_s_name(config):
    arguments = train.argparse.Namespace(config=config, overrides=[], run=None)
    with pytest.raises(train.UsageError, match="name it with --run"):
        train.fresh(arguments, train.Processes(0, 2, 0))


@pytest.mark.parametrize(("workers", "content"), [(0, b"nothing"), (1, b"nothing"), (0, b"")])
def test_a_photo_that_turns_out_damaged_ends_the_run_with_a_sentence(studio, config, tmp_path, workers, content):
    (tmp_path / "data" / "image" / "a.png").write_bytes(content)
    outcome = studio("train", "--config", config, "--run", "r", "--set", f"data.workers={workers}")
    assert outcome.code == 1
    assert outcome.err == "data/image/a.png is damaged, cut short or no picture.\n"
    assert events(tmp_path / "r")[-1]["reason"] == outcome.err.rstrip()
    assert not multiprocessing.active_children()  # Python would wait for them at its end, and they for nothing


@pytest.mark.parametrize("workers", [0, 1])
def test_a_photo_that_cannot_be_read_ends_the_run_with_a_sentence(studio, config, tmp_path, workers):
    photo = tmp_path / "data" / "image" / "a.png"
    photo.unlink()
    photo.mkdir()
    outcome = studio("train", "--config", config, "--run", "r", "--set", f"data.workers={workers}")
    assert outcome.code == 1
    assert outcome.err.startswith("data/image/a.png cannot be read (")
    assert events(tmp_path / "r")[-1]["reason"] == outcome.err.rstrip()


SECOND_FAILS = """
import os, sys
from core.errors import DatasetError
from core.training.batches import CropBatches
from matting_studio.__main__ import main

def fail(*_, **__):
    raise DatasetError("b.png is damaged, cut short or no picture.")

if os.environ["RANK"] == "1":
    setattr(CropBatches, sys.argv.pop(1), fail)
else:
    del sys.argv[1]
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", ["__init__", "__getitem__"])
def test_what_another_process_failed_of_is_why_the_run_ended(config, tmp_path, where):
    script, run = tmp_path / "second_fails.py", RunFolder(tmp_path / "r")
    script.write_text(SECOND_FAILS)
    run.create(load_config(config, ["schedule.stages.0.batch_size=4"]))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*torchrun, script, where, "train", "--resume", run.path],
        cwd=tmp_path, env=environment, timeout=300, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "rank0" not in done.stderr  # a traceback of the one that only lost the other
    assert summarise(run.path).reason == "b.png is damaged, cut short or no picture."


class Started:
    """A long training in a process of its own, past its first step."""

    def __init__(self, config: Path) -> None:
        config.write_text(CONFIG.format(workers=1, steps=100_000))
        self.run = config.parent / "long"
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "main.py", "train", "--config", config, "--run", self.run, "--json-events"],
            cwd=config.parent, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        for line in self.process.stdout:
            if json.loads(line)["event"] == "step":
                break

    def end(self) -> tuple[int, str]:
        """Exit code and messages."""
        _, messages = self.process.communicate(timeout=300)
        return self.process.returncode, messages

    def saved_step(self) -> int:
        return torch.load(self.run / "checkpoint.pt", weights_only=True)["step"]


@pytest.fixture
def terminal():
    """Whose end is heard by what is started, also where the tests themselves are run under nohup."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def started(config, terminal):
    training = Started(config)
    yield training
    if training.process.poll() is None:
        training.process.kill()
        training.process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("how", [*train.WISHES_TO_STOP, "stop"], ids=str)
def test_a_stop_saves_the_run_and_ends_well(started, how):
    if how == "stop":
        started.process.stdin.write("stop\n")
        started.process.stdin.flush()
    else:
        # To the workers as well, as a terminal does it.
        os.killpg(started.process.pid, how)
    code, messages = started.end()
    assert code == 0
    assert f"Stopped at step {started.saved_step()}, and saved." in messages
    assert "Traceback" not in messages
    assert started.saved_step() >= 1
    assert events(started.run)[-1]["event"] == "stopped"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="tells the end of a pipe otherwise")
def test_a_run_whose_events_nobody_reads_any_more_is_saved(started):
    started.process.stdout.close()
    code, messages = started.end()
    assert code == NOBODY_READS
    assert messages.startswith(f"Stopped at step {started.saved_step()}, and saved.")
    assert started.saved_step() >= 1
    assert events(started.run)[-1]["event"] == "stopped"


@pytest.mark.slow
def test_the_first_signal_asks_and_a_later_one_ends_the_process():
    script = (
        "import os, signal, threading, time\n"
        "from matting_studio.cli.train import ONE_WISH_SECONDS, signals_set\n"
        "stop = threading.Event()\n"
        "with signals_set(stop):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print(stop.is_set(), flush=True)\n"
        "    time.sleep(1.1 * ONE_WISH_SECONDS)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('still here')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "True\n")
    assert done.stderr == train.STOPPING


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="terminals end without a signal")
def test_the_end_of_the_terminal_is_not_heard_where_it_is_ignored_as_by_nohup():
    stop = threading.Event()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with train.signals_set(stop):
            signal.raise_signal(signal.SIGHUP)
            assert not stop.is_set()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        with train.signals_set(stop):
            signal.raise_signal(signal.SIGHUP)
            assert stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)
