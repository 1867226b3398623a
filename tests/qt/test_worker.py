"""A worker with a real thread: order, cancelling, failing, and the end."""

import threading
import time

import pytest
from PySide6.QtCore import QThread

from core.errors import DeviceError
from matting_studio.app.jobs import Job, Priority, Progress
from matting_studio.qt.worker import Worker


@pytest.fixture
def worker(qtbot):
    worker = Worker("tested")
    yield worker
    assert worker.shutdown(5)
    assert not worker.is_alive


@pytest.fixture
def told(worker):
    """All that the worker says, as (signal, key of the job, what was said)."""
    log = []
    worker.started.connect(lambda job: log.append(("started", job.key)))
    worker.progressed.connect(lambda job, progress: log.append(("progressed", job.key, progress)))
    worker.finished.connect(lambda job, value: log.append(("finished", job.key, value)))
    worker.failed.connect(lambda job, sentence: log.append(("failed", job.key, sentence)))
    worker.cancelled.connect(lambda job: log.append(("cancelled", job.key)))
    return log


class Gate:
    """Work that goes on when it is let through."""

    def __init__(self, value=None):
        self.entered, self.opened = threading.Event(), threading.Event()
        self.value = value

    def __call__(self, _context):
        self.entered.set()
        assert self.opened.wait(5)
        return self.value


def job(key, work=lambda _context: None, priority=Priority.CURRENT, **rest):
    return Job(key, f"Doing {key}", work, priority, **rest)


def test_there_is_no_thread_before_the_first_job(worker):
    assert not worker.is_alive


def test_work_is_done_elsewhere_and_its_end_told_here(qtbot, worker, told):
    threads = {}

    def work(context):
        threads["work"] = QThread.currentThread()
        context.report(Progress("thinking", 0.5))
        return 7

    def deliver(value):
        threads["deliver"] = QThread.currentThread()
        threads["value"] = value

    with qtbot.waitSignal(worker.finished):
        worker.submit(job("a", work, deliver=deliver))
    assert threads["work"] is not threads["deliver"]
    assert threads["deliver"] is QThread.currentThread()
    assert threads["value"] == 7
    assert told == [("started", "a"), ("progressed", "a", Progress("thinking", 0.5)), ("finished", "a", 7)]
    assert worker.jobs == ()


def test_a_failure_is_a_sentence_and_the_next_job_is_done(qtbot, worker, told):
    sentences = []

    def work(_context):
        raise DeviceError("There is no such device.")

    with qtbot.waitSignal(worker.finished):
        worker.submit(job("bad", work, fail=sentences.append))
        worker.submit(job("good"))
    assert sentences == ["There is no such device."]
    assert ("failed", "bad", "There is no such device.") in told
    assert told[-1] == ("finished", "good", None)


def test_cancelling_a_running_job_answers_at_once_and_its_result_is_dropped(qtbot, worker, told):
    gate, delivered = Gate("late"), []
    with qtbot.waitSignal(worker.started):
        worker.submit(job("a", gate, deliver=delivered.append))
    worker.cancel("a")
    assert told[-1] == ("cancelled", "a")
    assert worker.running is None
    gate.opened.set()
    with qtbot.waitSignal(worker.finished):
        worker.submit(job("b"))
    assert delivered == []
    assert [entry[:2] for entry in told] == [("started", "a"), ("cancelled", "a"), ("started", "b"), ("finished", "b")]


def test_a_result_already_on_its_way_is_dropped_by_a_cancel(qtbot, worker, told):
    delivered, done = [], threading.Event()

    def work(_context):
        done.set()
        return "finished before the cancel"

    worker.submit(job("a", work, deliver=delivered.append))
    assert done.wait(5)
    time.sleep(0.05)  # its signal waits for the event loop, which has not run
    worker.cancel("a")
    with qtbot.waitSignal(worker.finished):
        worker.submit(job("b"))
    assert delivered == []
    assert told[0] == ("cancelled", "a")


def test_a_pending_job_gives_way_to_a_newer_one_of_its_key(qtbot, worker, told):
    gate, values = Gate(), []
    worker.submit(job("busy", gate))
    assert gate.entered.wait(5)
    for number in range(5):
        worker.submit(job("view", lambda _context, number=number: number, deliver=values.append))
    gate.opened.set()
    qtbot.waitUntil(lambda: worker.jobs == ())
    assert values == [4]
    assert told.count(("cancelled", "view")) == 4


def test_the_most_urgent_job_is_next(qtbot, worker):
    gate, order = Gate(), []
    worker.submit(job("busy", gate))
    assert gate.entered.wait(5)
    for priority in (Priority.OTHERS, Priority.HAND, Priority.CURRENT):
        worker.submit(
            job(priority, deliver=lambda _value, priority=priority: order.append(priority), priority=priority)
        )
    gate.opened.set()
    qtbot.waitUntil(lambda: worker.jobs == ())
    assert order == [Priority.HAND, Priority.CURRENT, Priority.OTHERS]


def test_a_job_may_submit_the_next_from_its_delivery(qtbot, worker):
    values = []

    def go_on(value):
        values.append(value)
        if value < 3:
            worker.submit(job(value + 1, lambda _context: value + 1, deliver=go_on))

    worker.submit(job(0, lambda _context: 0, deliver=go_on))
    qtbot.waitUntil(lambda: values == [0, 1, 2, 3])


def test_shutting_down_in_the_middle_cancels_and_leaves_no_thread(qtbot, worker, told):
    delivered = []

    def work(context):
        while True:
            context.token.raise_if_cancelled()
            time.sleep(0.001)

    with qtbot.waitSignal(worker.started):
        worker.submit(job("endless", work, deliver=delivered.append))
        worker.submit(job("pending", deliver=delivered.append))
    assert worker.shutdown(5)
    assert not worker.is_alive
    assert delivered == []
    assert [entry for entry in told if entry[0] == "cancelled"] == [("cancelled", "endless"), ("cancelled", "pending")]


def test_what_is_essential_is_done_and_told_before_the_end(qtbot, worker, told):
    gate, delivered = Gate("saved"), []
    worker.submit(job("save", gate, essential=True, deliver=delivered.append))
    worker.submit(job("save as", lambda _context: "saved too", essential=True, deliver=delivered.append))
    assert gate.entered.wait(5)
    gate.opened.set()
    assert worker.shutdown(5)
    assert delivered == ["saved", "saved too"]


def test_work_that_does_not_answer_is_reported_after_the_time_allowed(qtbot, worker):
    gate = Gate()
    worker.submit(job("deaf", gate))
    assert gate.entered.wait(5)
    assert not worker.shutdown(0.05)
    assert worker.is_alive
    gate.opened.set()
    assert worker.shutdown(5)


def test_after_the_end_a_job_is_cancelled_at_once(qtbot, worker, told):
    assert worker.shutdown(5)
    worker.submit(job("late"))
    assert told == [("cancelled", "late")]
    assert not worker.is_alive
