"""MTGINet: one encoder-decoder that predicts a trimap and then, gradually, the alpha matte.

Multi-task gradual inference with a single encoder-decoder network for automatic portrait matting,
Computational Visual Media 11(6), 2025.
"""

from core.network.mtginet import MattingOutput, MTGINet

__all__ = ["MTGINet", "MattingOutput"]
