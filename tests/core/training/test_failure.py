"""What ends a training is said in a sentence, and stands in its events."""

import errno
import json
from pathlib import Path
from typing import Any

import cv2
import pytest
import torch
from generated_data import settings

from core.errors import DatasetError, MattingError, TrainingError
from core.training import loop
from core.training.config import parse_config
from core.training.failure import explain
from core.training.loop import Trainer
from core.training.processes import Processes
from core.training.run import RunFolder

PEER_GONE = "[/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:43204."
FROM_A_WORKER = """Caught DatasetError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "x.py", line 1, in y
core.errors.DatasetError: a.png is damaged, cut short or no picture."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), "Memory ran out: lower crop_px"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "Memory ran out"),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), "Memory ran out"),
        (MemoryError(), "Memory ran out"),
        (cv2.error("Insufficient memory in function 'OutOfMemoryError'"), "Memory ran out"),
        (RuntimeError("DataLoader worker (pid(s) 12) exited unexpectedly"), "lower data.workers"),
        (RuntimeError("DataLoader worker (pid 12) is killed by signal: Killed. "), "lower data.workers"),
        (RuntimeError("DataLoader worker (pid 12) is killed by signal: Bus error. It is possible"), "--shm-size"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a.png"), "a.png"),
        (RuntimeError(PEER_GONE), "Another process of this training ended"),
        (RuntimeError("NCCL error: ncclRemoteError: A call failed"), "Another process of this training ended"),
        (DatasetError(FROM_A_WORKER), "a.png is damaged, cut short or no picture."),
    ],
)
def test_what_happens_to_a_training_is_a_sentence(error: Exception, words: str) -> None:
    explained = explain(error)
    assert isinstance(explained, MattingError)
    assert words in str(explained)
    assert "Traceback" not in str(explained)


def test_why_a_worker_is_gone_is_known_behind_that_it_is() -> None:
    error = RuntimeError("DataLoader worker (pid(s) 12) exited unexpectedly")
    error.__cause__ = RuntimeError("DataLoader worker (pid 12) is killed by signal: Bus error. It is possible")
    assert "--shm-size" in str(explain(error))


needs_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


@needs_full_device
def test_a_disk_that_is_full_is_known_behind_what_pytorch_says_of_it() -> None:
    is_refused = pytest.raises(OSError, match="No space left")  # once more, at the end of the file
    with is_refused, Path("/dev/full").open("wb") as file, pytest.raises((RuntimeError, OSError)) as kept:
        torch.save(torch.zeros(100_000), file)
    assert str(explain(kept.value)) == "The disk is full: make room, then resume."


@needs_full_device
def test_a_failure_that_cannot_be_noted_is_raised_all_the_same(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data"))
    run = RunFolder(tmp_path / "run")
    run.create(config)
    run.events.symlink_to("/dev/full")
    with pytest.raises(TrainingError, match="The disk is full: make room, then resume"):
        Trainer(config, run, Processes(0, 1, 0)).train()


def test_a_defect_is_no_sentence() -> None:
    assert explain(KeyError("x")) is None
    assert explain(RuntimeError("mat1 and mat2 shapes cannot be multiplied")) is None


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), TrainingError, "Memory ran out"),
        (ZeroDivisionError("division by zero"), ZeroDivisionError, "A defect of the program: ZeroDivisionError"),
    ],
)
def test_the_events_of_a_run_end_with_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, raised: type[Exception], reason: str
) -> None:
    def break_down(*args: Any) -> None:
        raise error

    config = parse_config(settings(tmp_path / "data"))
    run = RunFolder(tmp_path / "run")
    run.create(config)
    monkeypatch.setattr(loop, "weighted_losses", break_down)
    with pytest.raises(raised):
        Trainer(config, run, Processes(0, 1, 0)).train()
    last = json.loads(run.events.read_text().splitlines()[-1])
    assert (last["event"], last["step"]) == ("failed", 0)
    assert last["reason"].startswith(reason)


def test_of_several_processes_the_first_to_fail_tells_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: Exception, rank: int) -> str:
        def break_down(*args: Any) -> None:
            raise error

        monkeypatch.setattr(loop, "weighted_losses", break_down)
        with pytest.raises(MattingError) as kept:
            Trainer(config, run, Processes(rank, 1, 0)).train()
        return str(kept.value)

    config = parse_config(settings(tmp_path / "data"))
    run = RunFolder(tmp_path / "run")
    run.create(config)
    assert "Another process" in fail(RuntimeError(PEER_GONE), rank=2)
    assert run.noted_failure() is None  # that it was alone is no cause
    assert fail(DatasetError("a.png is damaged."), rank=1) == "a.png is damaged."
    assert not run.events.exists()
    for rank in (2, 0):
        assert fail(RuntimeError(PEER_GONE), rank) == "a.png is damaged."
    assert run.last_event()["reason"] == "a.png is damaged."
    run.claim()
    assert "Another process" in fail(RuntimeError(PEER_GONE), rank=0)  # the cause of the training before is no cause
