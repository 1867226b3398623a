"""A line of events that is damaged is none, and harms no other."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.training.event_lines import last_event, parse

STEP = {"event": "step", "step": 3, "time": 1.5, "losses": {"alpha": float("nan")}, "gradient_norm": 0.5}
SOUND: list[dict[str, Any]] = [
    {"event": "started", "step": 0, "time": 1.5, "total_steps": 9, "device": "CPU", "precision": "float32"},
    STEP,
    {"event": "validation", "step": 3, "time": 1.5, "sets": {"own": {"mad": 0.1, "sad": 2}}},
    {"event": "rollback", "step": 0, "time": 1.5, "reason": "the loss is nan", "failed_at": 2},
    {"event": "failed", "time": 1.5, "reason": "The disk is full."},
    {"event": "finished", "step": 9, "time": 1.5},
    {"event": "of a later version"},
]


@pytest.mark.parametrize("event", SOUND, ids=lambda event: event["event"])
def test_what_a_trainer_writes_is_read(event: dict[str, Any]) -> None:
    line = json.dumps(event).encode()
    assert json.dumps(parse(line)).encode() == line


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\0\0\0\n",
        b"\xff\xfegarbage\n",
        b"[1]\n",
        b"[" * 100_000,
        b'{"event": "sta{"event": "failed", "step": 1}',
        b'{"event": 3}',
        b'{"event": "started"}',
        b'{"event": "finished"}',
        b'{"event": "failed", "time": 1.5}',
        b'{"event": "step", "time": 1.5, "step": "3", "losses": {}}',
        b'{"event": "step", "time": 1.5, "step": true, "losses": {}}',
        b'{"event": "step", "time": 1.5, "step": 1e300, "losses": {}}',
        b'{"event": "step", "time": 1.5, "step": 3, "losses": {"alpha": null}}',
        b'{"event": "step", "time": 1.5, "step": 3, "losses": [1]}',
        b'{"event": "step", "time": Infinity, "step": 3, "losses": {}}',
        b'{"event": "validation", "time": 1.5, "step": 3, "sets": {}}',
        b'{"event": "validation", "time": 1.5, "step": 3, "sets": {"own": {"sad": 1}}}',
    ],
)
def test_what_is_damaged_is_none(line: bytes) -> None:
    assert parse(line) is None


@pytest.mark.parametrize(
    "after", [b"", b"\xff\xfegarbage\n", b"\0\0", b'{"event": "finished"}\n', b"x" * 700_000 + b"\n"]
)
def test_the_last_event_is_that_of_the_last_line_that_is_whole(tmp_path: Path, after: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event": "checkpoint"}\n{"event": "finished", "time": 2.0}\n' + after)
    assert last_event(path) == {"event": "finished", "time": 2.0}


def test_a_last_line_may_be_long(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    failed = {"event": "failed", "time": 2.0, "reason": "x" * 200_000}
    path.write_text('{"event": "checkpoint"}\n' + json.dumps(failed) + "\n")
    assert last_event(path) == failed


def test_where_nothing_is_whole_there_is_none(tmp_path: Path) -> None:
    assert last_event(tmp_path / "events.jsonl") == {}
    (tmp_path / "events.jsonl").write_bytes(b"garbage\n" * 20_000)
    assert last_event(tmp_path / "events.jsonl") == {}
