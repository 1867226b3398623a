"""Several processes do what one would do with their batches put together."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from generated_data import settings

PROGRAM = Path(__file__).parent / "gradients_of_a_step.py"
PROJECT = Path(__file__).parents[3]


def gradients(command: list[str], config: Path, folder: Path) -> dict[str, torch.Tensor]:
    out = folder / "gradients.pt"
    folder.mkdir()
    arguments = [*command, str(PROGRAM), str(config), str(folder), str(out)]
    subprocess.run(arguments, check=True, timeout=300, cwd=PROJECT, capture_output=True, env=environment())
    return torch.load(out, weights_only=True)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}


@pytest.mark.slow
def test_two_processes_have_the_gradients_of_one_with_the_double_batch(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings(tmp_path / "data")))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    alone = gradients([sys.executable], config, tmp_path / "alone")
    shared = gradients(torchrun, config, tmp_path / "shared")
    assert alone.keys() == shared.keys()
    largest = max(gradient.abs().max() for gradient in alone.values())
    for name, gradient in alone.items():
        assert torch.allclose(gradient, shared[name], rtol=1e-3, atol=1e-5 * float(largest)), name


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
