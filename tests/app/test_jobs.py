"""Jobs and their queue, without any worker."""

import logging
import threading
import time

import pytest

from core.errors import ImageReadError
from matting_studio.app.jobs import (
    Cancelled,
    CancelToken,
    Failed,
    Finished,
    Job,
    JobCancelled,
    JobQueue,
    Priority,
    Progress,
    perform,
)


def job(key, work=lambda _context: None, priority=Priority.CURRENT, **rest):
    return Job(key, f"Doing {key}", work, priority, **rest)


def ignore(_progress):
    pass


def raising(error):
    def work(_context):
        raise error

    return work


def test_a_cancelled_token_raises_and_stays_cancelled():
    token = CancelToken()
    token.raise_if_cancelled()
    token.cancel()
    token.cancel()
    assert token.cancelled
    with pytest.raises(JobCancelled):
        token.raise_if_cancelled()


def test_performing_a_job_gives_its_value_and_its_progress():
    told = []

    def work(context):
        context.report(Progress("half", 0.5))
        return 42

    assert perform(job("a", work), told.append) == Finished(42)
    assert told == [Progress("half", 0.5)]


def test_an_expected_error_is_told_in_its_own_words():
    assert perform(job("a", raising(ImageReadError("It is empty."))), ignore) == Failed("It is empty.")


def test_an_unexpected_error_becomes_a_sentence_and_leaves_a_traceback_in_the_log(caplog):
    with caplog.at_level(logging.ERROR):
        outcome = perform(job("a", raising(ZeroDivisionError("by zero"))), ignore)
    assert isinstance(outcome, Failed)
    assert outcome.sentence.startswith("Doing a failed unexpectedly (ZeroDivisionError: by zero).")
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def test_memory_running_out_says_what_to_do(caplog):
    outcome = perform(job("a", raising(MemoryError())), ignore)
    assert isinstance(outcome, Failed)
    assert "Close other photos" in outcome.sentence
    assert caplog.records


def test_a_job_cancelled_before_it_begins_is_not_begun():
    done = []
    cancelled = job("a", done.append)
    cancelled.token.cancel()
    assert perform(cancelled, ignore) == Cancelled()
    assert done == []


def test_a_job_cancelled_while_it_works_has_no_value_even_if_it_does_not_look():
    def work(context):
        context.token.cancel()
        return "late"

    assert perform(job("a", work), ignore) == Cancelled()


def test_jobs_are_taken_by_priority_and_in_order_within_one():
    queue = JobQueue()
    for key, priority in [("a", 2), ("b", 1), ("c", 2), ("d", 0), ("e", 1)]:
        queue.put(job(key, priority=priority))
    assert [queue.take().key for _ in range(5)] == ["d", "b", "e", "a", "c"]


def test_a_newer_job_of_a_key_takes_the_older_ones_place():
    queue = JobQueue()
    older, other, newer = job("view"), job("other"), job("view")
    queue.put(older)
    queue.put(other)
    assert queue.put(newer) is older
    assert older.token.cancelled
    assert not newer.token.cancelled
    assert [queue.take() for _ in range(2)] == [newer, other]
    assert len(queue) == 0


def test_jobs_are_withdrawn_by_what_they_concern():
    queue = JobQueue()
    jobs = [job(("matte", name)) for name in "abc"]
    for each in jobs:
        queue.put(each)
    assert queue.withdraw(lambda each: each.key[1] != "b") == [jobs[0], jobs[2]]
    assert [each.token.cancelled for each in jobs] == [True, False, True]
    assert queue.take() is jobs[1]


def test_a_closed_queue_gives_out_only_what_is_essential_and_takes_nothing():
    queue = JobQueue()
    plain, saving, late = job("plain"), job("saving", essential=True), job("late")
    queue.put(plain)
    queue.put(saving)
    assert queue.close() == [plain]
    assert queue.put(late) is late
    assert late.token.cancelled
    assert queue.take() is saving
    assert queue.take() is None


def test_whoever_waits_for_a_job_gets_the_next_one_and_nothing_after_the_end():
    queue, taken = JobQueue(), []

    def consume():
        while (next_job := queue.take()) is not None:
            taken.append(next_job.key)

    thread = threading.Thread(target=consume)
    thread.start()
    for number in range(20):
        queue.put(job(number))
    deadline = time.monotonic() + 5
    while len(taken) < 20 and time.monotonic() < deadline:
        time.sleep(0.001)
    queue.close()
    thread.join(5)
    assert not thread.is_alive()
    assert taken == list(range(20))
