"""Work on several threads whose results are taken in order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_MOST_THREADS = 8


def in_order(work: Callable[[slice], T], parts: Iterable[slice]) -> Iterator[T]:
    """What `work` makes of each part, in the order of the parts.

    As many threads as there are cores work on it, never further ahead of whoever takes the results than one part each:
    so a slow disk fills no memory.
    """
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[T]] = deque()
        try:
            for part in parts:
                under_way.append(pool.submit(work, part))
                if len(under_way) > threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
