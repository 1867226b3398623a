"""How much memory there is for this process."""

import sys
from pathlib import Path

from core.device import DeviceLike
from core.memory_plan import Limit, Room

SHARE = 0.9  # of what is free; the rest is for other programs
GROUP = Path("/sys/fs/cgroup")


def free_room(device: DeviceLike, limit: Limit) -> Room:
    """What this process may hold for a photo: what it holds already, but for what a limit says of other things, and
    most of what is free, and no more than the limit.

    Nobody knows outside of Linux; there only a limit counts.
    """
    known = [bytes_ for bytes_ in (limit.total_bytes, free_for_process()) if bytes_ is not None]
    return Room(min(known) - limit.taken_bytes if known else None, free_on_device(device))


def free_for_process() -> int | None:
    if not sys.platform.startswith("linux"):
        return None
    free = [kilobytes("/proc/meminfo", "MemAvailable:") * 1024, *free_in_group(GROUP)]
    return round(kilobytes("/proc/self/status", "VmRSS:") * 1024 + max(0, min(free)) * SHARE)


def free_in_group(group: Path) -> list[int]:
    """What a container may still take; nothing where it has no limit. Files that the system only keeps do not count."""
    limit = group / "memory.max"
    if not limit.exists() or limit.read_text().strip() == "max":
        return []
    kept = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    used = int((group / "memory.current").read_text()) - int(kept["inactive_file"])
    return [int(limit.read_text()) - used]


def kilobytes(path: str, name: str) -> int:
    line = next(line for line in Path(path).read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])


def free_on_device(device: DeviceLike) -> int | None:
    """Of an accelerator with memory of its own: most of what is free, and what this process keeps there unused."""
    if device.type != "cuda":
        return None
    import torch  # noqa: PLC0415

    name = str(device)
    # What PyTorch has been given and does not use it gives out again, whatever the driver says.
    kept = torch.cuda.memory_reserved(name) - torch.cuda.memory_allocated(name)
    return round(kept + torch.cuda.mem_get_info(name)[0] * SHARE)
