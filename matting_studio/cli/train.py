"""`matting-studio train`: a run from a configuration, or the rest of one."""

import argparse
import contextlib
import io
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from core.errors import DatasetError, ImageReadError, MattingError, TrainingError
from core.training.allocator import keep_freed_memory
from core.training.batches import WISHES_TO_STOP, CropBatches
from core.training.config import TrainingConfig, apply_override, load_config, parse_config
from core.training.datasets import find_pairs
from core.training.failure import explained, note_for_others
from core.training.figures import StepFigures
from core.training.loop import Trainer
from core.training.plain_log import PlainLog
from core.training.probe import probe
from core.training.processes import Processes, join_processes, leave_processes, meet
from core.training.run import EventLog, RunFolder
from matting_studio.cli.messages import DONE, FAILED, UsageError, say, say_at_once, shows_bars

STOPPING = "Stopping after this step, with the run saved. Ask once more to end it at once.\n"
ONE_WISH_SECONDS = 1.0
"""Signals so close together are one: of a Ctrl+C, the terminal and torchrun tell each process."""


def run(arguments: argparse.Namespace) -> int:
    if arguments.resume is not None and arguments.run is not None:
        raise UsageError("A run that is resumed stays in its folder: leave out --run.")
    keep_freed_memory()
    processes = join_processes()
    try:
        return probe_only(arguments, processes) if arguments.probe else train(arguments, processes)
    finally:
        leave_processes()


def probe_only(arguments: argparse.Namespace, processes: Processes) -> int:
    """Take ten steps, keep nothing, and print what a run would take as one JSON line."""
    _, config = resumed(arguments) if arguments.resume else fresh(arguments, processes)
    check_data(config, processes)
    try:
        found = probe(config, processes)
    except (TrainingError, DatasetError, ImageReadError) as error:
        say(str(error))
        return FAILED
    if processes.leads:
        print(json.dumps(asdict(found)))
    return DONE


def train(arguments: argparse.Namespace, processes: Processes) -> int:
    """Train to the end, or until a signal or the window asks to stop; the run is saved either way."""
    stop = threading.Event()

    def show(step: int, figures: StepFigures) -> None:
        bar.set_postfix({name: f"{loss:.3f}" for name, loss in figures.losses.items()}, refresh=False)
        bar.update(step - bar.n)

    lines = JsonLines(stop) if arguments.json_events else None
    folder, trainer = prepared(arguments, processes, stop.is_set, show, lines or hear_nothing)
    if arguments.json_events and processes.leads:
        listen(stop)
    bar = tqdm(
        initial=trainer.state.step,
        total=trainer.config.schedule.total_steps,
        unit="step",
        disable=not (processes.leads and shows_bars()),
    )
    try:
        with bar, signals_set(stop):
            trainer.train()
    except MattingError as error:
        say(str(error))
        return FAILED
    if processes.leads:
        say(outcome(trainer, folder))
    if lines is not None and lines.nobody_reads:
        raise BrokenPipeError
    return DONE


def prepared(
    arguments: argparse.Namespace,
    processes: Processes,
    should_stop: Callable[[], bool],
    on_step: Callable[[int, StepFigures], None],
    on_line: Callable[[str], None],
) -> tuple[RunFolder, Trainer]:
    """A trainer that is ready to go, and the folder that is entered as its own."""
    folder, config = resumed(arguments) if arguments.resume else fresh(arguments, processes)

    def built() -> Trainer:
        check_data(config, processes)
        return Trainer(
            config,
            folder,
            processes,
            should_stop=should_stop,
            on_step=on_step,
            on_event=listener(folder, on_line),
        )

    def note(reason: str) -> None:
        # Whoever has started it from elsewhere looks for the reason here.
        if processes.leads:
            events = EventLog(folder.events)
            events.mend()
            events.write("failed", time=time.time(), reason=reason)
        else:
            note_for_others(folder, reason)

    if arguments.resume:
        with explained():
            if processes.leads:
                folder.claim()
            meet(processes)  # what a process notes before, the claim would take for that of an earlier training
        with explained(note, folder.noted_failure):
            trainer = built()
            trainer.resume()
            if processes.leads and arguments.overrides:
                folder.write_config(config)
    else:
        with explained():
            if processes.leads:
                folder.check_new()
            trainer = built()
            # The folder of a new run is written to only now: one that cannot be built leaves nothing behind.
            if processes.leads:
                folder.create(config)
                folder.claim()
            meet(processes)
    return folder, trainer


