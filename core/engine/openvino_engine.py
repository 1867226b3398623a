"""The CPU by OpenVINO: bfloat16 where the processor is faster with it, float32 elsewhere."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.device import CPU, Device
from core.engine.interface import RawMatte, check_size
from core.engine.openvino_compiled import CompiledGraph, Precision, fastest_precision
from core.engine.openvino_graph import mtginet_graph
from core.engine.picture_encoding import encoding_for


class OpenVinoEngine:
    device: Device = CPU
    at_once = 1
    """One picture keeps all cores busy."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], precision: Precision | None = None) -> None:
        """
        Args:
            weights: as a ModelFile has them.
            precision: None is the one in which the processor is faster.
        """
        self.precision: Precision = precision or fastest_precision()
        self._encoding = encoding_for(self.precision)
        self._graph = CompiledGraph(mtginet_graph(weights, self._encoding), self.precision)

    @property
    def description(self) -> str:
        return f"CPU · OpenVINO {self.precision}"

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        check_size(image)
        logits, alpha = self._graph.run(self._encoding.pixels(image)[None])
        return RawMatte(alpha[0, 0], logits[0])

    def run_batch(self, images: Sequence[NDArray[np.generic]]) -> list[RawMatte]:
        return [self.run(image) for image in images]
