"""`matting-studio batch`: all photos of a folder, cut out."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.image_io import Photo
from core.memory_plan import Limit
from core.predictor import MattingPredictor
from matting_studio.app.background import parse_background
from matting_studio.app.batch import (
    BatchRun,
    Event,
    Found,
    Item,
    Plan,
    Recipe,
    Row,
    RowChanged,
    RowState,
    Shard,
    Workplace,
    find_photos,
    is_report,
    make_plan,
    write_report,
)
from matting_studio.app.batch.cluster import ClusterRun, find_ray
from matting_studio.app.batch.journal import Histories, History
from matting_studio.app.batch.naming import check_template
from matting_studio.app.batch.network import Network
from matting_studio.app.batch.recipe import DEFAULT_TEMPLATE
from matting_studio.app.batch.shard import share
from matting_studio.app.batch.watch import Arrivals
from matting_studio.app.batch.workplace import check_workplace
from matting_studio.app.export_request import ExportKind
from matting_studio.app.look import Crop, Look, Picture, Plain
from matting_studio.cli.messages import (
    DONE,
    FAILED,
    INTERRUPTED,
    WRONG_USAGE,
    UsageError,
    say,
    say_at_once,
    shows_bars,
    tell,
)
from matting_studio.cli.paths import check_folder, check_place, is_folder, is_there

REPORT_SUFFIXES = (".html", ".htm")
SUFFIXES = {"png": ".png", "webp": ".webp", "tiff": ".tif", "jpeg": ".jpg"}
LOOK_AGAIN_SECONDS = 1.0
STOPPING = "Finishing the photos in hand. Ask once more to end at once.\n"


def run(arguments: argparse.Namespace) -> int:
    recipe = recipe_of(arguments)
    recipe.check()
    check_template(recipe)
    if arguments.ray is not None and arguments.watch:
        raise UsageError("A cluster does not watch folders: leave out --ray or --watch.")
    if arguments.report is not None:
        check_report(arguments)
    shard = None if arguments.shard is None else parse_shard(arguments.shard)
    check_folder(arguments.output)
    if arguments.ray is not None:
        find_ray()
    network = Network(arguments.model, arguments.device, arguments.size_px, arguments.quality)
    planner = Planner(arguments, recipe, network.key(), shard)
    if arguments.dry_run:
        return dry_run(arguments, planner, network)
    name = "journal" if shard is None else shard.journal_name
    with Workplace(make_folder(arguments.output), name) as place, Wishes(place) as wishes:
        batch = Batch(arguments, planner, network, place, wishes)
        return batch.watch() if arguments.watch else batch.once()


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    """Raises UsageError for what makes no sense together, and what `parse_background` raises."""
    background = None if arguments.background is None else parse_background(arguments.background)
    chosen = arguments.what or (("cutout",) if background is None else ("composite",))
    what = tuple(ExportKind(kind) for kind in chosen)
    if background is None and ExportKind.COMPOSITE in what:
        raise UsageError("A composite needs something behind the person: add --background.")
    if background is not None and ExportKind.COMPOSITE not in what:
        raise UsageError("A background is seen in composites only: add composite to --what, or leave out --background.")
    if arguments.margin is not None and arguments.crop is None:
        raise UsageError("A margin belongs to a crop: add --crop.")
    parts: dict[str, Any] = {}
    if isinstance(background, Photo):
        parts["background"] = Picture(path=Path(arguments.background).absolute())
    elif isinstance(background, tuple):
        parts["background"] = Plain(colour=background)
    if arguments.crop is not None:
        kind = "person" if arguments.crop == "person" else "ratio"
        sizes = {"margin": arguments.margin, "ratio": None if kind == "person" else arguments.crop}
        parts["crop"] = Crop(kind=kind, **{name: value for name, value in sizes.items() if value is not None})
    return Recipe(
        what=what,
        suffix=SUFFIXES[arguments.format],
        look=Look(**parts),
        blurred=background == "blur",
        max_size_px=arguments.max_size_px,
        template=DEFAULT_TEMPLATE if arguments.name is None else arguments.name,
    )


def parse_shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise UsageError(f"{text} is no part of a whole: give I/N, such as 1/4, with I from 1 to N.") from error


def check_report(arguments: argparse.Namespace) -> None:
    """Raises UsageError where the report could not be written after hours, or would take the place of something else.

    Photos and results are safe by their endings. A link counts as what it points to.
    """
    path: Path = arguments.report
    if is_folder(path):
        raise UsageError(f"{path} is a folder: name a file, such as {path / 'report.html'}.")
    if any(name.suffix.lower() not in REPORT_SUFFIXES for name in (path, Path(os.path.realpath(path)))):
        raise UsageError(f"{path} is no name of a report: end it in .html.")
    # The output folder, and what is below it, will be made.
    if is_there(path.parent) or not path.absolute().is_relative_to(arguments.output.absolute()):
        check_place(path)
    if is_there(path) and not arguments.overwrite:
        try:
            ours = is_report(path)
        except OSError as error:
            raise UsageError(f"{path} cannot be read ({error.strerror or error}): name another report.") from error
        if not ours:
            raise UsageError(f"{path} exists and is no report of a batch: name another file, or add --overwrite.")


def make_folder(path: Path) -> Path:
    """Raises UsageError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {path} cannot be made ({error.strerror or error}): name another.") from error
    return path


