"""Seconds per photo by stage, beside how fast the machine multiplies matrices.

    python -m benchmarks.stages                          # a generated photo of 12 megapixels
    python -m benchmarks.stages PHOTO ... --runs 9 --json

The first run warms up and is not counted; of the others the median is given. `encode` writes a PNG to the disk. `total`
is the way from the file to the cut-out in a file; `composite`, over a plain colour, comes beside it.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from core.device import Device
from core.engine.torch_engine import fastest_precision
from core.errors import MattingError
from core.image_io import read_photo, write_image
from core.predictor import MattingPredictor
from matting_studio.app.cutout import cut_out, write_like
from matting_studio.app.finish import complete
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Look, Plain

WHITE = (1.0, 1.0, 1.0)
MATRIX_SIDE = 2048
STRANDS = 400
GRAIN = 2.0
"""Standard deviation of the noise in generated photos, in steps of 8 bits: smooth pictures would pack too well."""


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    try:
        result = measure(arguments)
    except MattingError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result) if arguments.json else table(result))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.stages", description="Seconds per photo by stage, medians of several runs."
    )
    made.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: a generated one")
    made.add_argument("--megapixels", type=float, default=12.0, help="size of the generated photo (default: 12)")
    made.add_argument("--runs", type=int, default=5, help="runs that count (default: 5)")
    made.add_argument("--model", type=Path, help="model file (default: the shipped one)")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--size", type=int, dest="size_px", help="longer side for the network (default: the model's own)")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    predictor = MattingPredictor.from_checkpoint(arguments.model, arguments.device, arguments.size_px)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.photos:
            photos = [measure_photo(path, None, predictor, folder, arguments.runs) for path in arguments.photos]
        else:
            image, alpha = generated_portrait(arguments.megapixels)
            path = folder / "generated.jpg"
            write_image(path, image)
            photos = [measure_photo(path, alpha, predictor, folder, arguments.runs)]
    return {
        "engine": predictor.engine.description,
        "cores": os.cpu_count() or 1,
        "matrix_gflops": {
            str(dtype).removeprefix("torch."): round(matrix_gflops(predictor.device.torch, dtype), 1)
            for dtype in dict.fromkeys((torch.float32, fastest_precision(predictor.device)))
        },
        "size_px": predictor.size_px,
        "runs": arguments.runs,
        "photos": photos,
    }


def measure_photo(
    path: Path, known_alpha: NDArray[np.float32] | None, predictor: MattingPredictor, folder: Path, runs: int
) -> dict[str, object]:
    """Median seconds of each stage, and of all cores together. Where the alpha is known, the later stages use it: no
    model is asked to see a person in a generated picture."""
    look = Look(background=Plain(colour=WHITE))
    rounds: list[Spent] = []
    for _ in range(runs + 1):
        spent = Spent()
        with spent.on("read"):
            photo = read_photo(path)
        with spent.on("network"):  # resizing to and fro included
            matte = predictor.predict(photo.image)
        with spent.on("foreground"):
            cutout = cut_out(photo, matte.alpha if known_alpha is None else known_alpha, look)
        with spent.on("encode"):
            write_like(photo, folder / "cutout.png", cutout.foreground, cutout.alpha)
        spent.sum_up("total")
        with spent.on("composite"):  # beside the cut-out's way
            complete(cutout, look, None, CancelToken(), photo.bit_depth)
        rounds.append(spent)
    height, width = matte.alpha.shape
    seconds = {stage: statistics.median(each.wall[stage] for each in rounds[1:]) for stage in rounds[0].wall}
    return {
        "photo": path.name,
        "megapixels": round(height * width / 1e6, 2),
        "seconds": seconds,
        "cpu_seconds": {stage: statistics.median(each.cpu[stage] for each in rounds[1:]) for stage in rounds[0].cpu},
        "total_over_network": round(seconds["total"] / seconds["network"], 2),
    }


class Spent:
    """Seconds by stage: as they pass, and those of all cores together."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[stage], self.cpu[stage] = time.perf_counter() - wall, time.process_time() - cpu

    def sum_up(self, name: str) -> None:
        """All stages so far as one."""
        for seconds in (self.wall, self.cpu):
            seconds[name] = sum(seconds.values())


def generated_portrait(megapixels: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A person's outline with strands of hair before a soft scene: image (H, W, 3) and alpha (H, W), 3 : 4."""
    height, width = max(64, round((megapixels * 1e6 * 4 / 3) ** 0.5)), max(48, round((megapixels * 1e6 * 3 / 4) ** 0.5))
    rng = np.random.default_rng(0)
    alpha = np.zeros((height, width), np.float32)
    head, radius = (width // 2, height * 2 // 5), width // 5
    cv2.ellipse(alpha, (width // 2, height), (width * 2 // 5, height // 2), 0, 0, 360, 1.0, -1)
    cv2.circle(alpha, head, radius, 1.0, -1)
    for angle in rng.uniform(np.pi * 0.95, np.pi * 2.05, STRANDS):
        reach = radius * rng.uniform(1.05, 1.5)
        tip = (round(head[0] + reach * np.cos(angle)), round(head[1] + reach * np.sin(angle)))
        cv2.line(alpha, head, tip, rng.uniform(0.4, 1.0), max(1, height // 1500), cv2.LINE_AA)
    alpha = np.clip(cv2.GaussianBlur(alpha, (0, 0), max(0.5, height / 2000)), 0, 1)
    scene, person = (
        cv2.resize(rng.random((cells, cells, 3), np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        for cells in (8, 5)
    )
    image = alpha[..., None] * person + (1 - alpha[..., None]) * scene
    image += rng.normal(0, GRAIN / 255, image.shape).astype(np.float32)
    return np.clip(image, 0, 1, out=image), alpha


def matrix_gflops(device: Device, dtype: torch.dtype) -> float:
    """The measured rate of a square matrix product, in 10^9 multiplications and additions a second."""
    left, right = (torch.rand(MATRIX_SIDE, MATRIX_SIDE, device=str(device)).to(dtype) for _ in range(2))
    seconds = []
    for _ in range(6):
        started = time.perf_counter()
        # Reading one value waits for the device.
        (left @ right)[0, 0].item()
        seconds.append(time.perf_counter() - started)
    return float(2 * MATRIX_SIDE**3 / statistics.median(seconds[1:]) / 1e9)


def table(result: dict) -> str:
    rates = ", ".join(f"{rate:g} GFLOP/s in {dtype}" for dtype, rate in result["matrix_gflops"].items())
    stages = list(result["photos"][0]["seconds"])
    lines = [
        f"{result['engine']}, {result['cores']} cores; matrix product: {rates}",
        f"Network at {result['size_px']} px; seconds, below them those of all cores; medians of {result['runs']} runs",
        f"{'photo':24}{'MP':>7}" + "".join(f"{stage:>12}" for stage in stages),
    ]
    for photo in result["photos"]:
        for kind, head in (
            ("seconds", f"{photo['photo'][:23]:24}{photo['megapixels']:7.1f}"),
            ("cpu_seconds", " " * 31),
        ):
            lines.append(head + "".join(f"{photo[kind][stage]:12.3f}" for stage in stages))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
