"""OpenVINO's operators as the graphs of our networks need them: weights by name, norms folded in."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.openvino_runtime import load_openvino

Array = NDArray[np.float32]
Node = Any  # openvino.Node: the package has no types for what its operators return

Encode = Callable[[Array], Array]
"""A kernel for pixels -> the one for encoded pixels (`picture_encoding`)."""

EPSILON = 1e-5
"""PyTorch's, in batch norm."""


class Operators:
    def __init__(self, weights: Mapping[str, Array]) -> None:
        self.ov = load_openvino()
        self.ops = self.ov.opset13
        self.weights = weights

    # With weights

    def conv(
        self,
        x: Node,
        name: str,
        norm: str | None = None,
        *,
        stride: int = 1,
        dilation: int = 1,
        encode: Encode | None = None,
    ) -> Node:
        if norm is None:
            kernel, bias = self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias")
        else:
            kernel, bias = self.folded(name, norm)
        if encode is not None:
            kernel = encode(kernel)
        return self.biased(self.convolution(x, kernel, stride, dilation), bias)

    def folded(self, name: str, norm: str) -> tuple[Array, Array]:
        """Kernel and bias of a convolution with the norm after it."""
        scale, shift = self.scale_and_shift(norm)
        return self.weights[f"{name}.weight"] * scale[:, None, None, None], shift

    def doubled(self, x: Node, name: str, norm: str) -> Node:
        """A transposed convolution that doubles height and width, with the norm after it."""
        scale, shift = self.scale_and_shift(norm)
        kernel = self.constant(self.weights[f"{name}.weight"] * scale[:, None, None])
        out = self.ops.convolution_backprop_data(x, kernel, strides=[2, 2], pads_begin=[1, 1], pads_end=[1, 1])
        return self.biased(out, shift)

    def convolution(self, x: Node, kernel: Array, stride: int = 1, dilation: int = 1) -> Node:
        pad = [dilation * (kernel.shape[2] // 2)] * 2
        return self.ops.convolution(x, self.constant(kernel), [stride] * 2, pad, pad, [dilation] * 2)

    def scale_and_shift(self, norm: str) -> tuple[Array, Array]:
        """What a norm multiplies by and adds in inference."""
        mean, variance = self.weights[f"{norm}.running_mean"], self.weights[f"{norm}.running_var"]
        scale = self.weights[f"{norm}.weight"] / np.sqrt(variance + EPSILON)
        return scale, self.weights[f"{norm}.bias"] - mean * scale

    # Without

    def enlarge(self, x: Node, mode: str) -> Node:
        """Height and width doubled, as PyTorch does with `align_corners=False`."""
        return self.ops.interpolate(
            x,
            self.constant([2.0, 2.0]),
            mode=mode,
            shape_calculation_mode="scales",
            coordinate_transformation_mode="asymmetric" if mode == "nearest" else "half_pixel",
            nearest_mode="floor",
            axes=self.integers(2, 3),
        )

    def biased(self, x: Node, bias: Array | None) -> Node:
        return x if bias is None else self.ops.add(x, self.per_channel(bias))

    def per_channel(self, values: Array) -> Node:
        return self.constant(values.reshape(1, -1, 1, 1))

    def constant(self, values: Any) -> Node:
        return self.ops.constant(np.ascontiguousarray(values, dtype=np.float32))

    def integers(self, *values: int) -> Node:
        return self.ops.constant(np.array(values, np.int64))
