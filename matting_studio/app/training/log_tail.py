"""The end of a run's log.txt, and what it tells of a run that died."""

from pathlib import Path

LAST_LINES = 12
_LEAST_BYTES, _LINE_BYTES = 16_384, 256
"""What is read: so much for each line, generously, and enough for some long ones."""
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "memoryerror", "is killed by signal: killed", "bad_alloc")
_NO_ROOM = "no space left on device"
_KILLED = "signal 9 (sigkill)"
"""What torchrun says of a process, in a traceback of its own."""


def log_tail(path: Path, lines: int = LAST_LINES) -> tuple[str, ...]:
    """The last lines of a text file, which may be missing; cheap however long the file is."""
    try:
        with path.open("rb") as file:
            begin = max(0, path.stat().st_size - max(_LEAST_BYTES, lines * _LINE_BYTES))
            file.seek(begin)
            found = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ()
    if begin and len(found) > 1:
        found = found[1:]  # it was cut in the middle
    return tuple(line.rstrip() for line in found if line.strip())[-lines:]


def hint(lines: tuple[str, ...], *, is_disk_full: bool) -> str:
    """What somebody may do whose run ended with these lines in its log: a sentence or two."""
    text = "\n".join(lines).lower()
    if any(sign in text for sign in _OUT_OF_MEMORY):
        return "Memory ran out: lower crop_px or batch_size, or data.workers, and resume."
    # On a full disk nothing more comes into the log.
    if _NO_ROOM in text or is_disk_full:
        return "The disk is full: make room, and resume."
    if "traceback" in text and _KILLED not in text:
        return "Its log says where: what is wrong there must be mended, then resume."
    return (
        "It was killed, by somebody or by the system where memory ran short: resume from its last checkpoint; if it "
        "happens again, lower crop_px or batch_size."
    )
