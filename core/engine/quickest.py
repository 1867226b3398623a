"""Which of several ways to compute the same is the quickest on this machine, now: by trying.

That a processor has instructions for a precision does not say how fast they are. With the same AVX-512 bfloat16, matrix
products take a quarter of float32's time on one (Zen 5), half of it on another (Zen 4), and one and a half times as
long on a third (Emerald Rapids as a virtual machine that is not given its AMX).
"""

import math
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")

ROUNDS = 30


def quickest(ways: Mapping[T, Callable[[], object]], clock: Callable[[], float] = time.perf_counter) -> T:
    """The way whose fastest run is the fastest of all; the first of those that are equally fast.

    Ways take turns, so that whatever else the machine does meets all of them, and each is run once before it counts. A
    run should take a millisecond or less: those that other programs interrupt are then few.
    """
    for way in ways.values():
        way()
    best = dict.fromkeys(ways, math.inf)
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = clock()
            way()
            best[name] = min(best[name], clock() - start)
    return min(best, key=best.__getitem__)
