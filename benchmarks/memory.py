"""The most memory that one photo takes, stage by stage: read, matted, its colours estimated, written.

    python -m benchmarks.memory                              # a generated JPEG of 100 megapixels
    python -m benchmarks.memory --megapixels 24 --what composite --format tiff --json

The photo is made by one process and worked on by another, so that nothing but the work counts. The network is asked,
and then the alpha is replaced by the generated portrait's own: no model is asked to see a person in it.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.stages import generated_portrait
from core.image_io import read_photo, write_image
from core.predictor import MattingPredictor
from matting_studio.app.document import Snapshot
from matting_studio.app.export import ExportKind, ExportRequest, export
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Look, Plain
from matting_studio.cli.batch import SUFFIXES

DRAWN_MEGAPIXELS = 12.0
"""What is larger is enlarged from this: drawing it would take far more memory than is measured."""


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name, processes.Pool(1, maxtasksperchild=1) as pool:
        pool.apply(make_photo, (Path(name), arguments.megapixels))
        result = pool.apply(measure, (Path(name), arguments))
    print(json.dumps(result) if arguments.json else text(result))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.memory", description="The most memory one photo takes.")
    made.add_argument("--megapixels", type=float, default=100.0, help="default: 100")
    made.add_argument("--what", choices=[kind.value for kind in ExportKind], default="cutout", help="default: cutout")
    made.add_argument("--format", choices=tuple(SUFFIXES), default="png", help="default: png")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--folder", type=Path, help="where photo and result lie meanwhile (default: the system's)")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def make_photo(folder: Path, megapixels: float) -> None:
    image, alpha = generated_portrait(min(megapixels, DRAWN_MEGAPIXELS))
    scale = max(1.0, megapixels / DRAWN_MEGAPIXELS) ** 0.5
    eight_bit = cv2.resize(np.rint(image * 255).astype(np.uint8), None, fx=scale, fy=scale)
    write_image(folder / "photo.jpg", eight_bit)
    np.save(folder / "alpha.npy", alpha)


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, object]:
    megabytes: dict[str, int] = {}
    seconds: dict[str, float] = {}

    def passed(stage: str, started: float) -> None:
        seconds[stage] = round(time.perf_counter() - started, 2)
        megabytes[stage] = most_resident_megabytes()

    started = time.perf_counter()
    predictor = MattingPredictor.from_checkpoint(None, arguments.device)
    passed("model", started)
    started = time.perf_counter()
    photo = read_photo(folder / "photo.jpg")
    passed("read", started)
    started = time.perf_counter()
    matte = predictor.predict(photo.image)
    passed("network", started)
    # Into the matte's own array: another one would count.
    height, width = matte.alpha.shape
    cv2.resize(np.load(folder / "alpha.npy"), (width, height), dst=matte.alpha)
    look = Look(background=Plain()) if arguments.what == ExportKind.COMPOSITE else Look()
    snapshot = Snapshot(photo, matte.alpha, matte.trimap, look, 0)
    request = ExportRequest(ExportKind(arguments.what), folder / f"result{SUFFIXES[arguments.format]}")
    started = time.perf_counter()
    export(snapshot, request, CancelToken())
    passed("export", started)
    return {
        "engine": predictor.engine.description,
        "megapixels": round(height * width / 1e6, 1),
        "result": f"{arguments.what} as {arguments.format}",
        "most_megabytes_up_to": megabytes,
        "seconds": seconds,
    }


def most_resident_megabytes() -> int:
    """Of this process so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6)


def text(result: dict) -> str:
    lines = [f"{result['megapixels']:g} megapixels, {result['result']}, {result['engine']}"]
    lines.append(f"{'up to':12}{'MB at most':>12}{'seconds':>10}")
    lines.extend(
        f"{stage:12}{megabytes:12}{result['seconds'][stage]:10.2f}"
        for stage, megabytes in result["most_megabytes_up_to"].items()
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
