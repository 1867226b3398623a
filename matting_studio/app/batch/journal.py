"""What was done with which photo, one JSON object a line.

A line is on the disk before its results are moved into place. So a run that ends at any moment, by a power cut too,
leaves one of three: no line, and the photo is done again; a line whose results are not there, and it is done again; a
line and its results. Results are known by size and time, so what somebody changed since is not overwritten. A line that
was cut off counts as none.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from core.errors import MattingError
from matting_studio.app.batch.fingerprint import Source
from matting_studio.app.export_request import ExportKind
from matting_studio.app.fingerprint import Fingerprint

FOLDER = ".matting-studio"
_JOURNALS = "journal*.jsonl"


class JournalError(MattingError):
    """What was done earlier cannot be found out."""


@dataclass(frozen=True)
class Result:
    """A file that was made."""

    what: ExportKind
    path: str
    """Within the output folder, with slashes."""
    settings: str
    """What `Recipe.settings` says."""
    file: Fingerprint


@dataclass(frozen=True)
class Entry:
    """What became of a photo."""

    photo: str
    """Its name: its path within the input folder, with slashes."""
    source: Source | None
    """None where it could not be read."""
    model: str
    results: tuple[Result, ...] = ()
    seconds: float = 0.0
    doubt: float | None = None
    doubts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: str | None = None
    """Why nothing was made."""
    time: float = 0.0
    """When, in seconds since 1970."""
    folder: str = ""
    """Where the photo itself lies; nothing in journals that do not say."""

    def line(self) -> bytes:
        # Only ASCII: names that are no text travel as escapes.
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Self | None:
        """None for a line that is cut off or damaged."""
        try:
            values: dict[str, Any] = json.loads(line)
            source = values["source"]
            values["source"] = source and Source(Fingerprint(**source["fingerprint"]), source["sha256"])
            values["results"] = tuple(
                Result(ExportKind(each["what"]), each["path"], each["settings"], Fingerprint(**each["file"]))
                for each in values["results"]
            )
            values["doubts"], values["warnings"] = tuple(values["doubts"]), tuple(values["warnings"])
            entry = cls(**values)
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        return entry if entry._is_sound else None

    @property
    def _is_sound(self) -> bool:
        """Whether what is reckoned with, and looked for on the disk, is of the kind that it has to be."""
        texts = (self.photo, self.model, self.folder, *(result.path for result in self.results))
        numbers = (self.time, self.seconds, 0 if self.doubt is None else self.doubt)
        return all(isinstance(text, str) for text in texts) and all(isinstance(each, int | float) for each in numbers)


class History:
    """What the journals of an output folder say."""

    def __init__(self) -> None:
        self._results: dict[str, tuple[Entry, Result]] = {}
        self._files: dict[str, set[Fingerprint]] = {}
        self._entries: dict[str, Entry] = {}
        self._paths: dict[str, dict[ExportKind, str]] = {}

    @classmethod
    def read(cls, output: Path) -> Self:
        """Raises JournalError where a journal cannot be read."""
        history = cls()
        try:
            entries = sorted(_entries(output), key=lambda entry: entry.time)
        except OSError as error:
            raise JournalError(
                f"The journal {error.filename} cannot be read ({error.strerror or error}). Make it readable, or remove "
                "it to begin anew."
            ) from error
        for entry in entries:
            history.add(entry)
        return history

    def add(self, entry: Entry) -> None:
        self._entries[entry.photo] = entry
        for result in entry.results:
            self._results[result.path] = entry, result
            self._files.setdefault(result.path, set()).add(result.file)
            self._paths.setdefault(entry.photo, {})[result.what] = result.path

    def last(self, photo: str) -> Entry | None:
        """What became of a photo the last time."""
        return self._entries.get(photo)

    def maker(self, path: str) -> tuple[Entry, Result] | None:
        """How the result of this path was made the last time."""
        return self._results.get(path)

    def is_ours(self, path: str, file: Fingerprint) -> bool:
        """Whether a file of this path is one that was made here, and unchanged since."""
        return file in self._files.get(path, ())

    def paths_of(self, photo: str) -> dict[ExportKind, str]:
        """Where the results of a photo were put the last time."""
        return self._paths.get(photo, {})

    @property
    def paths(self) -> frozenset[str]:
        """Of all results that were ever made."""
        return frozenset(self._results)

    @property
    def mean_bytes(self) -> float | None:
        """What the results of a photo take on the disk; None where nothing was made yet."""
        if not self._paths:
            return None
        return sum(result.file.size_bytes for _, result in self._results.values()) / len(self._paths)


class Histories:
    """What the journals of folders say, read anew where one has changed: who watches a folder asks all the time."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[dict[Path, Fingerprint | None], History]] = {}

    def of(self, output: Path) -> History:
        """For reading only. Raises JournalError where a journal cannot be read."""
        try:
            journals = {path: Fingerprint.of(path) for path in (output / FOLDER).glob(_JOURNALS)}
        except OSError:
            return History.read(output)  # which says what is wrong
        kept = self._kept.get(output)
        if kept is None or kept[0] != journals:
            kept = self._kept[output] = journals, History.read(output)
        return kept[1]


def _entries(output: Path) -> Iterator[Entry]:
    for path in sorted((output / FOLDER).glob(_JOURNALS)):
        with path.open("rb") as file:
            yield from (entry for line in file if (entry := Entry.parse(line)) is not None)


class Journal:
    """A file that entries are added to."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where it cannot be made."""
        self._lock = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        size = os.fstat(self._descriptor).st_size
        if size > 0:
            os.lseek(self._descriptor, size - 1, os.SEEK_SET)
            if os.read(self._descriptor, 1) != b"\n":
                # The last run was killed in the middle of a line: the next one must not become part of it.
                os.write(self._descriptor, b"\n")

    def add(self, entry: Entry) -> None:
        """Add a line and wait until it is on the disk. Raises OSError, and then the file is as it was."""
        line = entry.line()
        with self._lock:
            before = os.fstat(self._descriptor).st_size
            try:
                written = os.write(self._descriptor, line)
                while written < len(line):
                    # A full disk takes a part of a line first, and complains at the second attempt.
                    written += os.write(self._descriptor, line[written:])
                os.fsync(self._descriptor)
            except OSError:
                os.ftruncate(self._descriptor, before)
                raise

    def close(self) -> None:
        os.close(self._descriptor)
