"""The documents that are open, which one is shown, how far each one is, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from matting_studio.app.document import Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Status(StrEnum):
    WAITING = "waiting"
    """Its turn will come."""
    READING = "reading"
    MATTING = "matting"
    READY = "ready"
    STOPPED = "stopped"
    """Somebody cancelled its matte; it stays so until asked for again."""
    FAILED = "failed"


@dataclass
class Place:
    """A document's place in the strip."""

    document: Document
    status: Status = Status.WAITING
    sentence: str | None = None
    """Why it failed."""
    thumbnail: NDArray[np.uint8] | None = None
    """(h, w, 3) RGB, once the photo was read."""
    outdated: bool = False
    """Its matte was made with a model or a size that is no longer the chosen one."""
    predates_choice: bool = False
    """It was open when another model or size was chosen, which is not loaded yet."""
    short: bool = False
    """Its matte is less than was wished, since memory was short."""
    before_reading: Status = Status.WAITING
    """What it was before its photo was last asked for, and is again where that is called off."""
    matte_failure: str | None = None
    """Why its matte failed, until it is tried again; None also where it was the photo that could not be read."""
    rendering_bytes: int = 0
    """What is kept to render it faster, beside what the document holds."""
    remark: str | None = None
    """What there is to say about its matte to whoever looks at it next."""


class Session:
    """The strip of documents, in order."""

    def __init__(self) -> None:
        self._places: dict[Document, Place] = {}
        """In the order of the strip."""
        self._current: Place | None = None

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(self._places)

    @property
    def current(self) -> Document | None:
        return self._current.document if self._current else None

    def __contains__(self, document: object) -> bool:
        return document in self._places

    def place(self, document: Document) -> Place:
        """Raises KeyError where the document is not open."""
        place = self._places.get(document)
        if place is None:
            raise KeyError(document.name)
        return place

    def add(self, document: Document, status: Status = Status.WAITING) -> None:
        """Put a document at the end of the strip; the first one becomes the current one."""
        place = self._places[document] = Place(document, status)
        if self._current is None:
            self._current = place

    def remove(self, document: Document) -> None:
        """Take a document out; the one after it, or else the one before, becomes the current one."""
        place = self.place(document)
        if place is self._current:
            heir = self.neighbour(1) or self.neighbour(-1)
            self._current = None if heir is None else self._places[heir]
        del self._places[document]

    def select(self, document: Document) -> None:
        self._current = self.place(document)

    def neighbour(self, steps: int) -> Document | None:
        """The document so many steps after the current one, or before it; None beyond the ends."""
        if self._current is None:
            return None
        documents = self.documents
        index = documents.index(self._current.document) + steps
        return documents[index] if 0 <= index < len(documents) else None

    def in_turn(self) -> Iterator[Document]:
        """The documents as their turn comes: the current one, those after it, those before it."""
        if self._current is not None:
            documents = self.documents
            index = documents.index(self._current.document)
            yield from documents[index:] + documents[:index]

    def first(self, wanted: Callable[[Place], bool]) -> Document | None:
        """The first document in turn whose place is as wanted."""
        return next((document for document in self.in_turn() if wanted(self.place(document))), None)

    def count(self, *statuses: Status) -> int:
        return sum(place.status in statuses for place in self._places.values())
