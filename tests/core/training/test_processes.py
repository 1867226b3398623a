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
