"""Reads every file of the data sets once, on several threads, and reports."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from core.training.config import DataConfig
from core.training.doctor.duplicates import check_duplicates
from core.training.doctor.findings import check_set, summarise
from core.training.doctor.inspection import Part, PictureFacts, Unreadable, inspect
from core.training.doctor.report import Report, Severity
from core.training.doctor.sets import list_sets

MOST_THREADS = 8
AHEAD = 4
"""Files per thread that wait to be looked at; so that stopping is prompt and memory small."""


def examine(
    data: DataConfig,
    *,
    crop_px: int | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Report | None:
    """Look the data sets over.

    Args:
        data: what a configuration names; folders that do not exist are findings, too.
        crop_px: side of the largest crops in px; smaller photos are then warned of.
        on_progress: hears how many files of how many are done, on the caller's thread.
        should_stop: asked after every file.

    Returns:
        The report; None where it was stopped.
    """
    sets, findings = list_sets(data)
    files = list(dict.fromkeys(file for chosen in sets for sample in chosen.samples for file in sample.files()))
    facts: dict[tuple[Path, Part], PictureFacts | Unreadable] = {}
    on_progress(0, len(files))
    for file, fact in inspected(files, should_stop):
        facts[file] = fact
        on_progress(len(facts), len(files))
    if len(facts) < len(files) or should_stop():
        return None
    for chosen in sets:
        findings += check_set(chosen, facts, crop_px)
    findings += check_duplicates(sets, facts)
    findings.sort(key=lambda finding: finding.severity is Severity.WARNING)
    return Report(tuple(findings), tuple(summarise(chosen, facts) for chosen in sets))


def inspected(
    files: Iterable[tuple[Path, Part]], should_stop: Callable[[], bool]
) -> Iterator[tuple[tuple[Path, Part], PictureFacts | Unreadable]]:
    """Facts of the files, in their order, until it should stop."""
    threads = min(MOST_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads, thread_name_prefix="data set doctor") as pool:
        waiting: deque[tuple[tuple[Path, Part], Future[PictureFacts | Unreadable]]] = deque()
        coming = iter(files)
        while not should_stop():
            waiting.extend(
                (file, pool.submit(inspect, *file)) for file in islice(coming, threads * AHEAD - len(waiting))
            )
            if not waiting:
                return
            file, future = waiting.popleft()
            yield file, future.result()
        pool.shutdown(cancel_futures=True)