@dataclass(frozen=True)
class Planner:
    """Looks for photos and decides about them, as often as a watched folder needs it."""

    arguments: argparse.Namespace
    recipe: Recipe
    model: str
    """What `model_key` says."""
    shard: Shard | None
    _histories: Histories = field(default_factory=Histories)

    def find(self) -> Found:
        chosen = self.arguments
        return find_photos(chosen.input, recursive=chosen.recursive, output=chosen.output, histories=self._histories)

    def history(self) -> History:
        """What all parts have made up to now. Raises JournalError."""
        return self._histories.of(self.arguments.output.resolve())

    def own(self, items: Sequence[Item]) -> Sequence[Item]:
        """Those of the part that this run works on."""
        return share(items, self.shard)

    def plan(self, items: Sequence[Item], history: History) -> Plan:
        return make_plan(
            items,
            self.recipe,
            self.arguments.output,
            history,
            self.model,
            overwrite=self.arguments.overwrite,
            to_replace="add --overwrite",
            shard=self.shard,
        )


def dry_run(arguments: argparse.Namespace, planner: Planner, network: Network) -> int:
    """Print the plan. Nothing is written, the output folder is not made. Raises what the run would begin with."""
    check_workplace(arguments.output)
    found = planner.find()
    plan = planner.plan(found.items, planner.history())
    if plan.to_do:
        network.check(is_here=arguments.ray is None)
    for sentence in (*found.complaints, *found.notices, *plan.notices):
        say(sentence)
    for task in plan.tasks:
        to_make, done, kept = ([wanted.path for wanted in each] for each in (task.to_make, task.done, task.kept))
        if arguments.json:
            print(json.dumps({"event": "task", "photo": task.name, "make": to_make, "done": done, "kept": kept}))
            continue
        parts = (("make", to_make), ("done", done), ("kept", kept))
        tell(f"{task.name}: " + "; ".join(f"{word} {', '.join(paths)}" for word, paths in parts if paths))
    if not arguments.json:
        print(f"{len(plan.to_do)} of {len(plan.tasks)} photos to do.")
    return FAILED if found.complaints else DONE


