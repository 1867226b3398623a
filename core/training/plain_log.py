"""Events of a run as lines that a person reads, for its log.txt."""

from datetime import datetime
from pathlib import Path
from typing import Any


class PlainLog:
    """Appends a line for each event that has something to say."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, event: dict[str, Any]) -> None:
        """Hear of an event, as `EventLog` writes it. Raises OSError where it cannot be written."""
        text = plain(event)
        if text is not None:
            moment = datetime.fromtimestamp(event["time"]).strftime("%Y-%m-%d %H:%M:%S")
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{moment}  {text}\n")


def plain(event: dict[str, Any]) -> str | None:
    """A sentence or less; None for what the process says itself when it ends."""
    step = event.get("step", 0)
    text = None
    match event["event"]:
        case "started":
            processes = f", {event['processes']} processes" if event["processes"] > 1 else ""
            device = f"{event['device']} in {event['precision']}{processes}"
            text = f"Training on {device}: step {step} of {event['total_steps']}."
        case "resumed":
            text = f"Goes on from the checkpoint of step {step}."
        case "checkpoint":
            text = f"Step {step}: saved."
        case "step":
            loss = sum(event["losses"].values())
            text = f"Step {step}: loss {loss:.4f}, {event['photos_per_second']:.1f} photos per second."
        case "validation":
            sets = ", ".join(f"{name} {measures['mad']:.4f}" for name, measures in event["sets"].items())
            # Figures of photos that were seen smaller cannot be held against the others.
            text = " ".join([f"Step {step}: validation MAD {sets}.", *event["warnings"]])
        case "rollback":
            text = f"Step {event['failed_at']}: {event['reason']}. Back to step {step}, on other crops."
    return text
