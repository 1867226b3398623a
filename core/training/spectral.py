"""Spectral normalisation of encoder and decoder, on while training; what is kept are the normalised weights."""

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from core.network import MTGINet


def add_spectral_norm(network: MTGINet) -> None:
    """Parametrise every convolution of encoder and decoder but those of the alpha heads, as published."""
    for module in list(normalised_convolutions(network)):
        # dim 0 for transposed convolutions too: the published code flattens all but the first axis.
        spectral_norm(module, dim=0)


def enlarge_to_fresh_scale(network: MTGINet) -> None:
    """Give weights that were normalised the scale that fresh ones have; to be done before they are parametrised.

    The normalisation takes any scale out again, so the network stays the same one. But Adam's steps have the size of
    the learning rate whatever the weights' is: on weights left as small as a model file has them, a rate that is right
    for fresh ones acted up to six times as strong, and unlearned within fifty steps what had taken hours.
    """
    with torch.no_grad():
        for module in normalised_convolutions(network):
            scale = module.weight.square().mean().sqrt()
            if scale > 0:
                module.weight *= fresh_scale(module) / scale


def fresh_scale(module: nn.Conv2d | nn.ConvTranspose2d) -> float:
    """Root mean square of the weights that PyTorch begins with: uniform within 1 / sqrt(fan in)."""
    return float(1 / (3 * module.weight[0].numel()) ** 0.5)


def normalised_convolutions(network: MTGINet) -> Iterator[nn.Conv2d | nn.ConvTranspose2d]:
    for part in (network.encoder, network.decoder):
        for name, module in part.named_modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and not name.startswith("head"):
                yield module
