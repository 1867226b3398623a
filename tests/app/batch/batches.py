"""Small batches for tests: photos made of numbers, a folder run in this process, what lies in a folder."""

from pathlib import Path

import cv2
import numpy as np

from core.image_io import write_image
from matting_studio.app.batch import BatchRun, Recipe, Workplace, find_photos, make_plan
from matting_studio.app.export_request import ExportKind

MODEL = "tiny"
FAST = Recipe(what=(ExportKind.ALPHA,))
"""Alpha takes no colours to be estimated."""


def picture(seed, height=24, width=20):
    """(H, W, 3) uint8: a blob before a gradient, another one for each seed."""
    rng = np.random.default_rng(seed)
    image = np.linspace(0, 120, height * width * 3, dtype=np.uint8).reshape(height, width, 3).copy()
    centre = (int(rng.integers(4, width - 4)), int(rng.integers(4, height - 4)))
    cv2.circle(image, centre, 5, rng.integers(120, 256, 3).tolist(), -1)
    return image


def put_photos(folder, names, **size):
    for seed, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_image(path, picture(seed, **size))


def go(source, output, predictor, recipe=FAST, *, workers=2, listener=None, recursive=True, seconds=120, **planned):
    """Run a batch to its end; returns the run and its plan."""
    found = find_photos(source, recursive=recursive, output=output)
    output.mkdir(parents=True, exist_ok=True)
    with Workplace(output) as place:
        plan = make_plan(found.items, recipe, output, place.history, MODEL, **planned)
        heard = {} if listener is None else {"listener": listener}
        run = BatchRun(plan, place, lambda: predictor, workers=workers, **heard)
        run.start()
        assert run.wait(seconds)
        return run, plan


def states(run):
    return {row.name: str(row.state) for row in run.rows()}


def tree(folder, but=".matting-studio"):
    """Contents of all files by their path, but for a folder."""
    folder = Path(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and but not in path.relative_to(folder).parts
    }


def leftovers(folder):
    """Temporary files."""
    return [path for path in Path(folder).rglob("*") if path.suffix in (".tmp", ".partial")]
