"""The CPU by OpenVINO: bfloat16 where the processor has it, float32 elsewhere."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.device import CPU, Device
from core.engine.interface import RawMatte, check_size
from core.engine.openvino_graph import mtginet_graph
from core.engine.openvino_runtime import load_openvino, openvino_core
from core.engine.picture_encoding import PictureEncoding, Plain, Split

Precision = Literal["bfloat16", "float32"]
_HINTS: Mapping[Precision, str] = {"bfloat16": "bf16", "float32": "f32"}


class OpenVinoEngine:
    """Compiled once for all sizes: kernels for a new one are made while it runs for the first time, in about 0.1 s."""

    device: Device = CPU
    at_once = 1
    """One picture keeps all cores busy."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], precision: Precision | None = None) -> None:
        """
        Args:
            weights: as a ModelFile has them.
            precision: None is the fastest that the processor has units for.
        """
        self._openvino = load_openvino()
        core = openvino_core()
        self.precision: Precision = precision or native_precision(core)
        self._encoding: PictureEncoding = Split() if self.precision == "bfloat16" else Plain()
        options = {
            "INFERENCE_PRECISION_HINT": _HINTS[self.precision],
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
        }
        self._compiled: Any = core.compile_model(mtginet_graph(weights, self._encoding), "CPU", options)
        self._request: Any = self._compiled.create_infer_request()
        self._lock = threading.Lock()

    @property
    def description(self) -> str:
        return f"CPU · OpenVINO {self.precision}"

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        check_size(image)
        pixels = self._encoding.pixels(image)[None]
        with self._lock:
            try:
                logits, alpha = self._request.infer([pixels], share_inputs=True, share_outputs=True).values()
            except RuntimeError as error:
                # OpenVINO wraps what its allocator throws.
                if "alloc" in str(error):
                    raise MemoryError(str(error)) from error
                raise
            return RawMatte(alpha[0, 0].copy(), logits[0].copy())

    def run_batch(self, images: Sequence[NDArray[np.generic]]) -> list[RawMatte]:
        return [self.run(image) for image in images]


def native_precision(core: Any) -> Precision:
    """What OpenVINO would choose by itself; where that is float16, on ARM, it is more than alpha's accuracy bears."""
    chosen = core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
    return "bfloat16" if chosen == "bf16" else "float32"
