"""How much memory a photo is going to take, and what is given up where that is too much.

Sums of what each stage holds at once, in bytes per pixel. The constants were measured on 100 megapixels (cut-out:
1.97 GB predicted, 1.80 found) and on the networks at 384 to 1536 px.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from core.architecture import DETAIL_TILE_PX

BASE_BYTES = 480_000_000  # the interpreter, its libraries, and the model with its kernels
NETWORK_BYTES_PER_PX = 700  # OpenVINO 400 in bfloat16 and 650 in float32, PyTorch 560 in bfloat16
TILE_BYTES_PER_PX = 750  # the detail network on its tiles: OpenVINO 460, PyTorch 620 in bfloat16 and 730 in float32
LEVEL_BYTES_PER_PX = 50  # of a second look: alpha, what tiles say, pictures and temporaries
SMALLEST_SIZE_PX = 256
SHRINK = 0.7


class Result(Enum):
    """What is made of a photo: how many planes of its own depth, and bytes besides, its pixels take at once."""

    MATTE = (3, 5)
    """The photo; alpha and trimap."""
    CUTOUT = (6, 6)
    """The person's colours too."""
    COMPOSITE = (9, 8)
    """The picture on its background too."""

    def bytes_per_px(self, sample_bytes: int) -> int:
        planes, besides = self.value
        return planes * sample_bytes + besides


@dataclass(frozen=True)
class Size:
    """Of a photo, as it is held in memory."""

    height: int
    width: int
    sample_bytes: int

    @property
    def pixels(self) -> int:
        return self.height * self.width


@dataclass(frozen=True)
class Work:
    """How the network looks at a photo."""

    size_px: int
    """Longer side at which it sees the whole."""
    closest: float
    """How many times nearer it sees the outline; 1 is no second look."""
    tiles_at_once: int
    on_cpu: bool


@dataclass(frozen=True)
class Limit:
    """What the process may hold."""

    total_bytes: int | None = None
    """As somebody allows it; None is what there is."""
    taken_bytes: int = 0
    """Of that, what it holds beside the photo in work."""

    @property
    def left_bytes(self) -> int | None:
        return None if self.total_bytes is None else self.total_bytes - self.taken_bytes


@dataclass(frozen=True)
class Room:
    """How many bytes there are; None where nobody knows."""

    host_bytes: int | None
    device_bytes: int | None = None
    """Of an accelerator with memory of its own."""


@dataclass(frozen=True)
class Plan:
    work: Work
    expected_bytes: int
    """The most that the process is going to hold in the machine's memory."""
    fits: bool
    """Whether there is room for it; where there is for nothing, the plan is the least there is."""


def plan_memory(photo: Size, wished: Work, room: Room, result: Result = Result.MATTE) -> Plan:
    """The most of what is wished that there is room for.

    Given up are, in this order: tiles at once, how near the second look is, the working size, the accelerator.

    Args:
        photo: its size.
        wished: what would be done with memory without end.
        room: how much there is.
        result: what is going to be made after the matte.
    """
    kept = BASE_BYTES + photo.pixels * result.bytes_per_px(photo.sample_bytes)
    for work in ever_less(wished):
        network = network_bytes(photo, work)
        plan = Plan(work, kept + (network if work.on_cpu else 0), fits=True)
        if within(plan.expected_bytes, room.host_bytes) and (work.on_cpu or within(network, room.device_bytes)):
            return plan
    return replace(plan, fits=False)


def within(wanted_bytes: int, room_bytes: int | None) -> bool:
    return room_bytes is None or wanted_bytes <= room_bytes


def network_bytes(photo: Size, work: Work) -> int:
    """What the network, and what it is asked and tells about a photo, take beside the photo."""
    scale = work.size_px / max(photo.height, photo.width)
    whole_px = photo.pixels * scale**2
    nearest = min(work.closest, 1 / scale)
    if nearest <= 1:
        return round(whole_px * NETWORK_BYTES_PER_PX)
    level_px = whole_px * nearest**2
    tiles_px = min(DETAIL_TILE_PX**2, level_px) * work.tiles_at_once
    return round(whole_px * NETWORK_BYTES_PER_PX + tiles_px * TILE_BYTES_PER_PX + level_px * LEVEL_BYTES_PER_PX)


def ever_less(wished: Work) -> Iterator[Work]:
    """What is wished, and what is tried instead, one thing after the other."""
    work = wished
    yield work
    if work.tiles_at_once > 1:
        work = replace(work, tiles_at_once=1)
        yield work
    for closest in (2.0, 1.0):
        if work.closest > closest:
            work = replace(work, closest=closest)
            yield work
    while work.size_px > SMALLEST_SIZE_PX:
        work = replace(work, size_px=max(SMALLEST_SIZE_PX, int(work.size_px * SHRINK)))
        yield work
    if not work.on_cpu:
        yield from ever_less(replace(wished, on_cpu=True))


def given_up(wished: Work, work: Work) -> tuple[str, ...]:
    """A sentence on what a matte lacks; none where it lacks nothing."""
    losses = []
    if work.on_cpu and not wished.on_cpu:
        losses.append("on the CPU")
    if work.size_px < wished.size_px:
        losses.append(f"at {work.size_px} px instead of {wished.size_px} px")
    if work.closest < wished.closest:
        losses.append("without a second look" if work.closest <= 1 else "with a second look from further away")
    return (f"Memory is short: the matte was made {', '.join(losses)}.",) if losses else ()
