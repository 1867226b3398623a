"""Each loss measures what its name says, where it should, and as a mean of samples."""

import pytest
import torch

from core.network import MattingOutput
from core.training.config import LossConfig
from core.training.losses import LOSSES, Targets, laplacian_pyramid, weighted_losses

N, H, W = 2, 64, 96


def targets(unknown_rows: int = 32) -> Targets:
    generator = torch.Generator().manual_seed(1)
    trimap = torch.zeros(N, H, W, dtype=torch.int64)
    trimap[:, :unknown_rows] = 1
    trimap[:, unknown_rows:, W // 2 :] = 2
    return Targets(
        alpha=torch.rand(N, 1, H, W, generator=generator),
        trimap=trimap,
        contrast=torch.full((N, 1, H, W), 0.5),
        transition_weight=torch.ones(N),
    )


def output(alpha: torch.Tensor, sides: torch.Tensor | None = None) -> MattingOutput:
    sides = alpha if sides is None else sides
    logits = torch.zeros(N, 3, H // 16, W // 16)
    return MattingOutput(logits, alpha, sides, sides, sides)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "trimap"])
def test_the_true_alpha_costs_nothing(name: str) -> None:
    true = targets()
    assert LOSSES[name](output(true.alpha), true) == 0


def test_a_uniform_error_costs_itself() -> None:
    true = targets()
    off = output(true.alpha - 0.25)
    assert LOSSES["alpha"](off, true) == pytest.approx(0.25)
    assert LOSSES["alpha_unknown"](off, true) == pytest.approx(0.25)
    assert LOSSES["side_heads"](off, true) == pytest.approx(0.75)
    assert LOSSES["composition"](off, true) == pytest.approx(0.125)


def test_errors_outside_the_unknown_region_are_seen_by_alpha_and_composition_alone() -> None:
    true = targets()
    alpha = true.alpha.clone()
    alpha[:, :, 40:] += 0.5
    off = output(alpha)
    assert {name for name in LOSSES if name != "trimap" and LOSSES[name](off, true) > 0} == {"alpha", "composition"}


def test_the_laplacian_sees_lost_detail_more_than_a_lost_level() -> None:
    true = targets(unknown_rows=H)
    flat = torch.full_like(true.alpha, float(true.alpha.mean()))
    shifted = true.alpha - (true.alpha - flat).abs().mean()
    assert LOSSES["alpha"](output(flat), true) == pytest.approx(float(LOSSES["alpha"](output(shifted), true)), rel=1e-4)
    assert LOSSES["laplacian"](output(flat), true) > 2 * LOSSES["laplacian"](output(shifted), true)


def test_the_pyramid_has_five_levels_and_bands_without_mean() -> None:
    bands = laplacian_pyramid(torch.ones(1, 1, 64, 64))
    assert [tuple(band.shape[2:]) for band in bands] == [(64, 64), (32, 32), (16, 16), (8, 8), (4, 4)]
    assert all(band.abs().max() < 1e-6 for band in bands[:-1])
    assert torch.allclose(bands[-1], torch.ones(1, 1, 4, 4))


def test_the_trimap_is_compared_at_a_sixteenth() -> None:
    true = targets()
    right = torch.nn.functional.one_hot(true.trimap[:, ::16, ::16], 3).permute(0, 3, 1, 2).float() * 20
    assert LOSSES["trimap"](output(true.alpha)._replace(trimap_logits=right), true) < 1e-6
    assert LOSSES["trimap"](output(true.alpha), true) == pytest.approx(1.0986, abs=1e-3)


def test_a_source_that_is_not_trusted_weighs_less_in_the_transition() -> None:
    true = targets()
    off = output(true.alpha - 0.25)
    doubted = Targets(true.alpha, true.trimap, true.contrast, torch.tensor([0.0, 1.0]))
    for name in ("side_heads", "laplacian", "alpha_unknown"):
        trusted = LOSSES[name](off, true)
        assert LOSSES[name](off, doubted) == pytest.approx(float(trusted) / 2, rel=0.1)
    assert LOSSES["alpha"](off, doubted) == LOSSES["alpha"](off, true)


def test_a_batch_costs_the_mean_of_its_halves() -> None:
    true = targets()
    true.trimap[0, :20] = 0  # samples with unknown regions of different size
    predicted = output(torch.rand(N, 1, H, W, generator=torch.Generator().manual_seed(2)))
    for loss in LOSSES.values():
        halves = [
            loss(
                MattingOutput(*(t[i : i + 1] for t in predicted)), Targets(*(t[i : i + 1] for t in vars(true).values()))
            )
            for i in range(N)
        ]
        assert loss(predicted, true) == pytest.approx(float(sum(halves)) / N, rel=1e-5)


def test_weights_scale_and_switch_off() -> None:
    true = targets()
    off = output(true.alpha - 0.25)
    losses = weighted_losses(off, true, LossConfig(alpha=2.0, trimap=0, laplacian=0, side_heads=0))
    assert set(losses) == {"alpha", "composition"}
    assert losses["alpha"] == pytest.approx(0.5)
