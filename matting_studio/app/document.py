"""A photo being worked on: its matte, its edits, its look, and their history.

A document belongs to one thread, the window's. What takes time happens elsewhere and comes back as values: whoever
changes the edits leaves a `dirty` box, a worker folds the edits over it (`edits.fold`), and `paste` shows the patch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from matting_studio.app.edits import Base, Box, Edit, Patch, fold
from matting_studio.app.look import Look
from matting_studio.app.sample import own_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.image_io import Photo
    from matting_studio.app.fingerprint import Fingerprint


@dataclass(frozen=True, eq=False)
class State:
    """What undo goes back to."""

    edits: tuple[Edit, ...] = ()
    look: Look = field(default_factory=Look)


@dataclass(frozen=True, eq=False)
class Step:
    """A state, and the name of the action that led to it."""

    state: State
    name: str


@dataclass(frozen=True)
class Version:
    """What a project file holds of a document: compared with another one, it says whether a file is behind."""

    state: State
    matte: int
    """Which of the mattes that came one after the other; 0 is the one that the document was opened with, or none."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A document at one revision, for work on another thread.

    The arrays are the document's own: an edit shown meanwhile may be seen half, and makes the snapshot stale.
    """

    photo: Photo
    alpha: NDArray[np.float32] | None
    trimap: NDArray[np.uint8] | None
    look: Look
    revision: int
    box: Box | None = None
    """What of the photo is exported, where that is known already; else the look's crop says it."""


