"""Photos per second of a batch, beside the network alone and beside a plain loop; and its memory over many photos.

    python -m benchmarks.batch                              # 24 generated JPEGs of 12 megapixels to PNG
    python -m benchmarks.batch --photos 48 --format webp --workers 1
    python -m benchmarks.batch --memory 2000                # tiny photos: what is resident after each twentieth

The network is the published one with weights by chance, as those play no part in speed. It is asked about every photo,
but the mattes that are worked on then are the generated portraits' own. CPU seconds count all cores, so the cores over
the CPU seconds of a photo are the photos per second that no arrangement of the stages can exceed: `possible`; were all
but reading and the network free, `possible_reading_and_network_alone`.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.stages import generated_portrait
from core.device import pick_device
from core.image_io import Encoding, read_photo, write_image
from core.network import MTGINet
from core.predictor import Matte, MattingPredictor
from core.trimap import trimap_from_alpha
from matting_studio.app.batch import BatchRun, Event, Plan, Recipe, RowChanged, Workplace, find_photos, make_plan
from matting_studio.app.batch.fingerprint import sha256_of
from matting_studio.app.batch.making import make_results, matte_photo, open_photo
from matting_studio.app.batch.pictures import Pictures
from matting_studio.app.cutout import cut_out
from matting_studio.app.doubt import doubt_of
from matting_studio.app.export_request import ExportKind
from matting_studio.app.jobs import CancelToken
from matting_studio.app.look import Look, Plain
from matting_studio.app.thumbnail import thumbnail
from matting_studio.cli.batch import SUFFIXES

TINY = 0.125
PARTS_RUNS = 3


class KnownMattes:
    """The network is asked, and the answer replaced by the alpha that the generated photo was made with."""

    def __init__(self, predictor: MattingPredictor, alpha: NDArray[np.float32]) -> None:
        self._predictor = predictor
        self._matte = Matte(alpha, trimap_from_alpha(alpha, max(1, alpha.shape[0] // 200)))
        self.seconds = 0.0

    def predict(self, image: NDArray[np.generic]) -> Matte:
        started = time.perf_counter()
        self._predictor.predict(image)
        self.seconds += time.perf_counter() - started
        return self._matte


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    cv2.setNumThreads(arguments.opencv_threads or cv2.getNumThreads())
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        result = memory(arguments, Path(name)) if arguments.memory else speed(arguments, Path(name))
    print(json.dumps(result) if arguments.json else text(result))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.batch", description="Photos per second of a batch.")
    made.add_argument("--photos", type=int, default=24, help="default: 24")
    made.add_argument("--megapixels", type=float, default=12.0, help="default: 12")
    made.add_argument("--what", choices=[kind.value for kind in ExportKind], default="cutout", help="default: cutout")
    made.add_argument("--format", choices=tuple(SUFFIXES), default="png", help="default: png")
    made.add_argument("--png-compression", type=int, default=Encoding.png_compression, help="0 to 9")
    made.add_argument("--webp-quality", type=int, help="1 to 100 (default: lossless)")
    made.add_argument("--workers", type=int, help="threads that write (default: as many as there are cores)")
    made.add_argument("--opencv-threads", type=int, help="default: OpenCV's own")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--size", type=int, dest="size_px", default=512, help="longer side for the network")
    made.add_argument("--folder", type=Path, help="where photos and results lie meanwhile (default: the system's)")
    made.add_argument("--memory", type=int, metavar="COUNT", help="measure memory over so many tiny photos instead")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def speed(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    predictor = MattingPredictor(MTGINet().eval(), pick_device(arguments.device), arguments.size_px)
    alpha = generated_photos(folder / "in", arguments.photos, arguments.megapixels)
    encoding = Encoding(png_compression=arguments.png_compression, webp_quality=arguments.webp_quality)
    kind = ExportKind(arguments.what)
    look = Look(background=Plain()) if kind is ExportKind.COMPOSITE else Look()
    recipe = Recipe(what=(kind,), look=look, suffix=SUFFIXES[arguments.format], encoding=encoding)
    alone = network_alone(predictor, read_photo(folder / "in" / "0.jpg").image, max(3, arguments.photos // 3))

    with Workplace(folder / "loop") as place:
        plan = planned(folder, folder / "loop", recipe, place)
        loop = plain_loop(plan, place, KnownMattes(predictor, alpha))
    known = KnownMattes(predictor, alpha)
    with Workplace(folder / "batch") as place:
        batch = BatchRun(
            planned(folder, folder / "batch", recipe, place), place, lambda: known, workers=arguments.workers
        )
        started, cpu = time.perf_counter(), time.process_time()
        batch.start()
        batch.wait()
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if batch.progress().done != arguments.photos:
        raise RuntimeError(f"The batch did not do all photos: {batch.progress()} {batch.trouble}")

    count, cores = arguments.photos, os.cpu_count() or 1
    return {
        "engine": predictor.engine.description,
        "cores": cores,
        "photos": count,
        "megapixels": arguments.megapixels,
        "result": f"{arguments.what} as {arguments.format}",
        "photos_per_second": {
            "network_alone": alone["photos_per_second"],
            "plain_loop": round(count / loop["wall"]["all"], 3),
            "batch": round(count / seconds, 3),
            "possible": round(cores * count / cpu, 3),
            "possible_reading_and_network_alone": round(
                cores * count / (loop["cpu"]["read"] + loop["cpu"]["network"]), 3
            ),
        },
        "batch_over_network": round(count / seconds / alone["photos_per_second"], 3),
        "batch_over_loop": round(loop["wall"]["all"] / seconds, 3),
        "cores_busy": round(cpu / seconds, 2),
        "network_share": round(known.seconds / seconds, 3),
        "seconds_per_photo": {stage: round(spent / count, 4) for stage, spent in loop["wall"].items()},
        "cpu_seconds_per_photo": {stage: round(spent / count, 4) for stage, spent in loop["cpu"].items()}
        | {"network_alone": alone["cpu_seconds"], "batch": round(cpu / count, 4)},
        "cpu_seconds_of_parts": parts(folder, alpha, recipe, predictor),
    }


def parts(folder: Path, alpha: NDArray[np.float32], recipe: Recipe, predictor: MattingPredictor) -> dict[str, float]:
    """CPU seconds of each thing that is done for one cut-out, medians of several times."""
    source, path = folder / "in" / "0.jpg", folder / f"part{recipe.suffix}"
    photo, trimap = read_photo(source), trimap_from_alpha(alpha, 1)
    cutout = cut_out(photo, alpha, recipe.look)
    works: dict[str, Callable[[], object]] = {
        "decode": lambda: read_photo(source),
        "contents hashed": lambda: sha256_of(source),
        "network": lambda: predictor.predict(photo.image),
        "doubt": lambda: doubt_of(alpha, trimap),
        "colours": lambda: cut_out(photo, alpha, recipe.look),
        "encode and write": lambda: write_image(path, cutout.foreground, alpha=cutout.alpha, encoding=recipe.encoding),
        "thumbnail": lambda: thumbnail(photo.image),
    }
    return {
        name: round(statistics.median(cpu_seconds(work) for _ in range(PARTS_RUNS)), 4) for name, work in works.items()
    }


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def generated_photos(folder: Path, count: int, megapixels: float) -> NDArray[np.float32]:
    """JPEGs of one portrait under different names; returns its alpha (H, W)."""
    folder.mkdir()
    image, alpha = generated_portrait(megapixels)
    write_image(folder / "0.jpg", image)
    for number in range(1, count):
        os.link(folder / "0.jpg", folder / f"{number}.jpg")
    return alpha


def network_alone(predictor: MattingPredictor, image: NDArray[np.generic], count: int) -> dict[str, float]:
    """Resizing to and fro included: what the batch asks of it."""
    predictor.predict(image)
    started, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        predictor.predict(image)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {"photos_per_second": round(count / seconds, 3), "cpu_seconds": round(cpu / count, 4)}


def planned(folder: Path, output: Path, recipe: Recipe, place: Workplace) -> Plan:
    found = find_photos(folder / "in", recursive=False, output=output)
    return make_plan(found.items, recipe, output, place.history, "benchmark")


def plain_loop(plan: Plan, place: Workplace, known: KnownMattes) -> dict[str, dict[str, float]]:
    """One photo after the other: wall and CPU seconds by stage."""
    spent: dict[str, dict[str, float]] = {"wall": {}, "cpu": {}}
    pictures = Pictures()

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        for kind, seconds in (("wall", time.perf_counter() - wall), ("cpu", time.process_time() - cpu)):
            spent[kind][name] = spent[kind].get(name, 0.0) + seconds

    with stage("all"):
        for task in plan.tasks:
            with stage("read"):
                opened = open_photo(task)
            with stage("network"):
                matted = matte_photo(task, opened, known, plan.recipe)
            with stage("colours, encode, write"):
                make_results(task, matted, plan.recipe, place.partial, pictures=pictures, token=CancelToken())
    return spent


def memory(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Resident megabytes while tiny photos go through a tiny network."""
    count = arguments.memory
    predictor = MattingPredictor(MTGINet(width=TINY).eval(), pick_device(arguments.device), 64)
    generated_photos(folder / "in", count, 0.02)
    taken: list[float] = []

    def listen(event: Event) -> None:
        if (
            isinstance(event, RowChanged)
            and event.row.state.is_final
            and event.progress.done % max(1, count // 20) == 0
        ):
            taken.append(round(resident_megabytes(), 1))

    gc.collect()
    with Workplace(folder / "out") as place:
        plan = planned(folder, folder / "out", Recipe(), place)
        batch = BatchRun(plan, place, lambda: predictor, workers=arguments.workers, listener=listen)
        started = time.perf_counter()
        batch.start()
        batch.wait()
        seconds = time.perf_counter() - started
    return {
        "photos": count,
        "photos_per_second": round(count / seconds, 1),
        "resident_megabytes": taken,
        "growth_megabytes_after_a_quarter": round(taken[-1] - taken[len(taken) // 4], 1),
    }


def resident_megabytes() -> float:
    """Of this process; Linux alone tells without help."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def text(result: dict) -> str:
    lines = []
    for name, value in result.items():
        shown = ", ".join(f"{key} {each:g}" for key, each in value.items()) if isinstance(value, dict) else value
        lines.append(f"{name.replace('_', ' '):36}{shown}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
