"""A network that starts from a model computes the same, and is as ready to learn as a fresh one."""

import numpy as np
import pytest
import torch
from torch import nn

from core.checkpoint import ModelFile, plain_weights, save_model
from core.errors import ConfigError
from core.network import MTGINet
from core.training.config import NetworkConfig
from core.training.initialisation import build_network
from core.training.spectral import fresh_scale, normalised_convolutions

WIDTH = 0.125


def of_unit_norm() -> MTGINet:
    """A network as model files have it: its convolutions' largest singular value is 1."""
    torch.manual_seed(0)
    network = MTGINet(WIDTH).eval()
    with torch.no_grad():
        for module in normalised_convolutions(network):
            # One direction far stronger than the others, as in trained networks: the rest is small then.
            module.weight[0] *= 20
            module.weight /= torch.linalg.matrix_norm(module.weight.flatten(1), 2)
    return network


@pytest.fixture
def base(tmp_path):
    network = of_unit_norm()
    path = tmp_path / "base.safetensors"
    save_model(path, ModelFile(plain_weights(network), WIDTH, {}))
    return network, path


def test_it_computes_what_the_model_computes(base):
    network, path = base
    started = build_network(NetworkConfig(base=path, width=WIDTH), seed=1).eval()
    images = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        before, after = network(images), started(images)
    # Model files keep 16 bits.
    torch.testing.assert_close(after.trimap_logits, before.trimap_logits, atol=5e-3, rtol=0)
    torch.testing.assert_close(after.alpha, before.alpha, atol=5e-3, rtol=0)


def test_its_weights_have_the_scale_that_learning_rates_are_made_for(base):
    network, path = base
    assert any(scale(module.weight) < 0.7 * fresh_scale(module) for module in normalised_convolutions(network))
    started = build_network(NetworkConfig(base=path, width=WIDTH), seed=1)
    for module in normalised_convolutions(started):
        raw = module.parametrizations.weight.original
        assert scale(raw) == pytest.approx(fresh_scale(module), rel=1e-3)


@pytest.mark.parametrize("layer", [nn.Conv2d(24, 40, 3), nn.ConvTranspose2d(24, 40, 4)])
def test_the_fresh_scale_is_pytorchs(layer):
    assert scale(layer.weight) == pytest.approx(fresh_scale(layer), rel=0.05)


def test_without_spectral_norm_weights_stay_as_they_are(base):
    network, path = base
    started = build_network(NetworkConfig(base=path, width=WIDTH, spectral_norm=False), seed=1)
    torch.testing.assert_close(started.decoder.conv1.weight, network.decoder.conv1.weight, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("how", ["gone", "folder", "text", "empty", "truncated", "single", "foreign", "wide"])
def test_filters_that_cannot_be_used_are_named(tmp_path, how):
    path = tmp_path / "filters.npz"
    match how:
        case "folder":
            path.mkdir()
        case "text":
            path.write_text("[data]\n")
        case "empty":
            path.touch()
        case "truncated":
            np.savez(path, a=np.zeros(1000))
            path.write_bytes(path.read_bytes()[:-40])
        case "single":
            with path.open("wb") as file:
                np.save(file, np.zeros(3))
        case "foreign":
            np.savez(path, a=np.zeros(3))
        case "wide":
            np.savez(path, **{"layer1.0.conv1.weight": np.zeros((64, 64, 3, 3), np.float32)})
    with pytest.raises(
        ConfigError, match=r"network\.encoder_init: .*filters\.npz .*: choose another file, or leave it out\."
    ):
        build_network(NetworkConfig(encoder_init=path, width=WIDTH), seed=1)


def scale(weight: torch.Tensor) -> float:
    return float(weight.detach().square().mean().sqrt())
