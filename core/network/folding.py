"""Folds batch normalisation into the convolutions before it: the same function, fewer passes over memory."""

import itertools

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from core.network.mtginet import MTGINet


def fold_batch_norm(network: MTGINet) -> None:
    """Fold in place every norm that directly follows a convolution; the network must be in eval mode.

    The norms of the rectification modules follow a ReLU and stay.
    """
    for module in network.modules():
        children = dict(module.named_children())
        if isinstance(module, nn.Sequential):
            names = list(children)
            pairs = list(itertools.pairwise(names))
        else:
            pairs = [(name, name.replace("conv", "bn")) for name in children if name.startswith("conv")]
        for conv_name, norm_name in pairs:
            conv, norm = children[conv_name], children.get(norm_name)
            if isinstance(conv, nn.Conv2d | nn.ConvTranspose2d) and isinstance(norm, nn.BatchNorm2d):
                fused = fuse_conv_bn_eval(conv, norm, transpose=isinstance(conv, nn.ConvTranspose2d))
                setattr(module, conv_name, fused)
                setattr(module, norm_name, nn.Identity())
