"""The network as an OpenVINO graph, straight from a model's weights: no PyTorch, no conversion, nothing to cache.

The same function as `core.network` computes in `infer`; a test holds them together. Names are those of the weights.
Three things are arranged otherwise, as they then cost less. Norms are folded into the convolutions before them. The
1x1 convolution of an upsampling shortcut comes before the enlargement: repeating pixels commutes with it. The part of
the context that comes from the whole picture is convolved once and added, and not spread over it first.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.architecture import DECODER_BLOCKS, ENCODER_BLOCKS
from core.engine.openvino_operators import Array, Encode, Node, Operators
from core.engine.picture_encoding import PictureEncoding

SLOPE = 0.2


def mtginet_graph(weights: Mapping[str, Array], encoding: PictureEncoding) -> Any:
    """An `openvino.Model` for (N, H, W, channels of the encoding) float32 -> trimap logits and alpha, NCHW.

    `weights` have the entries of `core.architecture`. N is anything, H and W multiples of 32.
    """
    builder = _Builder(weights)
    ov, ops = builder.ov, builder.ops
    pixels = ops.parameter(ov.PartialShape([-1, -1, -1, encoding.channels]), np.float32, name="pixels")
    picture = ops.transpose(pixels, builder.integers(0, 3, 1, 2))
    features, context_input = builder.encoder(picture, encoding)
    context = builder.context(context_input)
    logits = builder.conv(builder.enlarge(context, "linear_onnx"), "trimap_head")
    alpha = builder.decoder(context, features, picture, encoding)
    return ov.Model([logits, alpha], [pixels], "mtginet")


class _Builder(Operators):
    # Parts of the network

    def encoder(self, picture: Node, encoding: PictureEncoding) -> tuple[list[Node], Node]:
        """The rectified skips at H, H/2, H/4, H/8, H/16, and the features at H/32."""
        relu = self.ops.relu
        x = relu(self.conv(picture, "encoder.conv1", "encoder.bn1", stride=2, encode=encoding.kernel))
        x = relu(self.conv(x, "encoder.conv2", "encoder.bn2"))
        skips = [self.rectified(picture, "encoder.rectify.0", encoding.kernel), self.rectified(x, "encoder.rectify.1")]
        x = relu(self.conv(x, "encoder.conv3", "encoder.bn3", stride=2))
        for stage, blocks in enumerate(ENCODER_BLOCKS, 1):
            for block in range(blocks):
                stride = 2 if stage > 1 and block == 0 else 1
                x = self.residual(x, f"encoder.layer{stage}.{block}", relu, stride)
            if stage < len(ENCODER_BLOCKS):
                skips.append(self.rectified(x, f"encoder.rectify.{stage + 1}"))
        return skips, x

    def context(self, x: Node) -> Node:
        relu = self.ops.relu
        branches = [relu(self.conv(x, "context.point.conv", "context.point.bn"))]
        for name, dilation in (("near", 2), ("middle", 4), ("far", 8)):
            branches.append(relu(self.conv(x, f"context.{name}.conv", f"context.{name}.bn", dilation=dilation)))
        mean = self.ops.reduce_mean(x, self.integers(2, 3), keep_dims=True)
        whole = relu(self.conv(mean, "context.whole.conv", "context.whole.bn"))
        kernel, bias = self.folded("context.join.conv", "context.join.bn")
        near = kernel.shape[1] * len(branches) // (len(branches) + 1)
        joined = self.ops.add(
            self.convolution(self.ops.concat(branches, 1), kernel[:, :near]),
            self.biased(self.convolution(whole, kernel[:, near:]), bias),
        )
        return relu(joined)

    def decoder(self, x: Node, skips: list[Node], picture: Node, encoding: PictureEncoding) -> Node:
        """Alpha at H."""
        for stage, blocks in enumerate(DECODER_BLOCKS, 1):
            x = self.upsampling(x, f"decoder.layer{stage}.0")
            for block in range(1, blocks):
                x = self.residual(x, f"decoder.layer{stage}.{block}", self.leaky)
            x = self.ops.add(x, skips[-stage])
        x = self.leaky(self.doubled(x, "decoder.conv1", "decoder.bn1"))
        x = self.ops.concat([self.ops.add(x, skips[0]), picture], 1)

        def encode(kernel: Array) -> Array:
            return np.concatenate([kernel[:, :-3], encoding.kernel(kernel[:, -3:])], 1)

        head = "decoder.head_os1"
        x = self.leaky(self.conv(x, f"{head}.0", f"{head}.1", encode=encode))
        x = self.ops.tanh(self.conv(x, f"{head}.3"))
        return self.ops.multiply(self.ops.add(x, self.constant(1.0)), self.constant(0.5))

    # Blocks

    def leaky(self, x: Node) -> Node:
        return self.ops.prelu(x, self.constant([SLOPE]))

    def residual(self, x: Node, name: str, activation: Callable[[Node], Node], stride: int = 1) -> Node:
        inner = activation(self.conv(x, f"{name}.conv1", f"{name}.bn1", stride=stride))
        inner = self.conv(inner, f"{name}.conv2", f"{name}.bn2")
        if stride != 1:
            pooled = self.ops.avg_pool(x, [2, 2], [0, 0], [0, 0], [2, 2], exclude_pad=True)
            x = self.conv(pooled, f"{name}.shortcut.1", f"{name}.shortcut.2")
        return activation(self.ops.add(inner, x))

    def upsampling(self, x: Node, name: str) -> Node:
        inner = self.leaky(self.doubled(x, f"{name}.conv1", f"{name}.bn1"))
        inner = self.conv(inner, f"{name}.conv2", f"{name}.bn2")
        shortcut = self.enlarge(self.conv(x, f"{name}.shortcut.1", f"{name}.shortcut.2"), "nearest")
        return self.leaky(self.ops.add(inner, shortcut))

    def rectified(self, x: Node, name: str, encode: Encode | None = None) -> Node:
        """Twice 3x3, ReLU, norm; the norms follow a ReLU and cannot be folded."""
        for first, kernel_encoding in ((0, encode), (3, None)):
            scale, shift = self.scale_and_shift(f"{name}.{first + 2}")
            x = self.ops.relu(self.conv(x, f"{name}.{first}", encode=kernel_encoding))
            x = self.ops.add(self.ops.multiply(x, self.per_channel(scale)), self.per_channel(shift))
        return x
