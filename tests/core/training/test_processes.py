"""Several processes do what one would do with their batches put together."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import torch
from generated_data import settings
from torch import distributed

from core.device import Device
from core.errors import ConfigError, DeviceError
from core.training import loop
from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import Processes, check_parts, join_processes, leave_processes
from core.training.run import RunFolder

PROGRAM = Path(__file__).parent / "gradients_of_a_step.py"
TRAIN = Path(__file__).parent / "train_run.py"
PROJECT = Path(__file__).parents[3]
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


def gradients(command: list[str], config: Path, folder: Path) -> dict[str, torch.Tensor]:
    out = folder / "gradients.pt"
    folder.mkdir()
    arguments = [*command, str(PROGRAM), str(config), str(folder), str(out)]
    subprocess.run(arguments, check=True, timeout=300, cwd=PROJECT, capture_output=True, env=environment())
    return torch.load(out, weights_only=True)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}


def test_a_process_without_a_gpu_of_its_own_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "pick_device", lambda name: Device("cuda"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    config = parse_config(settings(tmp_path / "data"))
    with pytest.raises(DeviceError, match="this machine has 1: start so many"):
        Trainer(config, RunFolder(tmp_path / "run"), Processes(rank=1, count=2, local_rank=1))


def test_processes_without_common_statistics_need_two_crops_each(tmp_path: Path) -> None:
    config = parse_config(settings(tmp_path / "data"))
    with pytest.raises(ConfigError, match=r"batch_size is 4, of which 4 processes have one crop each.* set it to 8"):
        Trainer(config, RunFolder(tmp_path / "run"), Processes(rank=0, count=4, local_rank=0))
    for device, count in (("cpu", 2), ("cuda", 4)):
        check_parts(config.schedule, torch.device(device), Processes(rank=0, count=count, local_rank=0))


def test_processes_wait_for_long_validations_and_do_without_nccl(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("RANK", "0"), ("WORLD_SIZE", "1"), ("MASTER_ADDR", "localhost"), ("MASTER_PORT", "0")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(distributed, "is_nccl_available", lambda: False)
    join_processes()
    try:
        assert distributed.get_backend() == "gloo"
        assert distributed.group.WORLD._get_backend(torch.device("cpu")).options._timeout > timedelta(hours=12)
    finally:
        leave_processes()


@pytest.mark.slow
def test_two_processes_have_the_gradients_of_one_with_the_double_batch(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings(tmp_path / "data")))
    alone = gradients([sys.executable], config, tmp_path / "alone")
    shared = gradients([*TORCHRUN], config, tmp_path / "shared")
    assert alone.keys() == shared.keys()
    largest = max(gradient.abs().max() for gradient in alone.values())
    for name, gradient in alone.items():
        assert torch.allclose(gradient, shared[name], rtol=1e-3, atol=1e-5 * float(largest)), name


@pytest.mark.slow
def test_processes_do_not_wait_for_weights_that_no_loss_reaches(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=3)
    values["loss"] = {"side_heads": 0, "laplacian": 0, "composition": 0, "alpha": 0}
    config, run = tmp_path / "config.json", RunFolder(tmp_path / "run")
    config.write_text(json.dumps(values))
    run.path.mkdir()
    arguments = [*TORCHRUN, str(TRAIN), str(config), str(run.path)]
    done = subprocess.run(
        arguments, check=False, timeout=300, cwd=PROJECT, capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 0, done.stderr
    assert (run.end, run.last_event()["step"]) == ("finished", 3)


@pytest.mark.slow
def test_crops_are_prepared_although_opencv_has_worked_with_threads_before(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=2)
    values["data"]["workers"] = 1
    config = tmp_path / "config.json"
    config.write_text(json.dumps(values))
    script = (
        "import sys, cv2, numpy as np\n"
        "from pathlib import Path\n"
        "from core.training.batches import Part, batches\n"
        "from core.training.config import load_config\n"
        "cv2.setNumThreads(4)\n"
        "cv2.resize(np.zeros((3000, 3000, 3), np.uint8), (999, 999), interpolation=cv2.INTER_AREA)\n"
        "print(len(list(batches(load_config(Path(sys.argv[1])), Part(), 0, 0))), cv2.getNumThreads())\n"
    )
    command = [sys.executable, "-c", script, str(config)]
    done = subprocess.run(
        command, check=True, timeout=120, cwd=PROJECT, capture_output=True, text=True, env=environment()
    )
    assert done.stdout == "2 4\n"
