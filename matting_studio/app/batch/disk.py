"""A disk that is full: no fault of a photo, and the end of a run."""

import shutil
from pathlib import Path


def room_sentence(output: Path, photos_left: int, mean_bytes: float | None) -> str:
    """What is missing, as far as it can be told from what the results took up to now."""
    left = "1 photo is left" if photos_left == 1 else f"{photos_left} photos are left"
    try:
        free = shutil.disk_usage(output).free
    except OSError:
        return f"The disk of {output} was full and has gone since: {left}. Connect it and make room, then start again."
    sentence = f"The disk of {output} is full: {left}, and {in_words(free)} are free."
    if mean_bytes is not None:
        needed = round(photos_left * mean_bytes)
        sentence += f" They need about {in_words(needed)}, so about {in_words(max(0, needed - free))} are missing."
    return f"{sentence} Make room, then start again: what is done stays done."


def in_words(count: float) -> str:
    """A number of bytes as people say it."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
