"""A loss that is switched off takes what only it reaches out of the training, and a run may go on with it."""

from pathlib import Path
from typing import Any

import pytest
import torch
from generated_data import settings
from torch import Tensor

from core.training.config import parse_config
from core.training.loop import Trainer
from core.training.processes import Processes
from core.training.run import RunFolder

ALONE = Processes(rank=0, count=1, local_rank=0)
NOTHING = dict.fromkeys(("trimap", "side_heads", "laplacian", "composition", "alpha", "alpha_unknown"), 0.0)
SIDE_HEADS = {"decoder.head_os2", "decoder.head_os4", "decoder.head_os8"}
FINEST = {"decoder.head_os1", "decoder.conv1", "decoder.bn1", "encoder.rectify.0"}


def values(root: Path, **losses: float) -> dict[str, Any]:
    return settings(root, steps=2) | {"loss": losses}


def trained(trainer: Trainer) -> dict[str, Tensor]:
    return {name: weight for name, weight in trainer.state.network.named_parameters() if weight.requires_grad}


@pytest.mark.parametrize(
    ("losses", "left_out"),
    [
        ({}, set()),
        ({"side_heads": 0}, SIDE_HEADS),
        ({"trimap": 0}, {"trimap_head"}),
        (NOTHING | {"side_heads": 1}, {"trimap_head"} | FINEST),
        (NOTHING | {"trimap": 1}, {"decoder", "encoder.rectify"}),
    ],
)
def test_what_is_trained_is_what_gets_a_gradient(tmp_path: Path, losses: dict[str, float], left_out: set[str]) -> None:
    trainer = Trainer(parse_config(values(tmp_path / "data", **losses)), RunFolder(tmp_path), ALONE)
    trainer.step(next(trainer.drawn_batches()))
    weights = dict(trainer.state.network.named_parameters())
    assert trained(trainer).keys() == {name for name, weight in weights.items() if weight.grad is not None}
    assert trained(trainer).keys() == {
        name for name in weights if not any(name.startswith(f"{part}.") for part in left_out)
    }


def test_the_look_at_the_losses_leaves_no_trace_in_the_network(tmp_path: Path) -> None:
    every, one = (
        Trainer(parse_config(values(tmp_path / name, **losses)), RunFolder(tmp_path), ALONE).state.network
        for name, losses in (("every", {}), ("one", NOTHING | {"trimap": 1.0}))
    )
    assert every.training
    assert all(weight.grad is None for weight in every.parameters())
    assert all(torch.equal(tensor, one.state_dict()[name]) for name, tensor in every.state_dict().items())


def test_a_run_goes_on_with_a_loss_that_was_switched_off(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    before = parse_config(values(tmp_path / "data", side_heads=0))
    run.create(before)
    Trainer(before, run, ALONE).train()
    kept = torch.load(run.checkpoint, weights_only=True)
    longer = before.schedule.stages[0].model_copy(update={"steps": 4})
    schedule = before.schedule.model_copy(update={"stages": [longer]})
    loss = before.loss.model_copy(update={"side_heads": 20.0})
    again = Trainer(before.model_copy(update={"schedule": schedule, "loss": loss}), run, ALONE)
    again.resume()
    again.train()
    for head in SIDE_HEADS:
        name = f"{head}.0.weight"
        assert not torch.equal(again.state.network.get_parameter(name).cpu(), kept["network"][name])
