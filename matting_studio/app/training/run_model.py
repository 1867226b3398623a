"""Which model a run has to offer."""

from pathlib import Path

from core.training.run import RunFolder
from matting_studio.app.training.runs import RunState, RunSummary


def model_of(run: RunSummary) -> Path | None:
    """Its best model, or its last one where nothing was measured; None where it has none yet."""
    files = RunFolder(run.folder)
    if run.best is not None:
        return files.best_model
    return files.last_model if run.state is RunState.FINISHED else None
