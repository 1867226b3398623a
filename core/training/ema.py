"""Averaged weights: what is validated, kept and shipped."""

import torch
from torch import Tensor

from core.network import MTGINet


class AveragedNetwork:
    """Exponential moving average of a network's plain weights and batch statistics."""

    def __init__(self, network: MTGINet, decay: float) -> None:
        self.decay = decay
        self.network = plain_copy(network)
        self.updates = 0

    @torch.no_grad()
    def update(self, network: MTGINet) -> None:
        self.updates += 1
        # Young averages forget faster, or the random start would stay in them for long.
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        network.eval()  # while training, a look at a normalised weight would be a power iteration
        averaged, current = floats(self.network), floats(network)
        network.train()
        names = list(averaged)
        torch._foreach_lerp_([averaged[name] for name in names], [current[name] for name in names], 1 - decay)


def plain_copy(network: MTGINet) -> MTGINet:
    """The network without spectral norm, in eval mode, sharing nothing with the original."""
    training, device = network.training, next(network.parameters()).device
    copied = MTGINet(network.width).to(device)
    copied.load_state_dict(floats(network.eval()), strict=False)
    network.train(training)
    return copied.eval().requires_grad_(False)


def floats(network: MTGINet) -> dict[str, Tensor]:
    """Weights and batch statistics by plain name; a spectrally normalised weight appears normalised."""
    tensors: dict[str, Tensor] = {}
    for prefix, module in network.named_modules():
        if ".parametrizations" in f".{prefix}":
            continue
        own = dict(module.named_parameters(recurse=False)) | dict(module.named_buffers(recurse=False))
        if hasattr(module, "parametrizations"):
            own["weight"] = module.weight
        tensors |= {f"{prefix}.{name}": t.detach() for name, t in own.items() if t.is_floating_point()}
    return tensors
