"""Garbage is collected between events: never in the middle of a call of Qt, and never on a thread that computes.

Python collects whenever enough objects have been made, wherever that is. There, objects of Qt may be among the garbage:
destroyed on another thread they crash, and destroyed within a call of Qt they may wait for a lock that it holds. Seen
once in a test: a style sheet was set, and the program stood still for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 500


class Collector(QObject):
    """Takes the place of Python's automatic collection, for as long as the program runs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(collect_what_is_due)
        self._timer.start()


def collect_what_is_due() -> int | None:
    """Collect the oldest generation whose threshold is passed, as Python would; returns which, None where none is."""
    # Whoever had turned it off for a moment before the Collector was there turns it on again later.
    gc.disable()
    counts_and_thresholds = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [number for number, (count, threshold) in enumerate(counts_and_thresholds) if 0 < threshold < count]
    if not due:
        return None
    gc.collect(due[-1])  # the younger ones too
    return due[-1]
