"""What runs may be called. The name of a run is that of its folder, and the queue's files lie beside it."""

import os
from itertools import count
from pathlib import Path

from matting_studio.app.short_names import fitted

QUEUE_FILE, QUEUE_LOCK = "queue.json", "queue.lock"


def free_folder(root: Path, name: str) -> Path:
    """A folder that is not there yet, called after what somebody wrote, as nearly as folders can be."""
    plain = "".join(letter if letter.isalnum() or letter in " ._-" else "-" for letter in name).strip(" .") or "run"
    folders = (root / fitted(plain, "" if number == 1 else f"-{number}") for number in count(1))
    return next(folder for folder in folders if not is_taken(folder))


def is_possible(name: str) -> bool:
    """Whether a run called so would be found again: what is hidden counts as deleted."""
    return bool(name) and Path(name).name == name and not name.startswith(".") and "\0" not in name


def is_taken(folder: Path) -> bool:
    """Whether something lies there, or is going to: a run in the place of the queue would keep all others waiting."""
    return os.path.lexists(folder) or folder.name.casefold() in {QUEUE_FILE, QUEUE_LOCK}
