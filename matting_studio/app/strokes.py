"""From a pointer's path to an edit: a round brush drawn along a polyline.

How strongly a pixel is painted depends on its distance to the path alone, so a stroke that crosses itself adds up to
nothing more. The path is worked through in chunks, each with a small map of distances of its own: a stroke across a
large photo costs what lies under the brush and not the frame around it.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from matting_studio.app.edits import Box, Brush, Edit

Point = tuple[float, float]

SMALLEST_CHUNK_PX = 256


def make_edit(
    brush: Brush, points: Sequence[Point], size_px: float, hardness: float, opacity: float, *, height: int, width: int
) -> Edit | None:
    """The edit that a stroke on a photo of height x width makes; None where it misses the photo.

    The arguments are those of `rasterise`. The unknown brush is always opaque: a pixel is unknown or it is not.
    """
    drawn = rasterise(points, size_px, hardness, 1.0 if brush is Brush.UNKNOWN else opacity, height=height, width=width)
    return None if drawn is None else Edit(brush, *drawn)


def rasterise(
    points: Sequence[Point], size_px: float, hardness: float, opacity: float, *, height: int, width: int
) -> tuple[Box, NDArray[np.uint8]] | None:
    """Draw a stroke.

    Args:
        points: (x, y) in the photo's pixels; the photo's first pixel lies between 0 and 1. One point is a dot.
        size_px: the brush's diameter, above 0.
        hardness: 1 is a sharp rim (one pixel wide, anti-aliased), 0 is soft from the middle outwards.
        opacity: what the stroke covers at most, 0 to 1.
        height, width: the photo's size; the stroke is cut off at its edges.

    Returns:
        The box of the stroke and its coverage, (h, w) uint8; None where no pixel of the photo is painted.

    Raises:
        ValueError: there is no point, a point is not finite, or the brush has no size.
    """
    path = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(path) == 0 or not np.isfinite(path).all():
        raise ValueError("A stroke has at least one point, and all its points are finite.")
    if size_px <= 0:
        raise ValueError(f"A brush is more than 0 px wide, not {size_px}.")
    reach = size_px / 2 + 0.5
    # A pointer is less exact than this, and wide brushes hide more.
    path = simplified(path, tolerance=min(max(size_px / 400, 0.05), 0.25))
    longest = max(size_px, SMALLEST_CHUNK_PX)
    chunks = list(chunked(segments(path, reach, height, width, longest), longest))
    if not chunks:
        return None
    box = around(np.concatenate(chunks), reach, height, width)
    coverage = np.zeros((box.bottom - box.top, box.right - box.left), dtype=np.uint8)
    for chunk in chunks:
        part = around(chunk, reach, height, width)
        if not part.empty:
            painted = profile(distances(chunk, reach, part), size_px / 2, hardness, opacity)
            here = coverage[part.within(box)]
            np.maximum(here, painted, out=here)
    return (box, coverage) if coverage.any() else None


def simplified(path: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """The path without the points that move it by less than `tolerance` (Ramer 1972; Douglas and Peucker 1973).

    Distances are to segments, not to lines, so that the turning points of a scribble on one line stay.
    """
    kept = np.zeros(len(path), dtype=np.bool_)
    kept[[0, -1]] = True
    spans = [(0, len(path) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, along = path[first], path[last] - path[first]
        offsets = path[first + 1 : last] - start
        position = np.clip(offsets @ along / max(along @ along, 1e-12), 0, 1)
        away = np.hypot(*(offsets - position[:, None] * along).T)
        farthest = int(away.argmax())
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return path[kept]


def segments(
    path: NDArray[np.float64], reach: float, height: int, width: int, longest: float
) -> Iterator[NDArray[np.float64]]:
    """The path's segments (ax, ay, bx, by) as far as the brush reaches the photo from them, cut to a length."""
    starts, ends = (path[:-1], path[1:]) if len(path) > 1 else (path, path)
    low, high = np.array([-reach, -reach]), np.array([width + reach, height + reach])
    for start, end in zip(starts, ends, strict=True):
        span = clipped(start, end, low, high)
        if span is not None:
            pieces = max(1, int(np.ceil(np.hypot(*(end - start)) * (span[1] - span[0]) / longest)))
            joints = start + np.linspace(*span, pieces + 1)[:, None] * (end - start)
            yield from np.hstack([joints[:-1], joints[1:]])