def listener(folder: RunFolder, on_line: Callable[[str], None]) -> Callable[[str], None]:
    """Puts each event into the run's log for people, and hands it on."""
    log = PlainLog(folder.log)

    def hear(line: str) -> None:
        log.add(json.loads(line))
        on_line(line)

    return hear


def hear_nothing(line: str) -> None:
    """For who wants no events on standard output."""


class JsonLines:
    """Events on standard output. Where nobody reads them any more that is a wish to stop, so that the run is saved."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.nobody_reads = False

    def __call__(self, line: str) -> None:
        if self.nobody_reads:
            return
        try:
            print(line, flush=True)
        except BrokenPipeError:
            self.nobody_reads = True
            self._stop.set()


def fresh(arguments: argparse.Namespace, processes: Processes) -> tuple[RunFolder, TrainingConfig]:
    config = load_config(arguments.config, arguments.overrides)
    if arguments.run is None and processes.count > 1:
        raise UsageError("Several processes must agree on the run's folder: name it with --run.")
    started = datetime.now().strftime("%Y%m%d-%H%M%S")
    return RunFolder(arguments.run or Path("runs") / f"{arguments.config.stem}-{started}"), config


def resumed(arguments: argparse.Namespace) -> tuple[RunFolder, TrainingConfig]:
    folder = RunFolder(arguments.resume)
    values = folder.read_config()
    for override in arguments.overrides:
        apply_override(values, override)
    return folder, parse_config(values)


def check_data(config: TrainingConfig, processes: Processes) -> None:
    """Look into every folder that the run will need, now and not in an hour. Raises DatasetError and ConfigError."""
    CropBatches(config, processes.part, generation=0)
    for chosen in config.data.validation:
        find_pairs(chosen.folder)


@contextlib.contextmanager
def signals_set(stop: threading.Event) -> Iterator[None]:
    """In the block, the first Ctrl+C, SIGTERM or end of the terminal sets `stop`; another ends the process at once."""
    asked: list[float] = []

    def ask(number: int, frame: object) -> None:
        asked.append(time.monotonic())
        if asked[-1] - asked[0] > ONE_WISH_SECONDS:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        elif not stop.is_set():
            stop.set()
            say_at_once(STOPPING)

    before = {number: signal.signal(number, ask) for number in WISHES_TO_STOP if not is_for_nohup(number)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def is_for_nohup(number: int) -> bool:
    """Whether the signal is the end of the terminal and is ignored from the start: so it is to be."""
    return signal.Signals(number).name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN


def listen(stop: threading.Event) -> None:
    """Set `stop` when the line `stop` comes on standard input; where that is closed nobody can ask."""
    if sys.stdin is None:
        return

    def read() -> None:
        # Unbuffered: a thread that sleeps inside Python's own standard input would hold its lock when the process ends.
        for line in io.FileIO(0, closefd=False):
            if line.strip() == b"stop":
                stop.set()

    threading.Thread(target=read, daemon=True, name="standard input").start()


def outcome(trainer: Trainer, folder: RunFolder) -> str:
    if trainer.state.step < trainer.config.schedule.total_steps:
        return f"Stopped at step {trainer.state.step}, and saved. To go on: matting-studio train --resume {folder.path}"
    return f"Finished: the last model is {folder.last_model}."
