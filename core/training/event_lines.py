"""The lines of a run's events.jsonl, as the trainer writes them and whoever watches it reads them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

STEP = b'{"event": "step"'
"""How the line of a step begins. There are thousands of them, and most readers want others."""
CHECKPOINT = b'{"event": "checkpoint"'
"""How the line of a checkpoint begins."""
_TAIL_BYTES = 65_536
_LARGEST = 2**63
_LAST_MOMENT = 2e11
"""Seconds from 1970 into the year 8307, beyond which there are no dates."""


def _is_number(value: object) -> bool:
    return isinstance(value, float) or (type(value) is int and abs(value) < _LARGEST)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < _LAST_MOMENT


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_figures(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


def _are_measures(value: object) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(_are_figures(measures) and "mad" in measures for measures in value.values())


_SOUND: dict[str, Callable[[object], bool]] = {
    "step": _is_count,
    "time": _is_moment,
    "total_steps": _is_count,
    "failed_at": _is_count,
    "device": _is_text,
    "reason": _is_text,
    "losses": _are_figures,
    "gradient_norm": _is_number,
    "learning_rate": _is_number,
    "photos_per_second": _is_number,
    "memory_bytes": _is_number,
    "sets": _are_measures,
}
"""What a value may be, wherever it stands."""
_NEEDED = {
    "started": ("step", "time", "total_steps", "device"),
    "resumed": ("step", "time"),
    "step": ("step", "time", "losses"),
    "validation": ("step", "time", "sets"),
    "rollback": ("step", "time", "failed_at", "reason"),
    "finished": ("time",),
    "stopped": ("time",),
    "failed": ("time", "reason"),
}
"""What an event is nothing without."""


def parse(line: bytes) -> dict[str, Any] | None:
    """None for a line that is damaged: no JSON, or without what its event needs."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return None
    is_whole = all(name in event for name in _NEEDED.get(event["event"], ()))
    is_sound = all(_SOUND[name](value) for name, value in event.items() if name in _SOUND)
    return event if is_whole and is_sound else None


def whole_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that may not be there; a last one without its end was cut off by a crash and is none."""
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))
    except FileNotFoundError:
        return


def last_event(path: Path) -> dict[str, Any]:
    """That of the last line which is not damaged; empty where there is none. Cheap however long the file is."""
    try:
        with path.open("rb") as file:
            size, tail = path.stat().st_size, _TAIL_BYTES
            while True:
                file.seek(max(0, size - tail))
                # What follows the last line's end was cut off by a crash, and what comes before the first one by this.
                lines = file.read().split(b"\n")[0 if tail >= size else 1 : -1]
                found = next((event for event in map(parse, reversed(lines)) if event is not None), None)
                if found is not None or tail >= size:
                    return found or {}
                tail *= 8
    except FileNotFoundError:
        return {}
