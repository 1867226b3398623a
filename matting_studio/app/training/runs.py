"""What the files of a run say of it: its state, its best figures, why it ended; and what may be done to it."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeVar

from core.atomic import write_atomically
from core.errors import MattingError
from core.training.run import RunFolder
from matting_studio.app.training.event_digest import EventDigest, Measures, digest, mean_mad
from matting_studio.app.training.log_tail import hint, log_tail
from matting_studio.app.training.run_names import is_possible, is_taken


class RunError(MattingError):
    """What is asked for cannot be done to this run."""


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"


T = TypeVar("T")

_DELETED = re.compile(r"\.[0-9a-f]{16}\.deleted")
_ENDS = {"finished": RunState.FINISHED, "stopped": RunState.STOPPED, "failed": RunState.FAILED}


@dataclass(frozen=True)
class RunSummary:
    folder: Path
    name: str
    state: RunState
    step: int
    total_steps: int
    best: Measures | None
    """Measures by validation set, where their mean MAD was lowest; None before the first validation."""
    best_step: int | None
    started: float | None
    """When it was first started, in seconds since 1970."""
    seconds: float
    """Spent on training, pauses left out."""
    device: str | None
    reason: str | None
    """Why it failed and what to do, in a sentence or two; None in any other state."""
    last_lines: tuple[str, ...]
    """The end of its log, where it failed."""
    notes: str | None
    """What a person wrote about it; None where that cannot be read."""

    @property
    def best_mad(self) -> float | None:
        """Mean MAD over the validation sets, of the best model."""
        return None if self.best is None else mean_mad(self.best)

    @property
    def can_resume(self) -> bool:
        """Whether it has steps left and nobody takes them."""
        return self.state in {RunState.STOPPED, RunState.FAILED} and self.step < self.total_steps


def summarise(folder: Path) -> RunSummary:
    """What the files of one run say. Raises RunError where the folder holds none, or its files cannot be read."""
    run = RunFolder(folder)
    try:
        return _summary(run)
    except OSError as error:
        raise RunError(f"The files of {folder} are damaged or cannot be read ({error}): see to them.") from error


def summarise_damaged(folder: Path, reason: str) -> RunSummary:
    """A failed run that cannot be resumed, for a reason, with what those of its files say that can be read."""
    run = RunFolder(folder)
    events = _read(lambda: digest(run.events), EventDigest())
    return RunSummary(
        folder=run.path,
        name=run.path.name,
        state=RunState.FAILED,
        step=events.step,
        total_steps=0,
        best=events.best,
        best_step=events.best_step,
        started=events.started,
        seconds=events.seconds,
        device=events.device,
        reason=reason,
        last_lines=log_tail(run.log),
        notes=_read(lambda: _notes(run), None),
    )


def _read(read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except OSError:
        return otherwise


def _summary(run: RunFolder) -> RunSummary:
    total_steps = _total_steps(run)
    events = digest(run.events)
    state = _state(run, events)
    failed = state is RunState.FAILED
    lines = log_tail(run.log) if failed else ()
    return RunSummary(
        folder=run.path,
        name=run.path.name,
        state=state,
        step=events.step,
        total_steps=total_steps,
        best=events.best,
        best_step=events.best_step,
        started=events.started,
        seconds=events.seconds,
        device=events.device,
        reason=_reason(run, events, lines) if failed else None,
        last_lines=lines,
        notes=_notes(run),
    )


def rename(folder: Path, name: str) -> Path:
    """Give a run another name; returns its new folder. Raises RunError while it runs, or where the name cannot be."""
    _refuse_while_running(folder, "renamed")
    if not is_possible(name.strip()):
        raise RunError(
            f"'{name}' is no name for a run: leave out slashes and a dot at the beginning, and write something."
        )
    target = folder.parent / name.strip()
    if is_taken(target):
        raise RunError(f"There is something called {target.name} already: choose another name.")
    try:
        return folder.rename(target)
    except OSError as error:
        raise RunError(
            f"{folder} cannot be renamed ({error.strerror or error}): choose another name, or see to the folder "
            f"{folder.parent}."
        ) from error


def delete_run(folder: Path) -> None:
    """Delete a run with everything in it, and what is left of those that were deleted by half.

    Raises RunError while it runs, or where the folder holds no run or cannot be deleted.
    """
    _refuse_while_running(folder, "deleted")
    if folder.is_symlink():
        raise RunError(f"{folder} is a link and leads to {os.path.realpath(folder)}: delete link and run by hand.")
    try:
        # Out of sight at once: half a run is none.
        folder.rename(folder.with_name(f".{secrets.token_hex(8)}.deleted"))
    except OSError as error:
        raise RunError(
            f"{folder} cannot be deleted ({error.strerror or error}): see to {folder.parent}, then try again."
        ) from error
    for left in [path for path in folder.parent.iterdir() if _DELETED.fullmatch(path.name)]:
        try:
            shutil.rmtree(left)
        except OSError as error:
            raise RunError(
                f"What was deleted is still there in part, in {left} ({error.strerror or error}): delete it by hand."
            ) from error


def write_notes(folder: Path, notes: str) -> None:
    """Keep what a person says about a run. Raises RunError where it cannot be written."""
    try:
        with write_atomically(RunFolder(folder).notes) as file:
            file.write(notes.encode())
    except OSError as error:
        raise RunError(
            f"The notes of {folder} cannot be written ({error.strerror or error}): make the folder writable, then "
            "change them again."
        ) from error


def export_model(folder: Path, which: Literal["best", "last"], target: Path) -> None:
    """Write a run's best or last model as a .safetensors file, which says where it comes from.

    The last model of a run that has not ended is that of its checkpoint. Raises RunError where there is none yet or the
    file cannot be written, CheckpointError where it is damaged.
    """
    # Only here: whoever lists runs needs no PyTorch.
    from core.checkpoint import import_model  # noqa: PLC0415

    run = RunFolder(folder)
    source = run.best_model if which == "best" else run.last_model
    if which == "last" and not source.exists():
        source = run.checkpoint
    if not source.exists():
        raise RunError(f"{folder.name} has no {which} model yet: wait for its next validation.")
    try:
        import_model(source, target, notes=_notes(run) or None)
    except OSError as error:
        raise RunError(f"{target} cannot be written ({error.strerror or error}). Choose another folder.") from error


def _refuse_while_running(folder: Path, what: str) -> None:
    run = RunFolder(folder)
    if not os.path.lexists(run.config):
        raise RunError(f"{folder} holds no run: there is no {run.config.name} in it.")
    try:
        is_running = run.is_trained
    except OSError:
        is_running = run.has_living_trainer  # nobody can tell whether it has come to an end
    if is_running:
        raise RunError(f"{folder.name} cannot be {what} while it is running: stop it first.")


def _total_steps(run: RunFolder) -> int:
    # The numbers alone: the configuration of a newer version may have settings that this one does not know.
    try:
        values = json.loads(run.config.read_text(encoding="utf-8"))
        return sum(int(stage["steps"]) for stage in values["schedule"]["stages"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise RunError(
            f"{run.path} holds no run: its {run.config.name} cannot be read. Put a copy of that file there, or "
            "delete the run."
        ) from error


def _state(run: RunFolder, events: EventDigest) -> RunState:
    if run.is_trained:
        return RunState.RUNNING
    if run.trainer() is None and not events.last:
        return RunState.WAITING
    # Without an end it died; an end before its last start is not its end.
    end = run.end
    return RunState.FAILED if end is None else _ENDS[end]


def _reason(run: RunFolder, events: EventDigest, lines: tuple[str, ...]) -> str:
    if events.last.get("event") == "failed":
        return str(events.last["reason"])
    noted = run.noted_failure()
    if noted is not None:
        return noted
    advice = hint(lines, is_disk_full=_lacks_room(run))
    return f"The training ended at step {events.step} without a word. {advice}"


def _lacks_room(run: RunFolder) -> bool:
    """Whether there is too little of it for one more checkpoint."""
    needed = run.checkpoint.stat().st_size if run.checkpoint.exists() else 1
    return shutil.disk_usage(run.path).free < needed


def _notes(run: RunFolder) -> str:
    return run.notes.read_text(encoding="utf-8", errors="replace") if run.notes.exists() else ""
