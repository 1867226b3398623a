"""CUDA by PyTorch: a graph per shape, so that nothing is launched kernel by kernel, and copies beside the computing."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.causes import let_go, with_causes
from core.device import Device, device_name
from core.engine.interface import RawMatte, check_size
from core.engine.torch_engine import fastest_precision, infer, precision_name, prepared
from core.network import MTGINet
from core.out_of_memory import is_out_of_memory

MOST_GRAPHS = 8
"""Shapes that are kept ready; photos come in few proportions."""
WARM_UPS = 3
"""Runs before a graph is captured, in which cuDNN tries its kernels."""

Images = Sequence[NDArray[np.generic]]


class CudaEngine:
    """The network belongs to the engine: its norms are folded in place."""

    at_once = 8

    def __init__(self, network: MTGINet, device: Device, dtype: torch.dtype | None = None) -> None:
        """`dtype` is the precision of the convolutions; None is bfloat16 where the GPU has it, or else float16."""
        self.device = device
        self.dtype = dtype or fastest_precision(device)
        self._torch_device = device.torch
        self._network = prepared(network, device, self.dtype)
        self._upload, self._compute, self._download = (
            torch.cuda.Stream(self._torch_device)  # type: ignore[no-untyped-call]
            for _ in range(3)
        )
        self._lanes: OrderedDict[tuple[object, ...], _Lane] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def description(self) -> str:
        return f"{device_name(self.device)} · PyTorch {precision_name(self.dtype)}"

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        return self.run_batch([image])[0]

    def run_batch(self, images: Images) -> list[RawMatte]:
        for image in images:
            check_size(image)
        with self._lock, torch.inference_mode(), torch.cuda.device(self._torch_device):
            try:
                return list(self._run(images))
            except RuntimeError as error:
                if not any(is_out_of_memory(each) for each in with_causes(error)):
                    raise
                # Nothing of ours may be under way when its memory is given back.
                torch.cuda.synchronize()
                let_go(error)
                self._lanes.clear()
                torch.cuda.empty_cache()
                raise MemoryError(str(error)) from error

    def _run(self, images: Images) -> Iterator[RawMatte]:
        """While one part is computed, the next is uploaded and the one before fetched."""
        under_way: _Buffers | None = None
        for number, start in enumerate(range(0, len(images), self.at_once)):
            part = images[start : start + self.at_once]
            buffers = self._begin(part, number % 2)
            if under_way is not None:
                yield from under_way.fetch()
            under_way = buffers
        if under_way is not None:
            yield from under_way.fetch()

    def _begin(self, images: Images, turn: int) -> "_Buffers":
        lane = self._lane(images)
        buffers = lane.buffers[turn]
        buffers.fill(images)
        with torch.cuda.stream(self._upload):
            buffers.pixels.copy_(buffers.host_pixels, non_blocking=True)
        self._compute.wait_stream(self._upload)
        with torch.cuda.stream(self._compute):
            lane.pixels.copy_(buffers.pixels)
            lane.graph.replay()
            buffers.alpha.copy_(lane.alpha)
            buffers.logits.copy_(lane.logits)
        self._download.wait_stream(self._compute)
        with torch.cuda.stream(self._download):
            buffers.host_alpha.copy_(buffers.alpha, non_blocking=True)
            buffers.host_logits.copy_(buffers.logits, non_blocking=True)
            buffers.fetched.record()
        return buffers

    def _lane(self, images: Images) -> "_Lane":
        key = (len(images), images[0].shape, images[0].dtype)
        lane = self._lanes.pop(key, None) or _Lane(self._network, images, self._torch_device, self.dtype, self._compute)
        self._lanes[key] = lane
        while len(self._lanes) > MOST_GRAPHS:
            self._compute.synchronize()
            self._lanes.popitem(last=False)
        return lane


class _Lane:
    """The captured network for one shape, and two sets of buffers that take turns."""

    def __init__(
        self, network: MTGINet, images: Images, device: torch.device, dtype: torch.dtype, stream: torch.cuda.Stream
    ) -> None:
        example = torch.from_numpy(np.stack(images))
        self.pixels = example.to(device)
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream), torch.backends.cudnn.flags(enabled=True, benchmark=True):
            for _ in range(WARM_UPS):
                infer(network, self.pixels, dtype)
        stream.synchronize()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=stream):
            self.logits, self.alpha = infer(network, self.pixels, dtype)
        self.buffers = tuple(_Buffers(self.pixels, self.logits, self.alpha) for _ in range(2))


class _Buffers:
    """What goes in and comes out: on the device, and in pinned memory of the host."""

    def __init__(self, pixels: Tensor, logits: Tensor, alpha: Tensor) -> None:
        self.pixels, self.logits, self.alpha = (torch.empty_like(tensor) for tensor in (pixels, logits, alpha))
        self.host_pixels, self.host_logits, self.host_alpha = (
            torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True) for tensor in (pixels, logits, alpha)
        )
        self.fetched = torch.cuda.Event()  # type: ignore[no-untyped-call]

    def fill(self, images: Images) -> None:
        """Whoever calls has fetched what these buffers held."""
        np.stack(images, out=self.host_pixels.numpy())

    def fetch(self) -> list[RawMatte]:
        """Wait for the results and copy them out."""
        self.fetched.synchronize()
        alphas, logits = self.host_alpha.numpy(), self.host_logits.numpy()
        return [RawMatte(alpha[0].copy(), planes.copy()) for alpha, planes in zip(alphas, logits, strict=True)]
