"""Photos whose mattes were corrected become a data set of one's own, for the network to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from matting_studio.app.document import Document
from matting_studio.app.edits import fold
from matting_studio.app.jobs import Job, JobContext, Priority, Progress
from matting_studio.qt.corrections import Corrections
from matting_studio.qt.desk import Desk

if TYPE_CHECKING:
    from matting_studio.app.training import own_data


class Lessons(QObject):
    learnt = Signal(object)
    """An own_data.Count: how many photos there are now."""

    def __init__(self, desk: Desk, corrections: Corrections, folder: Path, parent: QObject) -> None:
        """`folder` is that of the data set."""
        super().__init__(parent)
        self._desk, self._corrections, self._folder = desk, corrections, folder

    def learn_from(self, document: Document) -> None:
        """Put a photo with its corrected matte into the set, as it is after all strokes so far."""
        self._corrections.when_complete(document, lambda: self._add(document))

    def _add(self, document: Document) -> None:
        photo, base, edits = document.photo, document.base, document.edits
        if photo is None or base is None:
            self._desk.say("info", f"The matte of {document.name} is not there yet: correct it first.")
            return

        def work(context: JobContext) -> own_data.Count:
            from core.image_io import to_bit_depth  # noqa: PLC0415 - the window is up without it
            from matting_studio.app.training import own_data  # noqa: PLC0415

            context.report(Progress(f"Keeping {document.name} to learn from"))
            # What is shown may be painted on meanwhile, so the matte is made anew from what never changes.
            alpha = fold(base, edits, base.box).alpha
            own_data.add(self._folder, to_bit_depth(photo.image, 8), alpha, Path(document.name).stem)
            return own_data.count(self._folder)

        def deliver(count: own_data.Count) -> None:
            photos = count.training + count.validation
            there = "one photo" if photos == 1 else f"{photos} photos"
            held_back = f", {count.validation} of them held back to measure on" if count.validation else ""
            self._desk.say(
                "info",
                f"There {'is' if photos == 1 else 'are'} {there} to learn from now{held_back}. "
                "Train, Fine-tune on my photos… makes use of them.",
            )
            self.learnt.emit(count)

        key = ("learn", document)
        self._desk.files.submit(Job(key, f"Learning from {document.name}", work, Priority.CURRENT, deliver))
