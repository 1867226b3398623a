"""The lines of a run's events.jsonl, as the trainer writes them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STEP = b'{"event": "step"'
"""How the line of a step begins. There are thousands of them, and most readers want others."""


def whole_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that may not be there; a last one without its end was cut off by a crash and is none."""
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))
    except FileNotFoundError:
        return


def parse(line: bytes) -> dict[str, Any] | None:
    """None for a line that is damaged."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
