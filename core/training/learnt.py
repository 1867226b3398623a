"""Which weights a training learns: those that one of its losses reaches."""

import torch

from core.network import MTGINet
from core.network.mtginet import STRIDE
from core.training.config import LossConfig
from core.training.losses import Targets, weighted_losses


def learn_what_losses_reach(network: MTGINet, weights: LossConfig) -> None:
    """Weights that get no gradient, since their loss is switched off, are not to be trained: heads, or all that only
    the alpha needs. Processes that share a training would wait for these gradients for ever."""
    device = next(network.parameters()).device
    image = torch.zeros(1, 3, STRIDE, STRIDE, device=device)
    plane = image[:, :1]
    targets = Targets(plane, torch.ones_like(plane[0], dtype=torch.int64), plane, torch.ones(1, device=device))
    parameters = list(network.parameters())
    training = network.training
    network.eval()  # a look while training would change batch statistics and the power iterations of spectral norms
    total = torch.stack(list(weighted_losses(network(image), targets, weights).values())).sum()
    network.train(training)
    gradients = torch.autograd.grad(total, parameters, allow_unused=True)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.requires_grad_(gradient is not None)
