"""Norms that do something: those of an untrained network change nothing, and could be left out unnoticed."""

from typing import TypeVar

import torch
from torch import nn

N = TypeVar("N", bound=nn.Module)


def with_lively_norms(network: N) -> N:
    """The network in eval mode, its norms drawn from PyTorch's generator, without gradients."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.2)
    return network.eval().requires_grad_(False)
