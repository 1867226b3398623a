"""What is said about a run: its state, its figures, how long it took."""

import time

from matting_studio.app.training.runs import RunState, RunSummary

STATE_TEXTS = {
    RunState.WAITING: "Waiting",
    RunState.RUNNING: "Training",
    RunState.STOPPED: "Stopped",
    RunState.FINISHED: "Finished",
    RunState.FAILED: "Failed",
}
STATE_ICONS = {
    RunState.WAITING: ("waiting", "quiet"),
    RunState.RUNNING: ("matting", "accent_text"),
    RunState.STOPPED: ("pause", "quiet"),
    RunState.FINISHED: ("ready", "good"),
    RunState.FAILED: ("failed", "danger"),
}
"""Name of the drawing, and of its colour in the theme."""


def steps_text(step: int, total_steps: int | None) -> str:
    return f"Step {step:,} of {total_steps:,}" if total_steps else f"Step {step:,}"


def state_sentence(run: RunSummary) -> str:
    """What has become of a run, for its headline."""
    match run.state:
        case RunState.WAITING:
            return "Waiting for its turn"
        case RunState.RUNNING:
            return "Training"
        case RunState.STOPPED:
            return f"Stopped at step {run.step:,}"
        case RunState.FINISHED:
            return f"Finished after {duration(run.seconds)}"
        case RunState.FAILED:
            return f"Failed at step {run.step:,}"


def speed(photos_per_second: float | None) -> str:
    if not photos_per_second or photos_per_second <= 0:
        return ""
    if photos_per_second < 0.5:
        return f"{1 / photos_per_second:.1f} seconds a photo"
    return f"{photos_per_second:.1f} photos a second"


def memory(memory_bytes: float | None) -> str:
    return f"{memory_bytes / 1e9:.1f} GB in use" if memory_bytes else ""


def duration(seconds: float) -> str:
    """As people say it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def day_and_time(started: float | None) -> str:
    """In the local time; empty for a run that was never started."""
    return "" if started is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(started))


def mad(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def number(value: float) -> str:
    """A figure with three places that count."""
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return f"{value:.2e}"
    return f"{value:#.3g}" if abs(value) < 1000 else f"{value:,.0f}"
