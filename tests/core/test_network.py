"""The network is the published one, whatever is folded away."""

import numpy as np
import pytest
import torch
from official_release import PARITY, official_state_dict

from core.network import MattingOutput, MTGINet
from core.network.folding import fold_batch_norm
from core.network.official import translate
from core.normalisation import normalise
from core.training.spectral import add_spectral_norm

# The reference was computed in float32 and is itself up to 2.5e-5 (alphas) from the same network in float64, with a
# mean of 2e-6; on another processor's kernels ours is as far off. So the agreement asked for, 1e-5, holds for the mean,
# and single pixels get the room that the reference's own rounding needs.
MEAN_TOLERANCE = 1e-5
ALPHA_TOLERANCE = 5e-5
LOGITS_TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def official() -> MTGINet:
    network = MTGINet()
    network.load_state_dict(translate(official_state_dict()))
    return network.eval()


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    return normalise(torch.from_numpy(np.load(PARITY)["image"]).permute(2, 0, 1)[None])


@pytest.fixture(scope="module")
def output(official: MTGINet, images: torch.Tensor) -> MattingOutput:
    with torch.inference_mode():
        return official(images)


@pytest.mark.parametrize("name", MattingOutput._fields)
def test_agrees_with_the_original_network(output: MattingOutput, name: str) -> None:
    difference = np.abs(getattr(output, name).numpy() - np.load(PARITY)[name])
    assert difference.mean() < MEAN_TOLERANCE
    assert difference.max() < (LOGITS_TOLERANCE if name == "trimap_logits" else ALPHA_TOLERANCE)


def test_has_the_published_number_of_weights() -> None:
    with torch.device("meta"):
        assert sum(weight.numel() for weight in MTGINet().parameters()) == 29_620_327


def test_inference_gives_what_the_whole_network_gives(
    official: MTGINet, images: torch.Tensor, output: MattingOutput
) -> None:
    with torch.inference_mode():
        trimap_logits, alpha = official.infer(images)
    assert torch.equal(trimap_logits, output.trimap_logits)
    assert torch.equal(alpha, output.alpha)


def test_folding_batch_norm_changes_nothing_but_rounding(images: torch.Tensor, output: MattingOutput) -> None:
    network = MTGINet()
    network.load_state_dict(translate(official_state_dict()))
    fold_batch_norm(network.eval())
    left = [name for name, module in network.named_modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert all(name.startswith("encoder.rectify") for name in left)
    with torch.inference_mode():
        folded = network(images)
    for before, after in zip(output, folded, strict=True):
        assert (before - after).abs().max() < 2e-4
        assert (before - after).abs().mean() < MEAN_TOLERANCE


def test_spectral_norm_takes_out_the_largest_singular_value() -> None:
    network = MTGINet(width=0.125)
    scale = 3.0
    with torch.no_grad():
        network.encoder.layer2[0].conv1.weight.mul_(scale)
        network.decoder.conv1.weight.mul_(scale)
    add_spectral_norm(network)
    for _ in range(50):
        weights = [network.encoder.layer2[0].conv1.weight, network.decoder.conv1.weight]
    for weight in weights:
        assert torch.linalg.matrix_norm(weight.detach().flatten(1), 2) == pytest.approx(1, abs=1e-2)


def test_heads_and_context_have_no_spectral_norm() -> None:
    network = MTGINet(width=0.125)
    add_spectral_norm(network)
    normalised = {name for name, module in network.named_modules() if hasattr(module, "parametrizations")}
    assert len(normalised) == 67
    assert not any(name.startswith(("context", "trimap_head", "decoder.head")) for name in normalised)


def test_refuses_sizes_that_are_no_multiple_of_32() -> None:
    with pytest.raises(ValueError, match="pad height and width to multiples of 32"):
        MTGINet(width=0.125)(torch.zeros(1, 3, 64, 65))


@pytest.mark.parametrize("precision", [torch.float16, torch.float64])
def test_official_weights_of_another_precision_are_translated_in_single(precision: torch.dtype) -> None:
    raw = torch.arange(6.0).reshape(2, 3, 1, 1)
    vectors = {"c.module.weight_u": torch.tensor([0.6, 0.8]), "c.module.weight_v": torch.tensor([0.0, 0.6, 0.8])}
    expected = translate({"c.module.weight_bar": raw, **vectors})["c.weight"]
    translated = translate({"c.module.weight_bar": raw.to(precision), **vectors})["c.weight"]
    assert translated.dtype == torch.float32
    assert torch.equal(translated, expected)
