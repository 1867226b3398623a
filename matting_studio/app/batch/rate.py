"""How fast a run is, lately, and how long it will take; pauses do not count."""

import time
from collections import deque
from collections.abc import Callable

_WINDOW = 50


class Rate:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._before = 0.0
        self._marks: deque[float] = deque([0.0], maxlen=_WINDOW + 1)

    def go(self) -> None:
        """Time counts from now on."""
        if self._since is None:
            self._since = self._clock()

    def pause(self) -> None:
        self._before = self._active_seconds()
        self._since = None

    def count(self) -> None:
        """Another photo is through."""
        self._marks.append(self._active_seconds())

    def photos_per_second(self) -> float | None:
        """None until there is something to go by."""
        if len(self._marks) < 2:
            return None
        # Up to now, not up to the last photo: a run that stands still becomes slower and slower.
        passed = self._active_seconds() - self._marks[0]
        return (len(self._marks) - 1) / passed if passed > 0 else None

    def seconds_for(self, photos: int) -> float | None:
        rate = self.photos_per_second()
        return None if rate is None else photos / rate

    def _active_seconds(self) -> float:
        return self._before + (0.0 if self._since is None else self._clock() - self._since)
