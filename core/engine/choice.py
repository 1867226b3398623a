"""Which backend runs a network on a device. Each is imported where it is chosen: OpenVINO's needs no PyTorch."""

from typing import TYPE_CHECKING

from core.checkpoint import ModelFile, build_network, detail_weights, plain_weights
from core.device import CPU, DeviceLike, is_only_cpu, named_device
from core.engine.interface import DetailEngine, Engine
from core.engine.openvino_runtime import openvino_is_there

if TYPE_CHECKING:
    from core.network import MTGINet


def make_engine(model: "ModelFile | MTGINet", device: DeviceLike) -> Engine:
    """The fastest engine of a device; a network that is given belongs to the engine from then on.

    On the CPU that is OpenVINO's, wherever it is installed: on every processor measured it is the faster one, in the
    same precision, and it starts without PyTorch (`benchmarks/README.md`).
    """
    picked = named_device(str(device))
    if picked == CPU and openvino_is_there():
        from core.engine.openvino_engine import OpenVinoEngine  # noqa: PLC0415

        return OpenVinoEngine(model.weights if isinstance(model, ModelFile) else plain_weights(model))
    network = build_network(model) if isinstance(model, ModelFile) else model
    if picked.type == "cuda":
        from core.engine.cuda_engine import CudaEngine  # noqa: PLC0415

        return CudaEngine(network, picked)
    from core.engine.torch_engine import TorchEngine  # noqa: PLC0415

    return TorchEngine(network, picked)


def make_detail_engine(device: DeviceLike) -> DetailEngine:
    """The shipped detail network on a device. Raises CheckpointError where its file is missing or damaged."""
    picked = named_device(str(device))
    if picked == CPU and openvino_is_there():
        from core.engine.openvino_detail import OpenVinoDetail  # noqa: PLC0415

        return OpenVinoDetail(detail_weights())
    from core.engine.torch_detail import TorchDetail  # noqa: PLC0415

    return TorchDetail(detail_weights(), picked)


def needs_pytorch(device: str) -> bool:
    """Whether PyTorch is going to be imported for a device, named as `pick_device` takes it."""
    return not (is_only_cpu(device) and openvino_is_there())
