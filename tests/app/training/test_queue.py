"""Runs wait for each other, also over a restart."""

import pytest
from made_runs import make_run

from core.training.run import RunFolder
from matting_studio.app.training.queue import RunQueue
from matting_studio.app.training.runs import RunError, summarise


@pytest.fixture
def three(tmp_path):
    return [make_run(tmp_path / name, []).path for name in "abc"]


def test_the_queue_outlives_the_program(tmp_path, three):
    queue = RunQueue(tmp_path / "queue.json")
    for folder in (*three, three[0]):
        queue.add(folder)
    queue.remove(three[0])
    assert RunQueue(tmp_path / "queue.json").runs == (three[1], three[2])


def test_one_run_is_started_at_a_time(tmp_path, three):
    queue = RunQueue(tmp_path / "queue.json")
    for folder in three:
        queue.add(folder)
    waiting = [summarise(folder) for folder in three]
    assert queue.next_to_start(waiting) == three[0]
    RunFolder(three[1]).events.write_text(
        '{"event": "started", "step": 0, "time": 1, "total_steps": 9, "device": ""}\n'
    )
    running = summarise(three[1])  # it has written something just now
    assert queue.next_to_start([waiting[0], running]) is None


def test_a_run_that_is_gone_is_passed_over(tmp_path, three):
    queue = RunQueue(tmp_path / "queue.json")
    queue.add(tmp_path / "gone")
    queue.add(three[0])
    assert queue.next_to_start([]) == three[0]


@pytest.mark.parametrize("content", ["", "{", "5", '{"a": 1}', "[1, 2]"])
def test_a_damaged_queue_is_an_empty_one(tmp_path, content):
    (tmp_path / "queue.json").write_text(content)
    assert RunQueue(tmp_path / "queue.json").runs == ()


def test_a_queue_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    (tmp_path / "queue.json").mkdir()
    with pytest.raises(RunError, match="no run is started until it can"):
        _ = RunQueue(tmp_path / "queue.json").runs
