"""A tiny network, loaded once."""

import pytest
import torch

from core.checkpoint import ModelFile, plain_weights, save_model
from core.network import MTGINet
from core.predictor import MattingPredictor


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    torch.manual_seed(0)
    network = MTGINet(width=0.125)
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    save_model(path, ModelFile(plain_weights(network), network.width, {"size_px": "32"}))
    return path


@pytest.fixture(scope="session")
def predictor(tiny_model):
    return MattingPredictor.from_checkpoint(tiny_model, "cpu")
