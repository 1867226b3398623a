"""How long each stage of a piece of work took."""

import contextlib
import time
from collections.abc import Iterator


class StageTimes:
    """Seconds by the stage's name, in the order in which the stages were first entered."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent in the block to a stage, whether the block ends well or not."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
