"""Two models on the same photos, off the window's thread: what is measured, and what is seen of one photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from core.training.config import parse_config
from core.training.datasets import Pair, find_pairs
from core.training.run import RunFolder
from matting_studio.app.jobs import CancelToken, Job, JobContext, Progress
from matting_studio.app.network_bench import NetworkChoice
from matting_studio.app.torch_libraries import load_aside
from matting_studio.app.training.comparison import Comparison, compare
from matting_studio.qt.worker import Worker

if TYPE_CHECKING:
    from core.predictor import MattingPredictor

Models = tuple[Path | None, Path | None]
"""Before and after; None for the shipped one."""


@dataclass(frozen=True)
class Compared:
    models: Models
    comparison: Comparison
    pairs: tuple[Pair, ...]
    """The photos, one for each row of the comparison."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One photo as both models see it; all pictures are small ones."""

    pair: Pair
    photo: QImage
    before: QImage
    after: QImage
    true_alpha: QImage


class Comparing(QObject):
    sets_found = Signal(object)
    """Pairs of a name and a Path: the validation sets that were asked for."""
    progressed = Signal(float)
    """Which part of a comparison is done, 0 … 1."""
    compared = Signal(object)
    """A Compared."""
    seen = Signal(object)
    """A Seen."""
    ended = Signal()
    """A comparison has ended, well or not."""
    failed = Signal(str)
    """A sentence."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = Worker("training comparison", self)
        self._worker.failed.connect(self._tell_failure)
        self._worker.cancelled.connect(self._tell_end)
        self._worker.progressed.connect(self._tell_progress)
        self._predictors: dict[NetworkChoice, MattingPredictor] = {}
        """Used on the worker only."""

    @property
    def is_busy(self) -> bool:
        return self._worker.has(("compare",))

    def find_sets(self, runs: Sequence[Path]) -> None:
        """Look up which sets some runs are measured on; `sets_found` follows."""

        def work(_context: JobContext) -> tuple[tuple[str, Path], ...]:
            configs = [parse_config(RunFolder(run).read_config()) for run in runs]
            found = {chosen.folder: chosen.name for config in configs for chosen in config.data.validation}
            return tuple((name, folder) for folder, name in found.items())

        self._worker.submit(Job(("sets",), "Looking for photos", work, deliver=self.sets_found.emit))

    def compare(self, models: Models, photos: Path, most: int) -> None:
        """Measure both models on at most so many photos of a data set, taken evenly; `compared` follows."""

        def work(context: JobContext) -> Compared:
            pairs = evenly(find_pairs(photos), most)
            load_aside()
            from core.checkpoint import shipped_model  # noqa: PLC0415 - PyTorch comes as late as possible

            comparison = compare(
                [model or shipped_model() for model in models],
                pairs,
                on_progress=lambda done, total: context.report(Progress("Comparing", done / total)),
                should_stop=lambda: context.token.cancelled,
            )
            return Compared(models, comparison, tuple(pairs[: len(comparison.rows)]))

        def deliver(compared: Compared) -> None:
            self.compared.emit(compared)
            self.ended.emit()

        self._worker.cancel(("see",))
        self._worker.submit(Job(("compare",), "Comparing", work, deliver=deliver))

    def see(self, models: Models, pair: Pair) -> None:
        """Let both models matte one photo; `seen` follows. The newest wish wins."""

        def work(context: JobContext) -> Seen:
            return self._see(models, pair, context.token)

        self._worker.cancel(("see",))
        self._worker.submit(Job(("see",), f"Matting {pair.image.name}", work, deliver=self.seen.emit))

    def cancel(self) -> None:
        self._worker.cancel(("compare",))

    def forget(self) -> None:
        """Let the models' memory go."""
        self._worker.cancel_where(lambda _job: True)
        self._worker.submit(Job(("forget",), "Tidying up", self._forget))

    def shutdown(self, timeout_seconds: float) -> bool:
        return self._worker.shutdown(timeout_seconds)

    # On the worker

    def _see(self, models: Models, pair: Pair, token: CancelToken) -> Seen:
        load_aside()
        from core.image_io import read_photo  # noqa: PLC0415 - PyTorch comes as late as possible
        from core.training.reading import read_grey  # noqa: PLC0415

        image = read_photo(pair.image).image
        alphas = []
        for model in models:
            token.raise_if_cancelled()
            alphas.append(_picture(self._predictor(model, models).predict(image).alpha))
        return Seen(pair, _picture(image), *alphas, _picture(read_grey(pair.alpha)))

    def _predictor(self, model: Path | None, models: Models) -> "MattingPredictor":
        from core.predictor import MattingPredictor  # noqa: PLC0415

        # A run that goes on writes better models into the same place.
        wanted = {each: NetworkChoice(each).as_found_now() for each in models}
        self._predictors = {kept: predictor for kept, predictor in self._predictors.items() if kept in wanted.values()}
        choice = wanted[model]
        if choice not in self._predictors:
            self._predictors[choice] = MattingPredictor.from_checkpoint(model)
        return self._predictors[choice]

    def _forget(self, _context: JobContext) -> None:
        self._predictors = {}

    # News

    @Slot(object, object)
    def _tell_progress(self, job: Job, progress: Progress) -> None:
        if job.key == ("compare",):
            self.progressed.emit(progress.fraction)

    @Slot(object, str)
    def _tell_failure(self, job: Job, sentence: str) -> None:
        self.failed.emit(sentence)
        self._tell_end(job)

    @Slot(object)
    def _tell_end(self, job: Job) -> None:
        if job.key == ("compare",):
            self.ended.emit()


def evenly(pairs: Sequence[Pair], most: int) -> list[Pair]:
    """At most so many, from all over the set: its beginning alone may be all alike."""
    if len(pairs) <= most:
        return list(pairs)
    return [pairs[place * len(pairs) // most] for place in range(most)]


def _picture(pixels: NDArray[np.generic]) -> QImage:
    """A small picture of an image (H, W, 3) or an alpha (H, W)."""
    from core.training.previews import small  # noqa: PLC0415 - PyTorch comes as late as possible

    shrunk = np.ascontiguousarray(small(pixels))
    height, width = shrunk.shape[:2]
    kind = QImage.Format.Format_RGB888 if shrunk.ndim == 3 else QImage.Format.Format_Grayscale8
    return QImage(shrunk.tobytes(), width, height, shrunk.strides[0], kind).copy()
