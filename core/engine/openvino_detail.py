"""The detail network by OpenVINO, from its weights: what `core.network.detail` computes, held to it by a test."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.architecture import DETAIL_CERTAIN
from core.device import CPU, Device
from core.engine.interface import check_tile
from core.engine.openvino_compiled import CompiledGraph, Precision, fastest_precision
from core.engine.openvino_operators import Array, Encode, Node, Operators
from core.engine.picture_encoding import PictureEncoding, encoding_for


class OpenVinoDetail:
    device: Device = CPU
    at_once = 1

    def __init__(self, weights: Mapping[str, Array], precision: Precision | None = None) -> None:
        """`precision`: None is the one in which the processor is faster."""
        precision = precision or fastest_precision()
        self._encoding = encoding_for(precision)
        self._graph = CompiledGraph(detail_graph(weights, self._encoding), precision)

    def refine(self, pictures: Sequence[NDArray[np.generic]], alphas: Sequence[Array]) -> list[Array]:
        return [self._refine(picture, alpha) for picture, alpha in zip(pictures, alphas, strict=True)]

    def _refine(self, picture: NDArray[np.generic], alpha: Array) -> Array:
        check_tile(picture, alpha)
        told = 2 * alpha - 1
        (refined,) = self._graph.run(np.dstack([self._encoding.pixels(picture), told])[None])
        plane: Array = refined[0, 0]
        return plane


def detail_graph(weights: Mapping[str, Array], encoding: PictureEncoding) -> Any:
    """An `openvino.Model` for (N, H, W, channels of the encoding and 1) float32 -> alpha, (N, 1, H, W).

    The last channel is what is known of alpha, from -1 to 1. H and W are multiples of 16.
    """
    builder = _Builder(weights)
    ov, ops = builder.ov, builder.ops
    seen = ops.parameter(ov.PartialShape([-1, -1, -1, encoding.channels + 1]), np.float32, name="seen")
    return ov.Model([builder.alpha(ops.transpose(seen, builder.integers(0, 3, 1, 2)), encoding)], [seen], "detail")


class _Builder(Operators):
    def alpha(self, seen: Node, encoding: PictureEncoding) -> Node:
        def encode(kernel: Array) -> Array:
            """The last four channels of a kernel are the picture and what is known of alpha."""
            own, picture, told = kernel[:, :-4], kernel[:, -4:-1], kernel[:, -1:]
            return np.concatenate([own, encoding.kernel(picture), told], 1)

        relu = self.ops.relu
        x2 = self.activated(seen, "down2.0", stride=2, encode=encode)
        x2 = self.activated(x2, "down2.1")
        x4 = self.residual(self.activated(x2, "down4.0", stride=2), "down4.1")
        x8 = self.activated(x4, "down8.0", stride=2)
        x8 = self.residuals(x8, "down8.1", "down8.2")
        x16 = self.activated(x8, "down16.0", stride=2)
        x = self.residuals(x16, *(f"down16.{number}" for number in (1, 2, 3, 4)))
        for scale, skip in ((8, x8), (4, x4), (2, x2)):
            joined = relu(self.ops.add(skip, self.narrowed(x, f"narrow{scale}")))
            x = self.residuals(joined, f"up{scale}.0", f"up{scale}.1")
        x = self.activated(self.ops.concat([self.narrowed(x, "narrow1"), seen], 1), "up1.0", encode=encode)
        x = self.residual(x, "up1.1")
        told = self.ops.strided_slice(
            seen, self.integers(0, -1, 0, 0), self.integers(0, 0, 0, 0), self.integers(1, 1, 1, 1),
            begin_mask=[1, 0, 1, 1], end_mask=[1, 1, 1, 1],
        )  # fmt: skip
        x = self.ops.add(self.conv(x, "head"), self.ops.multiply(told, self.constant(DETAIL_CERTAIN)))
        return self.ops.multiply(self.ops.add(self.ops.tanh(x), self.constant(1.0)), self.constant(0.5))

    def activated(self, x: Node, name: str, stride: int = 1, encode: Encode | None = None) -> Node:
        return self.ops.relu(self.conv(x, f"{name}.0", f"{name}.1", stride=stride, encode=encode))

    def residuals(self, x: Node, *names: str) -> Node:
        for name in names:
            x = self.residual(x, name)
        return x

    def residual(self, x: Node, name: str) -> Node:
        inner = self.activated(x, f"{name}.first")
        return self.ops.relu(self.ops.add(x, self.conv(inner, f"{name}.conv", f"{name}.bn")))

    def narrowed(self, x: Node, name: str) -> Node:
        return self.enlarge(self.conv(x, f"{name}.0", f"{name}.1"), "linear_onnx")
