"""Seconds of the network alone by engine and size, beside the machine's own rate of multiplying in the same precision.

    python -m benchmarks.network                         # 384 and 512 px, square
    python -m benchmarks.network --sizes 512 --runs 15 --device cpu --json

Engines take turns, run by run, so that whatever else the machine does meets all of them; medians are given. `eager` is
the network as published: neither spectral nor batch norm folded, float32, all its heads, PyTorch's own layout. A ratio
to it above 1 is faster. `of ceiling` is the rate of the network's multiplications and additions, over that of a large
matrix product.
Both are given by processor seconds too: where other programs share the machine, those tell more than the clock,
best on one core (`taskset -c 0`), where no thread waits for another.
"""

import argparse
import functools
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from core.checkpoint import ModelFile, build_network, read_model, shipped_model
from core.device import CPU, Device, device_name, pick_device
from core.engine import Engine
from core.engine.openvino_engine import OpenVinoEngine
from core.engine.openvino_runtime import openvino_is_there
from core.engine.torch_engine import TorchEngine, fastest_precision, precision_name
from core.network import MTGINet
from core.normalisation import normalise
from core.training.spectral import add_spectral_norm

MATRIX_SIDE = 2048
EAGER = "eager PyTorch float32"
BATCH = 16


class Timing(NamedTuple):
    seconds: float
    processor_seconds: float


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    result = measure(pick_device(arguments.device), arguments.sizes, arguments.runs, arguments.model)
    print(json.dumps(result) if arguments.json else table(result))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.network", description="Seconds of the network alone.")
    made.add_argument("--sizes", type=int, nargs="+", default=[384, 512], metavar="PX", help="default: 384 512")
    made.add_argument("--runs", type=int, default=9, help="runs that count (default: 9)")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--model", type=Path, help="model file (default: the shipped one)")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def measure(device: Device, sizes: Sequence[int], runs: int, path: Path | None = None) -> dict[str, Any]:
    model = read_model(path or shipped_model())
    eager = build_network(model).to(device.torch)
    add_spectral_norm(eager)
    eager.eval()
    chosen = engines(model, device)
    dtypes = {name: precision for name, (_engine, precision) in chosen.items()} | {EAGER: "float32"}
    rows = []
    for size_px in sizes:
        image = np.random.default_rng(0).integers(0, 256, (size_px, size_px, 3), dtype=np.uint8)
        works: dict[str, Callable[[], object]] = {EAGER: eager_run(eager, image, device)}
        works |= {name: functools.partial(engine.run, image) for name, (engine, _precision) in chosen.items()}
        works |= {f"matrix {dtype}": matrix_product(device, dtype) for dtype in dict.fromkeys(dtypes.values())}
        if device.type == "cuda":
            name, (engine, _precision) = next(iter(chosen.items()))
            works[f"{name}, {BATCH} at once"] = functools.partial(engine.run_batch, [image] * BATCH)
            dtypes[f"{name}, {BATCH} at once"] = dtypes[name]
        taken = in_turns(works, runs)
        rows += [row(name, size_px, taken, dtypes[name], model.width) for name in taken if name in dtypes]
        rates = {
            dtype: round(2e-9 * MATRIX_SIDE**3 / taken[f"matrix {dtype}"].seconds, 1)
            for dtype in dict.fromkeys(dtypes.values())
        }
    return {
        "device": device_name(device),
        "threads": torch.get_num_threads(),
        "runs": runs,
        "matrix_gflops": rates,
        "rows": rows,
    }


