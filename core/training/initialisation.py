"""Where a network starts: a model, an ImageNet encoder, or chance."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.checkpoint import fill, read_model
from core.errors import ConfigError
from core.network import MTGINet
from core.network.blocks import ResidualBlock
from core.training.config import NetworkConfig
from core.training.spectral import add_spectral_norm, enlarge_to_fresh_scale


def build_network(config: NetworkConfig, seed: int) -> MTGINet:
    """A network ready to be trained. Raises ConfigError where the base model has another width."""
    torch.manual_seed(seed)
    network = MTGINet(config.width)
    if config.base is not None:
        model = read_model(config.base)
        if model.width != config.width:
            raise ConfigError(f"{config.base} has the width {model.width}: set network.width to it.")
        fill(network, model.weights)
        if config.spectral_norm:
            enlarge_to_fresh_scale(network)
    elif config.encoder_init is not None:
        start_from_resnet18(network, config.encoder_init)
    if config.spectral_norm:
        add_spectral_norm(network)
    return network.train()


def start_from_resnet18(network: MTGINet, path: Path) -> None:
    """Copy the filters of an ImageNet ResNet-18 into the first two blocks of layers 1-3.

    The further blocks start as the identity, so that they hand these features on.
    """
    filters = np.load(path)
    with torch.no_grad():
        for stage in ("layer1", "layer2", "layer3"):
            blocks: nn.Sequential = getattr(network.encoder, stage)
            for index, block in enumerate(blocks):
                assert isinstance(block, ResidualBlock)
                if f"{stage}.{index}.conv1.weight" not in filters:
                    nn.init.zeros_(block.bn2.weight)
                    continue
                for conv in ("conv1", "conv2"):
                    getattr(block, conv).weight.copy_(torch.from_numpy(filters[f"{stage}.{index}.{conv}.weight"]))
