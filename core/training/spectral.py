"""Spectral normalisation of encoder and decoder, on while training; what is kept are the normalised weights."""

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from core.network import MTGINet


def add_spectral_norm(network: MTGINet) -> None:
    """Parametrise every convolution of encoder and decoder but those of the alpha heads, as published."""
    for part in (network.encoder, network.decoder):
        for name, module in part.named_modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and not name.startswith("head"):
                # dim 0 for transposed convolutions too: the published code flattens all but the first axis.
                spectral_norm(module, dim=0)
