"""What can be seen of a batch while it runs: plain values that are safe to hand from thread to thread."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class RowState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    MATTING = "matting"
    WRITING = "writing"
    """Colours are estimated, results are encoded."""
    DONE = "done"
    SKIPPED = "skipped"
    """Done in an earlier run, or nothing may be overwritten."""
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (RowState.DONE, RowState.SKIPPED, RowState.FAILED)


class RunState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    """No photo is begun; those in hand are finished."""
    STOPPING = "stopping"
    ENDED = "ended"


@dataclass(frozen=True)
class Row:
    """One photo."""

    name: str
    photo: Path
    state: RowState
    seconds: float | None = None
    """From reading to the last result, without the time spent waiting in between."""
    reason: str | None = None
    """Why it failed."""
    doubt: float | None = None
    """0 … 1: how much it should be looked at."""
    doubts: tuple[str, ...] = ()
    """What is doubtful, in words."""
    warnings: tuple[str, ...] = ()
    results: tuple[Path, ...] = ()
    thumbnail: Path | None = None
    """A small cut-out with transparency (WebP), once it is there."""


@dataclass(frozen=True)
class Progress:
    total: int
    done: int
    """In this run."""
    skipped: int
    failed: int
    photos_per_second: float | None
    """Lately; None until there is something to go by."""
    seconds_left: float | None

    @property
    def waiting(self) -> int:
        """Those not begun and those in hand."""
        return self.total - self.done - self.skipped - self.failed


@dataclass(frozen=True)
class RowChanged:
    row: Row
    progress: Progress


@dataclass(frozen=True)
class StateChanged:
    state: RunState
    progress: Progress
    trouble: str | None = None
    """Why a run ended before its time."""


Event = RowChanged | StateChanged