class Wishes:
    """Ctrl+C and SIGTERM while a batch runs: the first is a wish to stop, the second ends the process at once."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._before: dict[signal.Signals, Any] = {}
        self.stop = threading.Event()

    def __enter__(self) -> "Wishes":
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: object) -> None:
        if self.stop.is_set():
            # Results are whole or not there in any case; this clears away what is on its way.
            self._place.discard_partial()
            os._exit(INTERRUPTED)
        self.stop.set()
        say_at_once(STOPPING)


class Batch:
    """The command at work."""

    def __init__(
        self, arguments: argparse.Namespace, planner: Planner, network: Network, place: Workplace, wishes: Wishes
    ) -> None:
        self._arguments = arguments
        self._planner = planner
        self._network = network
        self._place = place
        self._wishes = wishes
        self._load = Loader(network, planner.model)
        self._rows: dict[str, Row] = {}
        self._complaints: tuple[str, ...] = ()
        self._said: set[str] = set()
        self._trouble: str | None = None
        self._nobody_reads = False
        self._started = time.monotonic()

    def once(self) -> int:
        items = self._find()
        if not items:
            deeper = "" if self._arguments.recursive else "; --recursive looks into its sub-folders too"
            say(f"There are no photos in {self._arguments.input}{deeper}.")
        self._work(items)
        return self._finish()

    def watch(self) -> int:
        """Until somebody asks to stop, or the disk is full."""
        arrivals = Arrivals()
        say(f"Watching {self._arguments.input}. Ctrl+C stops.")
        while not self._wishes.stop.is_set() and self._trouble is None:
            # Everything that is there is planned for, as names depend on it; what is new and whole is worked on.
            items = self._find()
            ripe = {item.name for item in arrivals.ripe(self._planner.own(items))}
            if ripe:
                self._work(items, ripe)
                self._report()
            else:
                self._wishes.stop.wait(LOOK_AGAIN_SECONDS)
        return self._finish()

    def _find(self) -> tuple[Item, ...]:
        found = self._planner.find()
        self._complaints = found.complaints
        self._say_once((*found.complaints, *found.notices))
        return found.items

    def _work(self, items: Sequence[Item], only: set[str] | None = None) -> None:
        # Other parts have made something since this one began, and names depend on that.
        history = self._place.history if self._planner.shard is None else self._planner.history()
        plan = self._planner.plan(items, history)
        self._say_once(plan.notices)
        if only is not None:
            plan = plan.only(only)
        self._emit({"event": "plan", "photos": len(plan.tasks), "to_do": len(plan.to_do)})
        with tqdm(total=len(plan.to_do), unit="photo", disable=not shows_bars()) as bar:
            batch = self._run(plan, bar)
            batch.start()
            while not batch.wait(0.1):
                if self._wishes.stop.is_set():
                    batch.stop()
        self._rows |= {row.name: row for row in batch.rows() if not self._has_made(row)}
        self._trouble = batch.trouble

    def _has_made(self, row: Row) -> bool:
        """Whether a photo is skipped because this very command, which watches, has done it before."""
        before = self._rows.get(row.name)
        return row.state is RowState.SKIPPED and before is not None and before.state is RowState.DONE

    def _run(self, plan: Plan, bar: tqdm) -> BatchRun | ClusterRun:
        def listen(event: Event) -> None:
            if isinstance(event, RowChanged) and event.row.state.is_final:
                self._emit(row_event(event.row))
                if event.row.state is RowState.FAILED and self._says_failures_at_once:
                    self._say_beside(bar, failure(event.row))
                bar.set_postfix({"failed": event.progress.failed}, refresh=False)
                bar.update()

        chosen = self._arguments
        limit = None if chosen.memory_limit_bytes is None else Limit(chosen.memory_limit_bytes)
        if chosen.ray is None:
            return BatchRun(plan, self._place, self._load, workers=chosen.workers, limit=limit, listener=listen)
        return ClusterRun(
            plan,
            self._place,
            self._network,
            address=chosen.ray,
            workers=chosen.workers,
            limit=limit,
            listener=listen,
        )

    def _finish(self) -> int:
        rows = self._rows.values()
        failed = [row for row in rows if row.state is RowState.FAILED]
        waiting = sum(not row.state.is_final for row in rows)
        self._report()
        if not self._says_failures_at_once:
            for row in failed:
                say(failure(row))
        if self._trouble is not None:
            say(self._trouble)
        counts = {state: sum(row.state is state for row in rows) for state in RowState}
        seconds = time.monotonic() - self._started
        self._emit(
            {
                "event": "end",
                "done": counts[RowState.DONE],
                "skipped": counts[RowState.SKIPPED],
                "failed": len(failed),
                "waiting": waiting,
                "seconds": round(seconds, 3),
                "trouble": self._trouble,
            }
        )
        if not self._arguments.json:
            left = f", {waiting} left" if waiting else ""
            tell(
                f"{counts[RowState.DONE]} done, {counts[RowState.SKIPPED]} skipped, {len(failed)} failed{left}, "
                f"in {seconds:.1f} s: {self._arguments.output}"
            )
        if self._nobody_reads:
            raise BrokenPipeError
        if self._load.failed:
            return WRONG_USAGE
        if self._wishes.stop.is_set():
            return INTERRUPTED
        return FAILED if failed or self._complaints or self._trouble is not None else DONE

    def _report(self) -> None:
        if self._arguments.report is None:
            return
        try:
            write_report(self._arguments.report, tuple(self._rows.values()), self._place)
        except OSError as error:
            self._trouble = self._trouble or (
                f"The report {self._arguments.report} cannot be written ({error.strerror or error})."
            )

    def _say_beside(self, bar: tqdm, sentence: str) -> None:
        if bar.disable:
            say(sentence)
        else:
            bar.write(sentence, file=sys.stderr)

    def _say_once(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            if sentence not in self._said:
                self._said.add(sentence)
                say(sentence)

    def _emit(self, event: dict[str, object]) -> None:
        if not self._arguments.json or self._nobody_reads:
            return
        try:
            # One write, as events come from several threads.
            sys.stdout.write(json.dumps(event) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # The threads of a run must not raise: what is in hand is finished, and `_finish` says how it ended.
            self._nobody_reads = True
            self._wishes.stop.set()

    @property
    def _says_failures_at_once(self) -> bool:
        """Who watches a folder may not see the end for days."""
        return self._arguments.watch and not self._arguments.json


class Loader:
    """Loads the model at the first call; a watched folder has many runs and one model."""

    def __init__(self, network: Network, key: str) -> None:
        self._network = network
        self._key = key
        self._loaded: MattingPredictor | None = None
        self.failed = False

    def __call__(self) -> MattingPredictor:
        """Raises CheckpointError and DeviceError."""
        if self._loaded is None:
            self.failed = True
            self._loaded = self._network.load(self._key)
            self.failed = False
        return self._loaded


def failure(row: Row) -> str:
    return f"{row.name}: {row.reason}"


def row_event(row: Row) -> dict[str, object]:
    return {
        "event": "photo",
        "photo": row.name,
        "state": row.state,
        "seconds": row.seconds,
        "doubt": row.doubt,
        "doubts": row.doubts,
        "warnings": row.warnings,
        "outputs": [str(path) for path in row.results],
        "reason": row.reason,
    }
