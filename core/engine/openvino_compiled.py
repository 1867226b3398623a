"""A graph made ready for the CPU: arrays in, arrays out, in a precision that the processor has units for."""

import threading
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.engine.openvino_runtime import openvino_core

Precision = Literal["bfloat16", "float32"]
_HINTS: Mapping[Precision, str] = {"bfloat16": "bf16", "float32": "f32"}


class CompiledGraph:
    """Compiled once for all sizes: kernels for a new one are made while it runs for the first time, in about 0.1 s.

    Any thread may run it; calls wait for each other.
    """

    def __init__(self, graph: Any, precision: Precision) -> None:
        options = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
        }
        self._compiled: Any = openvino_core().compile_model(graph, "CPU", options)
        self._request: Any = self._compiled.create_infer_request()
        self._lock = threading.Lock()

    def run(self, samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """What the graph's one input gives for each of its outputs. Raises MemoryError where there is no room."""
        with self._lock:
            try:
                outputs = self._request.infer([samples], share_inputs=True, share_outputs=True).values()
            except RuntimeError as error:
                # OpenVINO wraps what its allocator throws.
                if "alloc" in str(error):
                    raise MemoryError(str(error)) from error
                raise
            return [output.copy() for output in outputs]


def native_precision() -> Precision:
    """What OpenVINO would choose by itself; where that is float16, on ARM, it is more than alpha's accuracy bears."""
    chosen = openvino_core().get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
    return "bfloat16" if chosen == "bf16" else "float32"
