"""Garbage goes by itself while the event loop runs, and only there."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from matting_studio.qt.collector import Collector, collect_what_is_due


class Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _collection_as_before() -> Iterator[None]:
    was_on, thresholds = gc.isenabled(), gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    if was_on:
        gc.enable()
    else:
        gc.disable()


def test_garbage_waits_for_the_event_loop(qtbot: QtBot) -> None:
    gc.enable()
    owner = QObject()
    Collector(owner)
    gone = weakref.ref(Ring())
    rings: list[Ring] = []

    def make_many() -> None:
        # More than Python takes as a reason to collect, whatever windows of earlier tests give back meanwhile.
        rings.extend(Ring() for _ in range(3 * gc.get_threshold()[0]))

    def is_gone() -> bool:
        make_many()
        return gone() is None

    make_many()
    assert gone() is not None
    qtbot.waitUntil(is_gone, timeout=5000)


def test_automatic_collection_that_somebody_turned_on_again_is_off_at_the_next_look(qtbot: QtBot) -> None:
    owner = QObject()
    Collector(owner)
    gc.enable()
    qtbot.waitUntil(lambda: not gc.isenabled(), timeout=5000)


def test_only_what_is_due_is_collected() -> None:
    gc.disable()
    gc.collect()
    gc.set_threshold(100_000, 2, 2)
    assert collect_what_is_due() is None
    gc.set_threshold(10, 2, 2)
    rings = []
    generations = []
    for _ in range(4):
        rings.append([Ring() for _ in range(50)])
        generations.append(collect_what_is_due())
    assert generations[:3] == [0, 0, 0]
    assert generations[3] == 1
