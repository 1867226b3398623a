"""Whether a fine-tune on one's own photos makes the shipped model better on photos like them, and how long it takes.

    python -m benchmarks.fine_tune FOLDER                    # image/ and alpha/, at least 40 photos
    python -m benchmarks.fine_tune FOLDER --photos 40 --steps 120 --crop-px 256 --batch-size 4

Goes the window's way: photos are put into a data set of one's own, which holds some back; the preset makes the
configuration; a trainer is started as a process; the run's best model and the shipped one are compared. The best model
is chosen on the photos held back. Those of the folder that were not put into the set have no part in anything, and so
are the fairer measure.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import MattingError
from core.training.config import StageConfig, TrainingConfig
from core.training.datasets import find_pairs
from core.training.reading import read_colour, read_grey
from core.training.run import RunFolder
from matting_studio.app.training import launching, own_data, presets
from matting_studio.app.training.comparison import Comparison, compare
from matting_studio.app.training.runs import RunState, summarise


@dataclass(frozen=True)
class Report:
    count: own_data.Count
    config: TrainingConfig
    training_seconds: float
    best_step: int | None
    held_back: Comparison
    others: Comparison


def main() -> int:
    arguments = parse()
    if arguments.keep is None:
        with tempfile.TemporaryDirectory() as folder:
            show(measure(arguments, Path(folder)))
    else:
        show(measure(arguments, arguments.keep))
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a data set with image/ and alpha/")
    parser.add_argument("--photos", type=int, default=40, help="photos of one's own")
    parser.add_argument("--steps", type=int, help="by default the preset's, as the following")
    parser.add_argument("--crop-px", type=int)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--keep", type=Path, help="an empty folder to leave the set and the run in")
    return parser.parse_args()


def measure(arguments: argparse.Namespace, folder: Path) -> Report:
    pairs = find_pairs(arguments.folder)
    own, others = pairs[: arguments.photos], pairs[arguments.photos :]
    for pair in own:
        own_data.add(folder / "own", read_colour(pair.image), unit(read_grey(pair.alpha)), pair.image.stem)
    config = changed(presets.fine_tune(own_data.data_config(folder / "own")).config, arguments)
    run = folder / "runs" / "fine-tune"
    launching.prepare(run, config)
    started = time.monotonic()
    launching.start(run).wait()
    seconds = time.monotonic() - started
    summary = summarise(run)
    if summary.state is not RunState.FINISHED:
        raise MattingError(f"The training has not finished: {summary.reason}")
    models = [presets.shipped_model(), RunFolder(run).best_model]
    return Report(
        count=own_data.count(folder / "own"),
        config=config,
        training_seconds=seconds,
        best_step=summary.best_step,
        held_back=compare(models, find_pairs(folder / "own" / "validation"), on_progress=progress),
        others=compare(models, others, on_progress=progress),
    )


def changed(config: TrainingConfig, arguments: argparse.Namespace) -> TrainingConfig:
    """The preset with the stage that was asked for, validated four times."""
    (stage,) = config.schedule.stages
    stage = StageConfig(
        steps=arguments.steps or stage.steps,
        crop_px=arguments.crop_px or stage.crop_px,
        batch_size=arguments.batch_size or stage.batch_size,
    )
    schedule = config.schedule.model_copy(update={"stages": [stage], "warmup_steps": stage.steps // 10})
    run = config.run.model_copy(update={"validate_steps": -(-stage.steps // 4)})
    return config.model_copy(update={"schedule": schedule, "run": run})


def unit(alpha: np.ndarray) -> np.ndarray:
    return alpha.astype(np.float32) / 255


def progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} mattes", end="\n" if done == total else "", file=sys.stderr, flush=True)


def show(report: Report) -> None:
    (stage,) = report.config.schedule.stages
    crops = stage.steps * stage.batch_size
    sources = len(report.config.data.cutouts) + len(report.config.data.photos)
    print(
        f"{report.count.training} photos to learn from, {report.count.validation} held back, {sources} sources of crops"
    )
    print(f"{stage.steps} steps of {stage.batch_size} crops of {stage.crop_px} px, best at step {report.best_step}")
    print(f"{report.training_seconds:.0f} s of wall time, {crops / report.training_seconds:.2f} crops per second")
    print(f"held back: {report.held_back.verdict()}")
    print(f"never seen: {report.others.verdict()}")


if __name__ == "__main__":
    sys.exit(main())
