"""Training takes bfloat16 where it is wanted and the device is faster with it, and float32 elsewhere."""

import json
from pathlib import Path

import pytest
import torch
from generated_data import settings
from torch import nn

from core.device import CPU
from core.engine import torch_engine
from core.engine.torch_engine import fastest_precision
from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.plain_log import plain
from core.training.precision import computing_in, training_precision
from core.training.processes import Processes
from core.training.run import RunFolder


def give_units(monkeypatch: pytest.MonkeyPatch, *, are_there: bool, faster: torch.dtype) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: are_there)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch_engine, "_faster_on_the_cpu", lambda: faster)


@pytest.mark.parametrize(
    ("mixed", "units", "faster", "dtype"),
    [
        (True, True, torch.bfloat16, torch.bfloat16),
        (True, True, torch.float32, torch.float32),
        (True, False, torch.bfloat16, torch.float32),
        (False, True, torch.bfloat16, torch.float32),
    ],
)
def test_bfloat16_takes_a_wish_units_and_that_they_are_fast(
    monkeypatch: pytest.MonkeyPatch, mixed: bool, units: bool, faster: torch.dtype, dtype: torch.dtype
) -> None:
    give_units(monkeypatch, are_there=units, faster=faster)
    assert training_precision(CPU, mixed=mixed) == dtype


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
def test_the_forward_pass_is_computed_in_it(dtype: torch.dtype) -> None:
    convolution = nn.Conv2d(3, 2, 3)
    with computing_in(dtype, CPU):
        assert convolution(torch.zeros(1, 3, 8, 8)).dtype == dtype
    assert convolution.weight.dtype == torch.float32


def test_a_run_with_mixed_precision_takes_what_the_processor_has_and_says_so(tmp_path: Path) -> None:
    values = settings(tmp_path / "data", steps=1)
    values["run"]["bfloat16"] = True
    config = parse_config(values)
    run = RunFolder(tmp_path / "run")
    run.create(config)
    Trainer(config, run, Processes(rank=0, count=1, local_rank=0)).train()
    native = fastest_precision(CPU)
    started = json.loads(run.events.read_text().splitlines()[0])
    assert started["event"] == "started"
    assert started["precision"] == str(native).removeprefix("torch.")
    assert plain(started) == f"Training on CPU in {started['precision']}: step 0 of 1."
