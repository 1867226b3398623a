"""A graph made ready for the CPU: arrays in, arrays out, in the precision in which the processor is faster."""

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.engine.openvino_operators import Operators
from core.engine.openvino_runtime import openvino_core
from core.engine.quickest import quickest

Precision = Literal["bfloat16", "float32"]
_HINTS: Mapping[Precision, str] = {"bfloat16": "bf16", "float32": "f32"}

TRIAL_CHANNELS, TRIAL_SIDE = 128, 16
"""A convolution as the networks have them, of half a millisecond."""


class CompiledGraph:
    """Compiled once for all sizes: kernels for a new one are made while it runs for the first time, in about 0.1 s.

    Any thread may run it; calls wait for each other.
    """

    def __init__(self, graph: Any, precision: Precision, threads: int | None = None) -> None:
        """`threads`: None is one for each core."""
        options = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
        } | ({} if threads is None else {"INFERENCE_NUM_THREADS": str(threads)})
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


@functools.cache
def fastest_precision() -> Precision:
    """bfloat16 where OpenVINO would choose it and it is faster, which is tried once in a process; or else float32.

    Where OpenVINO would choose float16, on ARM, that is less than alpha's accuracy bears.
    """
    chosen = openvino_core().get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
    return quickest({"float32": _trial("float32"), "bfloat16": _trial("bfloat16")}) if chosen == "bf16" else "float32"


def _trial(precision: Precision) -> Callable[[], object]:
    """A convolution to be timed; on one thread, as several wait for each other where other programs run."""
    operators = Operators({})
    shape = (1, TRIAL_CHANNELS, TRIAL_SIDE, TRIAL_SIDE)
    seen = operators.ops.parameter(list(shape), np.float32)
    kernel = np.full((TRIAL_CHANNELS, TRIAL_CHANNELS, 3, 3), 1 / TRIAL_CHANNELS, np.float32)
    graph = operators.ov.Model([operators.convolution(seen, kernel)], [seen], "trial")
    return functools.partial(CompiledGraph(graph, precision, threads=1).run, np.ones(shape, np.float32))
