"""Folders of runs as a trainer would have left them, without the training."""

import json
import os
import time
from pathlib import Path
from typing import Any

from core.training.run import RunFolder
from core.training.trainer_process import TrainerProcess

STARTED = 1_700_000_000.0


def make_run(folder: Path, events: list[dict[str, Any]], steps: int = 100) -> RunFolder:
    """A run with these events; what is not said of an event is made up."""
    run = RunFolder(folder)
    folder.mkdir(parents=True)
    stages = [{"steps": steps, "crop_px": 64, "batch_size": 2}]
    run.config.write_text(json.dumps({"data": {}, "schedule": {"stages": stages}}))
    if events:
        run.events.write_text("".join(line(event) for event in events))
    return run


def line(event: dict[str, Any]) -> str:
    extra = {"total_steps": 100, "device": "CPU", "processes": 1} if event["event"] == "started" else {}
    return json.dumps({"event": event["event"], "time": STARTED, **extra, **event}) + "\n"


def step(number: int, loss: float = 1.0, **more: Any) -> dict[str, Any]:
    figures = {"losses": {"alpha": loss, "trimap": 2 * loss}, "gradient_norm": 0.5, "learning_rate": 1e-4}
    return {"event": "step", "step": number, **figures, "photos_per_second": 3.0, "memory_bytes": 1 << 30, **more}


def validation(number: int, **mads: float) -> dict[str, Any]:
    return {"event": "validation", "step": number, "sets": {name: {"mad": mad} for name, mad in mads.items()}}


def trained_by(run: RunFolder, pid: int, created: float, host: str | None = None) -> None:
    """Entered after what its events say so far."""
    own = TrainerProcess.this_one()
    run.enter(TrainerProcess(pid, created, host or own.host, ("train",), str(run.path.parent)))


def long_ago(run: RunFolder) -> None:
    """Nothing was written for hours."""
    hours_ago = time.time() - 7200
    for path in run.path.iterdir():
        os.utime(path, (hours_ago, hours_ago))