def engines(model: ModelFile, device: Device) -> dict[str, tuple[Engine, str]]:
    """Every engine of a device in every precision that it is used with, and the name of that precision."""
    made: list[tuple[Engine, str]] = []
    if device.type == "cuda":
        from core.engine.cuda_engine import CudaEngine  # noqa: PLC0415 - needs CUDA

        made.append((CudaEngine(build_network(model), device), precision_name(fastest_precision(device))))
    else:
        dtypes = dict.fromkeys((fastest_precision(device), torch.float32))
        made += [(TorchEngine(build_network(model), device, dtype), precision_name(dtype)) for dtype in dtypes]
    if device == CPU and openvino_is_there():
        fastest = OpenVinoEngine(model.weights)
        made.append((fastest, fastest.precision))
        if fastest.precision != "float32":
            made.append((OpenVinoEngine(model.weights, "float32"), "float32"))
    return {engine.description.partition(" · ")[2]: (engine, precision) for engine, precision in made}


def eager_run(network: MTGINet, image: np.ndarray, device: Device) -> Callable[[], object]:
    pixels = normalise(torch.from_numpy(image).permute(2, 0, 1)[None].to(device.torch))

    @torch.inference_mode()
    def run() -> object:
        return network(pixels).alpha.cpu()

    return run


def matrix_product(device: Device, dtype: str) -> Callable[[], object]:
    left, right = (
        torch.rand(MATRIX_SIDE, MATRIX_SIDE, device=device.torch).to(getattr(torch, dtype)) for _ in range(2)
    )

    def multiply() -> float:
        # Reading one value waits for the device.
        return float((left @ right)[0, 0])

    return multiply


def in_turns(works: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Timing]:
    """Medians of so many rounds, after one that warms up."""
    taken: dict[str, list[Timing]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in works.items():
            started, processor = time.perf_counter(), time.process_time()
            work()
            timing = Timing(time.perf_counter() - started, time.process_time() - processor)
            if number > 0:
                taken[name].append(timing)
    return {
        name: Timing(*(statistics.median(column) for column in zip(*each, strict=True))) for name, each in taken.items()
    }


def row(name: str, size_px: int, taken: Mapping[str, Timing], dtype: str, width: float) -> dict[str, Any]:
    count = BATCH if name.endswith("at once") else 1
    seconds = taken[name].seconds / count
    matrix = taken[f"matrix {dtype}"]
    share = operations(size_px, width) / (2 * MATRIX_SIDE**3)
    return {
        "engine": name,
        "size_px": size_px,
        "seconds": round(seconds, 5),
        "processor_seconds": round(taken[name].processor_seconds / count, 5),
        "times_eager": round(taken[EAGER].seconds / seconds, 2),
        "times_eager_by_processor": round(taken[EAGER].processor_seconds * count / taken[name].processor_seconds, 2),
        "of_ceiling": digits(share * matrix.seconds / seconds),
        "of_ceiling_by_processor": digits(share * matrix.processor_seconds * count / taken[name].processor_seconds),
    }


def digits(share: float) -> float:
    """Three digits that mean something: a tiny network's share is small, and not 0."""
    return float(f"{share:.3g}")


def operations(size_px: int, width: float) -> int:
    """Multiplications and additions of one inference, side heads left out."""
    with torch.device("meta"):
        network, images = MTGINet(width).eval(), torch.empty(1, 3, size_px, size_px)
    with FlopCounterMode(display=False) as counter:
        network.infer(images)
    return int(counter.get_total_flops())


def table(result: dict[str, Any]) -> str:
    rates = ", ".join(f"{rate:g} GFLOP/s in {dtype}" for dtype, rate in result["matrix_gflops"].items())
    lines = [
        f"{result['device']}, {result['threads']} threads; matrix product: {rates}; medians of {result['runs']} runs",
        f"{'engine':32}{'px':>6}{'seconds':>10}{'processor':>11}{'× eager':>9}{'of ceiling':>12}"
        "   and by processor seconds",
    ]
    lines += [
        f"{each['engine']:32}{each['size_px']:6}{each['seconds']:10.4f}{each['processor_seconds']:11.4f}"
        f"{each['times_eager']:9.2f}{each['of_ceiling']:12.2f}"
        f"{each['times_eager_by_processor']:12.2f}{each['of_ceiling_by_processor']:8.2f}"
        for each in result["rows"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
