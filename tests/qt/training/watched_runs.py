"""Runs to look at: their folders are real, and whoever would start and stop them only takes note."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from made_runs import make_run, step, validation
from PySide6.QtCore import QObject, Signal

from core.training.run import RunFolder
from matting_studio.app.training.runs import RunState, summarise

STARTED = {"event": "started", "step": 0, "total_steps": 100}


def events(count: int, *, loss: float = 1.0) -> list[dict]:
    """A start, `count` lines of figures ten steps apart, and a validation in the middle and at the end."""
    steps = [step(10 * number, loss / number) for number in range(1, count + 1)]
    half = len(steps) // 2
    return [STARTED, *steps[:half], validation(10 * half, studio=0.04, street=0.05), *steps[half:],
            validation(10 * count, studio=0.02, street=0.03)]  # fmt: skip


def write_previews(run: RunFolder, at_step: int, names: tuple[str, ...] = ("anna", "berta"), grey: int = 128) -> None:
    folder = run.previews / f"step_{at_step:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        cv2.imwrite(str(run.previews / f"{name}.photo.jpg"), np.full((40, 30, 3), 90, np.uint8))
        cv2.imwrite(str(run.previews / f"{name}.true.png"), np.full((40, 30), 255, np.uint8))
        cv2.imwrite(str(folder / f"{name}.alpha.png"), np.full((40, 30), grey, np.uint8))


class NotingRunner(QObject):
    """Lists the runs of a folder as they are when it is told to look; notes what it is asked to do."""

    runs_changed = Signal()
    run_changed = Signal(object)
    failed = Signal(str)
    refused = Signal(object)

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.asked: list[tuple[str, Path]] = []
        self._states: dict[Path, RunState] = {}
        self._runs = ()

    def runs(self):
        return self._runs

    def refresh(self) -> None:
        """Unlike the real one, at once."""
        folders = sorted(path.parent for path in self.root.glob("*/config.json"))
        before = [run.folder for run in self._runs]
        self._runs = tuple(self._stated(folder) for folder in folders)
        if before != folders:
            self.runs_changed.emit()
        for folder in folders:
            self.run_changed.emit(folder)

    def put(self, name: str, state: RunState, made: list[dict] | None = None, steps: int = 100) -> RunFolder:
        """A run that is in this state, whatever its files say."""
        made = events(4) if made is None else made
        if state in (RunState.STOPPED, RunState.FINISHED):
            made = [*made, {"event": state.value, "step": made[-1]["step"]}]
        run = make_run(self.root / name, made, steps)
        self.enter(run, state)
        return run

    def enter(self, run: RunFolder, state: RunState) -> None:
        self._states[run.path] = state
        self.refresh()

    def stop(self, folder: Path) -> None:
        self.asked.append(("stop", folder))

    def stop_now(self, folder: Path) -> None:
        self.asked.append(("stop now", folder))

    def resume(self, folder: Path) -> None:
        self.asked.append(("resume", folder))

    def delete(self, folder: Path) -> None:
        self.asked.append(("delete", folder))

    def _stated(self, folder: Path):
        found = summarise(folder)
        state = self._states.get(folder, found.state)
        return replace(found, state=state, reason=found.reason if state is RunState.FAILED else None)