class Document:
    """Photo, matte, edits and look of one picture.

    `alpha` and `trimap` are the matte with all edits, at the photo's size; None until the network has spoken.
    """

    def __init__(self, path: Path | None, state: State | None = None, name: str | None = None) -> None:
        self.path = path
        self.name = name or (path.name if path else "Pasted picture")
        self.project_path: Path | None = None
        """The project file that it was opened from or saved to."""
        self.project_is_whole = False
        """Whether that holds the photo and the background picture too, and is to go on doing so."""
        self.photo: Photo | None = None
        self.photo_file: Fingerprint | None = None
        """The photo's file as it was when the photo was read from it, for whoever relies on the file later; None where
        that is not known."""
        self.base: Base | None = None
        self.matted_by = ""
        """Which model made the matte, in words; nothing where that is not known, or there is none."""
        self.alpha: NDArray[np.float32] | None = None
        self.trimap: NDArray[np.uint8] | None = None
        self.dirty: Box | None = None
        """Where `alpha` and `trimap` are behind the edits."""
        self.revision = 0
        """Grows with all that changes the result; what was begun at another revision is stale."""
        self._steps = [Step(state or State(), "Open")]
        self._position = 0
        self._matte = 0
        self._as_opened = Version(self.state, self._matte)
        self._saved: Version | None = self._as_opened

    @property
    def state(self) -> State:
        return self._steps[self._position].state

    @property
    def look(self) -> Look:
        return self.state.look

    @property
    def edits(self) -> tuple[Edit, ...]:
        return self.state.edits

    @property
    def folder(self) -> Path | None:
        """Where results belong: beside the photo, or else beside the project that holds it; None where neither lies
        anywhere."""
        beside_project = None if self.project_path is None else self.project_path.parent
        return own_folder(self.path) or beside_project

    @property
    def version(self) -> Version:
        """What a project file would hold that is written now."""
        return Version(self.state, self._matte)

    @property
    def modified(self) -> bool:
        """Whether something was changed since it was opened or saved.

        A matte is a change to what a project file holds: as long as there is none, it can be had again.
        """
        saved = self._saved
        if saved is None or self.state is not saved.state:
            return True
        return self.project_path is not None and self._matte != saved.matte

    def mark_saved(self, version: Version | None) -> None:
        """Note which version a project file holds; None where what is shown was never saved, as after a crash.

        It is the version of when the writing began: what came meanwhile is not in the file.
        """
        self._saved = version

    # Photo and matte

    def set_photo(self, photo: Photo) -> None:
        self.photo = photo
        self.revision += 1

    def set_base(self, base: Base, shown: Patch | None = None) -> None:
        """Take the network's matte; edits stay on top of it.

        `shown` is a copy of the base for the edits to be shown in, made elsewhere because it takes time with large
        photos: what `fold(base, (), base.box)` gives. It is the document's own from then on.
        """
        shown = shown or fold(base, (), base.box)
        self.base = base
        self.alpha, self.trimap = shown.alpha, shown.trimap
        self.dirty = base.box if self.edits else None
        self.revision += 1

    def replace_base(self, base: Base, shown: Patch, matted_by: str) -> None:
        """Take a matte made just now, be it the first or another model's; a project that holds another is behind."""
        self._matte += 1
        self.matted_by = matted_by
        if self.base is None and self._saved is self._as_opened:
            # Who opens a project that has no matte has changed nothing when it comes.
            self._as_opened = self._saved = replace(self._as_opened, matte=self._matte)
        self.set_base(base, shown)

    def paste(self, patch: Patch, revision: int) -> bool:
        """Show a folded patch, which is the document's own from then on.

        False, and nothing happens, if the document has changed since `revision`.
        """
        if revision != self.revision or self.alpha is None or self.trimap is None:
            return False
        if patch.alpha.shape == self.alpha.shape:
            self.alpha, self.trimap = patch.alpha, patch.trimap
        else:
            self.alpha[patch.box.slices], self.trimap[patch.box.slices] = patch.alpha, patch.trimap
        if patch.box == self.dirty:
            self.dirty = None
        self.revision += 1
        return True

    @property
    def held_bytes(self) -> int:
        """What it takes in memory: photo, matte, and the strokes of all its history."""
        edits = {edit for step in self._steps for edit in step.state.edits}
        return self.pixel_bytes + _bytes_of([array for edit in edits for array in (edit.coverage, edit.solved)])

    @property
    def pixel_bytes(self) -> int:
        """What of that photo and matte take."""
        photo, base = self.photo, self.base
        arrays = [] if photo is None else [photo.image, photo.pixels, photo.alpha]
        arrays += [self.alpha, self.trimap] + ([] if base is None else [base.alpha, base.trimap])
        return _bytes_of(arrays)

    def forget_pixels(self) -> None:
        """Let go of photo and matte to save memory; edits, look and history stay."""
        self.photo = self.base = self.alpha = self.trimap = self.dirty = None
        self.revision += 1

    def snapshot(self, look: Look | None = None) -> Snapshot | None:
        """What is shown now, or would be with another look; None until the photo is read."""
        if self.photo is None:
            return None
        return Snapshot(self.photo, self.alpha, self.trimap, look or self.look, self.revision)

    # What a person does; each is one step of the history

    def add_edit(self, edit: Edit, name: str) -> None:
        self._push(replace(self.state, edits=(*self.edits, edit)), name)
        self._touch(edit.box)

    def clear_edits(self, name: str) -> None:
        """Go back to what the network said."""
        if self.edits:
            touched = [edit.box for edit in self.edits]
            self._push(replace(self.state, edits=()), name)
            for box in touched:
                self._touch(box)

    def change_look(self, look: Look, name: str) -> None:
        if look != self.look:
            self._push(replace(self.state, look=look), name)

    def attach_solution(self, edit: Edit, alpha: NDArray[np.float32]) -> None:
        """Complete an edit with what was solved for its unknown pixels, wherever the history holds it.

        It belongs to the stroke: undo takes both back at once. A project file written before lacks it, so a document
        that was saved with the stroke counts as modified again.
        """
        solved = edit.with_solution(alpha)
        self._steps = [
            replace(step, state=replace(step.state, edits=tuple(solved if e is edit else e for e in step.state.edits)))
            if any(e is edit for e in step.state.edits)
            else step
            for step in self._steps
        ]
        if any(e is solved for e in self.edits):
            self._touch(edit.box)

    # History

    @property
    def undo_name(self) -> str | None:
        return self._steps[self._position].name if self._position > 0 else None

    @property
    def redo_name(self) -> str | None:
        return self._steps[self._position + 1].name if self._position + 1 < len(self._steps) else None

    def undo(self) -> None:
        """Go one step back; nothing happens at the beginning."""
        if self._position > 0:
            self._move_to(self._position - 1)

    def redo(self) -> None:
        """Go one step forward; nothing happens at the end."""
        if self._position + 1 < len(self._steps):
            self._move_to(self._position + 1)

    def _move_to(self, position: int) -> None:
        before = self.edits
        self._position = position
        self.revision += 1
        for edit in set(before) ^ set(self.edits):
            self._touch(edit.box)

    def _push(self, state: State, name: str) -> None:
        self._steps = [*self._steps[: self._position + 1], Step(state, name)]
        self._position += 1
        self.revision += 1

    def _touch(self, box: Box) -> None:
        self.revision += 1
        self.dirty = box if self.dirty is None else self.dirty.joined(box)


def _bytes_of(arrays: Iterable[NDArray[np.generic] | None]) -> int:
    """One that has several names counts once."""
    return sum(array.nbytes for array in {id(array): array for array in arrays if array is not None}.values())
