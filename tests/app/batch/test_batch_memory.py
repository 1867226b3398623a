"""A memory limit holds for all photos in hand together."""

import threading
import time
import weakref

import pytest
from batches import FAST, put_photos, states

from core.memory_plan import BASE_BYTES, Limit, Result, Size
from matting_studio.app.batch import BatchRun, Recipe, RowChanged, RowState, Workplace, find_photos, make_plan
from matting_studio.app.batch.pipeline import Pipeline
from matting_studio.app.batch.room import Room
from matting_studio.app.export_request import ExportKind

NAMES = [f"{number}.png" for number in range(12)]
EACH_BYTES = 1000
"""What a photo takes here."""


class Pixels:
    """Something large."""


def test_a_reader_that_waits_for_its_next_photo_holds_nothing_of_the_last_one():
    first, more, written = Pixels(), threading.Event(), threading.Event()
    waiting, known = [first], weakref.ref(first)
    del first

    def take():
        if waiting:
            return waiting.pop()
        more.wait(30)
        return None

    pipeline = Pipeline(
        take, lambda thing: thing, lambda thing: thing, lambda thing: written.set(), readers=1, writers=1
    )
    conductor = threading.Thread(target=pipeline.run)
    conductor.start()
    try:
        assert written.wait(30)
        end = time.monotonic() + 20
        while known() is not None:
            assert time.monotonic() < end, "somebody still holds it"
            time.sleep(0.005)
    finally:
        more.set()
        conductor.join(30)


class Thrifty:
    """Notes what it is asked; holds a photo until others had time to be read."""

    def __init__(self, predictor):
        self._predictor = predictor
        self.asked = []

    def predict(self, image, *, result, limit):
        self.asked.append((result, limit))
        time.sleep(0.05)
        return self._predictor.predict(image)

    def expected_bytes(self, photo, limit, result):
        assert photo == Size(24, 20, 1)
        return BASE_BYTES + EACH_BYTES


class InHand:
    """Counts the photos that are between reading and their results."""

    def __init__(self):
        self._lock = threading.Lock()
        self._now = set()
        self.most = 0

    def __call__(self, event):
        if isinstance(event, RowChanged):
            with self._lock:
                busy = event.row.state in (RowState.READING, RowState.MATTING, RowState.WRITING)
                (self._now.add if busy else self._now.discard)(event.row.name)
                self.most = max(self.most, len(self._now))


@pytest.fixture
def begin(tmp_path):
    """Begins a run within a limit; ends it after the test."""
    put_photos(tmp_path / "in", NAMES)
    opened = []

    def begin(load, limit, recipe=FAST):
        place, in_hand = Workplace(tmp_path / "out"), InHand()
        items = find_photos(tmp_path / "in", recursive=True, output=tmp_path / "out").items
        plan = make_plan(items, recipe, tmp_path / "out", place.history, "tiny")
        run = BatchRun(plan, place, load, workers=4, limit=limit, listener=in_hand)
        opened.append((run, place))
        run.start()
        return run, in_hand

    yield begin
    for run, place in opened:
        run.abort()
        assert run.wait(30)
        place.close()


@pytest.mark.parametrize(("room_bytes", "most"), [(2.5 * EACH_BYTES, 2), (EACH_BYTES, 1), (0, 1)])
def test_no_more_photos_are_in_hand_than_there_is_memory_for(begin, predictor, room_bytes, most):
    thrifty, limit = Thrifty(predictor), Limit(BASE_BYTES + 7000 + round(room_bytes), taken_bytes=7000)
    run, in_hand = begin(lambda: thrifty, limit)
    assert run.wait(60)
    assert run.progress().done == len(NAMES)
    assert in_hand.most == most
    assert thrifty.asked == [(Result.MATTE, limit)] * len(NAMES)


def test_photos_that_fail_give_their_room_back(begin, predictor, tmp_path):
    for name in NAMES[::2]:
        (tmp_path / "in" / name).write_bytes(b"no photo")
    run, in_hand = begin(lambda: Thrifty(predictor), Limit(BASE_BYTES))
    assert run.wait(60)
    assert states(run) == {name: "failed" if number % 2 == 0 else "done" for number, name in enumerate(NAMES)}
    assert in_hand.most <= 2  # what cannot be read takes nothing


def test_a_run_that_waits_for_room_can_be_paused_and_stopped(begin, predictor):
    gate = threading.Event()

    class Held(Thrifty):
        def predict(self, image, **memory):
            gate.wait(30)
            return super().predict(image, **memory)

    run, in_hand = begin(lambda: Held(predictor), Limit(BASE_BYTES))
    while in_hand.most == 0:
        time.sleep(0.005)
    run.pause()
    gate.set()
    while run.progress().done == 0:
        time.sleep(0.005)
    time.sleep(0.2)
    assert run.progress().done == 1
    run.stop()
    assert run.wait(30)
    assert sorted(states(run).values()) == ["done"] + ["waiting"] * (len(NAMES) - 1)
    run.start()
    assert run.wait(60)
    assert run.progress().done == len(NAMES)


@pytest.mark.parametrize(
    ("what", "result"),
    [
        ((ExportKind.ALPHA, ExportKind.TRIMAP), Result.MATTE),
        ((ExportKind.ALPHA, ExportKind.FOREGROUND), Result.CUTOUT),
        ((ExportKind.CUTOUT,), Result.CUTOUT),
        ((ExportKind.CUTOUT, ExportKind.COMPOSITE), Result.COMPOSITE),
    ],
)
def test_the_largest_of_the_results_counts(what, result):
    assert Recipe(what=what).memory_result is result


def test_before_the_network_is_known_there_is_room_for_one():
    room, size = Room(Limit(BASE_BYTES + 10 * EACH_BYTES)), Size(24, 20, 1)
    assert room.has_for(size)
    room.enter("anna", size)
    assert not room.has_for(size)
    room.expected_bytes = lambda _size: BASE_BYTES + EACH_BYTES
    assert room.has_for(size)
    room.leave("anna")
    room.leave("nobody")
    assert Room(None).has_for(size)
