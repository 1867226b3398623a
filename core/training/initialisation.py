"""Where a network starts: a model, an ImageNet encoder, or chance."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from core.checkpoint import fill, read_model
from core.errors import ConfigError
from core.network import MTGINet
from core.network.blocks import ResidualBlock
from core.training.config import NetworkConfig
from core.training.spectral import add_spectral_norm, enlarge_to_fresh_scale


def build_network(config: NetworkConfig, seed: int) -> MTGINet:
    """A network ready to be trained. Raises ConfigError where what it starts from does not fit."""
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

    The further blocks start as the identity, so that they hand these features on. Raises ConfigError where the file
    holds no such filters, or the network is not as wide as they are.
    """
    filters = read_filters(path)
    with torch.no_grad():
        for stage in ("layer1", "layer2", "layer3"):
            blocks: nn.Sequential = getattr(network.encoder, stage)
            for index, block in enumerate(blocks):
                assert isinstance(block, ResidualBlock)
                if index and f"{stage}.{index}.conv1.weight" not in filters:
                    nn.init.zeros_(block.bn2.weight)
                    continue
                for conv in ("conv1", "conv2"):
                    weight, wanted = getattr(block, conv).weight, filters.get(f"{stage}.{index}.{conv}.weight")
                    if wanted is None or wanted.shape != weight.shape:
                        raise ConfigError(
                            f"network.encoder_init: {path} does not hold the filters of a ResNet-18, or network.width, "
                            "which is to be 1 for them, is another: choose another file, or leave it out."
                        )
                    weight.copy_(wanted)


def read_filters(path: Path) -> dict[str, Tensor]:
    """The arrays of an .npz file. Raises ConfigError where it is none."""
    try:
        with np.load(path) as archive:
            return {name: torch.from_numpy(archive[name]) for name in archive.files}
    except OSError as error:
        raise ConfigError(
            f"network.encoder_init: {path} cannot be read ({error.strerror or error}): choose another file, or "
            "leave it out."
        ) from error
    # TypeError: a single array, or numbers that PyTorch does not have.
    except (ValueError, TypeError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise ConfigError(
            f"network.encoder_init: {path} is no .npz file, or it is damaged: choose another file, or leave it out."
        ) from error