def clipped(
    start: NDArray[np.float64], end: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Which part, from 0 to 1, of a segment lies inside a rectangle (Liang and Barsky 1984); None if none does."""
    begin, finish = 0.0, 1.0
    for axis in (0, 1):
        step = end[axis] - start[axis]
        if step == 0:
            if not low[axis] <= start[axis] <= high[axis]:
                return None
            continue
        enters, leaves = sorted(((low[axis] - start[axis]) / step, (high[axis] - start[axis]) / step))
        begin, finish = max(begin, enters), min(finish, leaves)
    return (begin, finish) if begin <= finish else None


def chunked(parts: Iterator[NDArray[np.float64]], extent_px: float) -> Iterator[NDArray[np.float64]]:
    """Runs of segments, (n, 4) each, that stay within `extent_px` of where they begin."""
    run: list[NDArray[np.float64]] = []
    for part in parts:
        if run and np.abs(part[2:] - run[0][:2]).max() > extent_px:
            yield np.stack(run)
            run = []
        run.append(part)
    if run:
        yield np.stack(run)


def around(chunk: NDArray[np.float64], reach: float, height: int, width: int) -> Box:
    """The pixels of the photo that the brush can reach from the segments."""
    corners = chunk.reshape(-1, 2)
    left, top = np.floor(corners.min(axis=0) - reach).astype(int).tolist()
    right, bottom = np.ceil(corners.max(axis=0) + reach).astype(int).tolist()
    return Box(top, left, bottom, right).overlap(Box(0, 0, height, width))


def distances(chunk: NDArray[np.float64], reach: float, box: Box) -> NDArray[np.float32]:
    """Distance in pixels from the middle of each pixel of a box to the nearest segment; `reach` where it is farther."""
    nearest = np.full((box.bottom - box.top, box.right - box.left), reach * reach, dtype=np.float32)
    for segment in chunk:
        part = around(segment, reach, box.bottom, box.right).overlap(box)
        if part.empty:
            continue
        ax, ay, bx, by = segment
        length = float(np.hypot(bx - ax, by - ay))
        ux, uy = ((bx - ax) / length, (by - ay) / length) if length > 0 else (1.0, 0.0)
        x = np.arange(part.left, part.right) + (0.5 - ax)
        y = np.arange(part.top, part.bottom) + (0.5 - ay)
        # Along the segment's direction, only what goes past its ends counts; across it, all.
        along = plane(y * uy, x * ux)
        along -= np.clip(along, np.float32(0), np.float32(length))
        across = plane(y * ux, x * -uy)
        along *= along
        across *= across
        along += across
        here = nearest[part.within(box)]
        np.minimum(here, along, out=here)
    return np.sqrt(nearest, out=nearest)


def plane(column: NDArray[np.float64], row: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.add.outer(column.astype(np.float32), row.astype(np.float32))


def profile(away: NDArray[np.float32], radius_px: float, hardness: float, opacity: float) -> NDArray[np.uint8]:
    """Coverage at a distance from the path, in place: a smooth fall over the rim, which is a pixel wide at least."""
    rim = radius_px * (1 - hardness) + 1
    np.subtract(np.float32(radius_px + 0.5), away, out=away)
    away /= np.float32(rim)
    np.clip(away, 0, 1, out=away)
    eased = 3 - 2 * away
    away *= away
    away *= eased
    away *= np.float32(255 * opacity)
    return np.rint(away, out=away).astype(np.uint8)
