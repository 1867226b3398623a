import threading
import time

import pytest

from core.image_io.in_order import in_order

PARTS = [slice(n, n + 1) for n in range(40)]


def test_results_come_in_the_order_of_the_parts():
    def work(part):
        time.sleep(0.002 * (part.start % 3))
        return part.start

    assert list(in_order(work, PARTS)) == list(range(40))


def test_nobody_works_far_ahead_of_who_takes_the_results(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    begun, lock = [], threading.Lock()

    def work(part):
        with lock:
            begun.append(part.start)

    for taken, _ in enumerate(in_order(work, PARTS), start=1):
        time.sleep(0.001)
        with lock:
            assert len(begun) <= taken + 4


def test_an_error_reaches_who_takes_the_results():
    def work(part):
        if part.start == 5:
            raise ValueError("strip 5")
        return part.start

    taken = []
    with pytest.raises(ValueError, match="strip 5"):
        taken.extend(in_order(work, PARTS))
    assert taken in ([], list(range(5)))
