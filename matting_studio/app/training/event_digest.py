"""What the events of a run come to: how far it is, its best figures, how it ended."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.training.event_lines import STEP, last_event, parse, whole_lines

Measures = dict[str, dict[str, float]]
"""Measure by name, by validation set."""


@dataclass
class EventDigest:
    step: int = 0
    total_steps: int | None = None
    device: str | None = None
    started: float | None = None
    """When it was first started, in seconds since 1970."""
    seconds: float = 0.0
    """Spent on training: from each start to the last event before the next one."""
    best: Measures | None = None
    best_step: int | None = None
    last: dict[str, Any] = field(default_factory=dict)
    """The last event; empty where there is none."""


def digest(path: Path) -> EventDigest:
    """Read an events.jsonl, which may be missing; lines that are damaged are passed over."""
    found = EventDigest()
    validations: list[dict[str, Any]] = []
    session_started = 0.0
    previous = step_line = b""
    for line in whole_lines(path):
        if line.startswith(STEP):
            step_line = previous = line  # only the last one is looked into
            continue
        event = parse(line)
        if event is None:
            continue
        if event["event"] in {"resumed", "started"}:
            found.seconds += _time_of(previous, session_started) - session_started
            session_started = event["time"]
        if event["event"] == "started":
            found.started = found.started or session_started
            found.total_steps, found.device = event["total_steps"], event["device"]
        elif event["event"] == "validation":
            validations.append(event)
        elif event["event"] == "rollback":
            # What was measured after it will be measured again, and the model of then may be gone.
            validations = [each for each in validations if each["step"] <= event["step"]]
        if "step" in event:
            found.step, step_line = event["step"], b""
        previous = line
    if validations:
        best = min(validations, key=lambda each: mean_mad(each["sets"]))
        found.best, found.best_step = best["sets"], best["step"]
    found.last = last_event(path)
    found.step = (parse(step_line) or {"step": found.step})["step"]
    found.seconds += _time_of(previous, session_started) - session_started
    return found


def mean_mad(sets: Measures) -> float:
    """What decides which model is the best: the mean of the sets' MAD."""
    return sum(measures["mad"] for measures in sets.values()) / len(sets)


def _time_of(line: bytes, session_started: float) -> float:
    """When the line was written; before the first session nothing counts."""
    event = parse(line) or {}
    return float(event.get("time", session_started)) if session_started else 0.0
