"""Starts, stops and watches the training runs of a folder; each is a process of its own that outlives the window.

All that is known of a run is in its folder, so it makes no difference who started it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.training.config import TrainingConfig

if TYPE_CHECKING:
    from matting_studio.app.training.runs import RunSummary


class Runner(QObject):
    runs_changed = Signal()
    """There are other runs than before, or others of them run."""
    run_changed = Signal(object)
    """The Path of a run's folder: its summary is another one than before."""
    failed = Signal(str)
    """A sentence: what was asked for could not be done."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        """`root` is the folder in which the runs lie."""
        super().__init__(parent)
        self._root = root
        self._runs: tuple[RunSummary, ...] = ()

    @property
    def root(self) -> Path:
        return self._root

    def runs(self) -> "tuple[RunSummary, ...]":
        """The runs as they were last seen, the latest first."""
        return self._runs

    def start(self, config: TrainingConfig, name: str, processes: int = 1) -> Path:
        """Start a run, or put it at the end of the queue while another one goes on; returns its folder."""
        raise NotImplementedError

    def resume(self, folder: Path) -> None:
        """Go on with a run that was stopped or has died, in its turn."""
        raise NotImplementedError

    def stop(self, folder: Path) -> None:
        """Have a run save and end after its step; one that waits in the queue leaves it."""
        raise NotImplementedError

    def stop_now(self, folder: Path) -> None:
        """End a run's process: what came after its last checkpoint is lost."""
        raise NotImplementedError

    def delete(self, folder: Path) -> None:
        """Delete a run that does not run, with its models."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Look at the folder anew, on a thread; the signals tell what has changed."""
        raise NotImplementedError

    def shutdown(self, timeout_seconds: float = 10.0) -> bool:
        """End the thread that looks; runs go on. False where it is still busy after that time."""
        raise NotImplementedError
