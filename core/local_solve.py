"""Solve again what a person declared unknown: the network from near by, held to the sure pixels around.

The network sees a crop of the photo and so more detail than it did in the whole. Next to it stands what colours
say between the sure pixels (`core.closed_form`). Where the network contradicts the sure pixels around, colours decide.
Where it agrees with them, it is followed, and colours add the detail that it blurs as long as they tell the same story.
What they agree on is shown to the detail network, which finds the strands (`benchmarks/brush.py` measures each step).
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import Box, absolute, bounds, grown, relative, whole
from core.closed_form import Problem, solve_closed_form
from core.detail import go_on
from core.guided_filter import brought_up, unit_range
from core.trimap import FOREGROUND, UNKNOWN

Plane = NDArray[np.float32]
Infer = Callable[[NDArray[np.generic]], tuple[Plane, NDArray[np.uint8]]]
LookCloser = Callable[[NDArray[np.generic], Plane, float], Plane]

MOST_PX = 1 << 20  # solved at once; what is larger is made smaller first
LEAST_CONTEXT_PX = 256
RING_PX = 24  # around the unknown, where the network is compared with what is sure
CONTEXT_PX = 48  # around the unknown, for the detail network; from 64 there is nothing more to gain
RIM_PX = 3  # inside the unknown, where it has to go on from what is sure

WEIGHT = 1e-3  # of the network's alpha as a wish where it agrees with all around
WEIGHT_INSISTING = 1e-4  # the same where it takes for sure what the person has declared unknown
INTOLERABLE = 0.3  # mean error of alpha at which the network is not heard
ALIKE = 0.06  # difference of colours, of 1, across which alpha goes on
STORY_PX = 8  # radius in which network and colours are compared
ANOTHER_STORY = 0.15  # difference of their means from which the colours are not heard
SHARPER = 0.1  # difference of decidedness that settles whose detail is taken
FOG, CLEAR = 0.4, 0.7  # decidedness of colours that say nothing, and of such that say all


def solve_unknown(
    image: NDArray[np.generic],
    alpha: NDArray[np.float32],
    trimap: NDArray[np.uint8],
    box: Box,
    infer: Infer,
    *,
    look_closer: LookCloser,
    size_px: int = 512,
    wanted: NDArray[np.bool_] | None = None,
    should_stop: Callable[[], None] = go_on,
) -> Plane:
    """Alpha of the unknown pixels of a box.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        alpha: (H, W) float32 in [0, 1], the matte as it is.
        trimap: (H, W) uint8 with the person's classes.
        box: rows and columns, inside the photo, with start and stop.
        infer: the network: a crop of the image -> its alpha, float32 in [0, 1], and its trimap, both (h, w).
        look_closer: the detail network: a picture (h, w, 3), its alpha (h, w) and how many pixels it has for each of
            the working size -> the alpha strand by strand, (h, w) in [0, 1].
        size_px: the network's working size; crops are no larger where the box allows it, so that all detail is seen.
        wanted: (h, w) of the box: which of its unknown pixels to solve, all by default. The others, and those outside
            the box, keep their alpha, and the solution joins on to it.
        should_stop: called now and then, and between all steps; raises to end the work.

    Returns:
        (h, w) float32 in [0, 1] of the box: 0 and 1 where the trimap is sure, alpha as it was where it was not wanted.

    Raises:
        ValueError: sizes differ.
        What `infer`, `look_closer` and `should_stop` raise.
    """
    if not image.shape[:2] == alpha.shape == trimap.shape:
        raise ValueError(f"Image, alpha and trimap differ in size: {image.shape[:2]}, {alpha.shape}, {trimap.shape}.")
    unknown = np.zeros(trimap.shape, dtype=np.bool_)
    unknown[box] = trimap[box] == UNKNOWN
    if wanted is not None:
        unknown[box] &= wanted
    solution = held(alpha[box], trimap[box])
    asked_inside = bounds(unknown[box])
    if asked_inside is None:
        return solution
    should_stop()
    crop = around(box, trimap.shape, size_px)
    guess, classes = infer(image[crop])
    should_stop()
    asked = absolute(asked_inside, box)
    work = grown(asked, CONTEXT_PX, crop)
    inside = relative(work, crop)
    question = Question(
        image[work], held(alpha[work], trimap[work]), unknown[work], guess[inside], classes[inside] == UNKNOWN
    )
    factor = max(1.0, max(trimap.shape) / size_px)
    solved = answer(question, look_closer, factor, should_stop)
    solution[asked_inside] = solved[relative(asked, work)]
    return solution


def held(alpha: Plane, trimap: NDArray[np.uint8]) -> Plane:
    """The alpha that sure pixels stand for; what it is where the trimap is unknown."""
    result: Plane = np.where(trimap == UNKNOWN, alpha, (trimap == FOREGROUND).astype(np.float32))
    return result


@dataclass(frozen=True)
class Question:
    """What is known and what the network says, all (h, w)."""

    image: NDArray[np.generic]
    """(h, w, 3): uint8, uint16 or float32 in [0, 1]."""
    known: Plane
    """Alpha, where it is not unknown."""
    unknown: NDArray[np.bool_]
    guess: Plane
    """The network's alpha."""
    doubted: NDArray[np.bool_]
    """Where the network itself is unsure."""

    def part(self, box: Box) -> "Question":
        return Question(self.image[box], self.known[box], self.unknown[box], self.guess[box], self.doubted[box])

    def reduced(self, factor: int) -> "Question":
        height, width = self.known.shape
        size = (-(-width // factor), -(-height // factor))

        def small(plane: NDArray[np.generic]) -> NDArray[np.float32]:
            numbers = np.asarray(plane, dtype=np.float32 if plane.dtype == np.bool_ else plane.dtype)
            return np.asarray(cv2.resize(numbers, size, interpolation=cv2.INTER_AREA))

        return Question(
            unit_range(small(self.image)),
            small(self.known),
            small(self.unknown) > 1e-3,
            small(self.guess),
            small(self.doubted) > 0.5,
        )


def answer(question: Question, look_closer: LookCloser, factor: float, should_stop: Callable[[], None]) -> Plane:
    """Alpha: `known` where not `unknown`. What is large is solved small and brought up along the photo's edges.

    `factor` is how many pixels there are for each of the working size.
    """
    height, width = question.known.shape
    reduction = 1
    while height * width > MOST_PX * reduction**2:
        reduction *= 2
    if reduction == 1:
        return settled(question, look_closer, factor, should_stop)
    small = question.reduced(reduction)
    solved = settled(small, look_closer, max(1.0, factor / reduction), should_stop)
    alpha = brought_up(solved, unit_range(small.image), question.image)
    result: Plane = np.where(question.unknown, alpha, question.known)
    return result


def settled(question: Question, look_closer: LookCloser, factor: float, should_stop: Callable[[], None]) -> Plane:
    """The solution, looked over by the detail network, which has no say about `known`."""
    asked = bounds(question.unknown)
    if asked is None:
        return question.known
    near = grown(asked, RING_PX, whole(question.known.shape))
    solved = question.known.copy()
    solved[near] = solve(question.part(near), should_stop)
    should_stop()
    result: Plane = solved + joining(question.unknown) * (look_closer(question.image, solved, factor) - solved)
    return result


def joining(unknown: NDArray[np.bool_]) -> Plane:
    """0 where alpha is known, and from there to 1 inwards, so that no seam is seen."""
    inwards = cv2.distanceTransform(unknown.astype(np.uint8), cv2.DIST_L2, 3)
    result: Plane = np.minimum(inwards / np.float32(RIM_PX + 1), 1)
    return result


def solve(question: Question, should_stop: Callable[[], None]) -> Plane:
    """The network's guess, what colours say, or between the two."""
    picture, known, unknown = unit_range(question.image), question.known, question.unknown
    guess, doubted = question.guess, question.doubted
    trusted = trust(picture, known, unknown, guess)
    should_stop()
    # A middling alpha is often no more than the blur of what the network cannot resolve.
    weight = np.where(doubted, np.float32(WEIGHT), np.float32(WEIGHT_INSISTING)) * trusted * np.square(2 * guess - 1)
    coloured = solve_closed_form(
        Problem(picture, (~unknown).astype(np.float32), np.where(unknown, guess, known), weight), should_stop
    )
    apart = np.minimum(np.abs(smooth(guess - coloured, STORY_PX)) / np.float32(ANOTHER_STORY), 1)
    decided = decidedness(coloured)
    sharper = np.clip(0.5 + (decidedness(guess) - decided) / np.float32(SHARPER), 0, 1)
    # Against a network that overlooks what the person points at, colours are heard if they are clear; and next to
    # that too, or the hair that they find would be cut off from the head.
    overlooked = (~doubted).astype(np.float32)
    clear = np.clip((decided - FOG) / (CLEAR - FOG), 0, 1)
    beside = np.minimum(4 * smooth(overlooked * apart * clear, RING_PX), 1)
    believed = 1 - clear * np.maximum(overlooked, beside)
    share = trusted * believed * joining(unknown) * np.maximum(apart, sharper)
    result: Plane = np.where(unknown, coloured + share * (guess - coloured), known)
    return result


def decidedness(alpha: Plane) -> Plane:
    """How near to 0 or 1 an alpha is around each pixel: 1 for what is cut out with scissors, 0 for fog."""
    return smooth(np.square(2 * alpha - 1), STORY_PX)


def trust(picture: NDArray[np.float32], known: Plane, unknown: NDArray[np.bool_], guess: Plane) -> Plane:
    """How far the network's alpha goes with what is known around, (H, W), 0 to 1.

    Foreground and background are asked apart, and the worse of them counts: an answer that is 0 everywhere agrees
    with all the background there is.
    """
    outwards = cv2.distanceTransform(1 - unknown.astype(np.uint8), cv2.DIST_L2, 3)
    inwards, nearest = cv2.distanceTransformWithLabels(
        unknown.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ring, rim = (outwards > 0) & (outwards <= RING_PX), (inwards > 0) & (inwards <= RIM_PX)
    # Where everything is unknown, nothing known is near, and OpenCV's distance is beyond all bounds.
    reach_px = max(RING_PX, min(int(inwards[unknown].max()), max(unknown.shape)))
    worst = np.zeros_like(guess)
    error = np.abs(guess - known)
    # Inside, the nearest known pixel says what alpha ought to be, if the colour is still the same.
    index = np.zeros(int(nearest.max()) + 1, dtype=np.intp)
    index[nearest[~unknown]] = np.flatnonzero(~unknown)
    source = index[nearest[rim]]
    difference = np.square(picture[rim] - picture.reshape(-1, 3)[source]).sum(axis=-1)
    continued = np.zeros_like(guess)
    continued[rim] = known.reshape(-1)[source]
    likeness = np.zeros_like(guess)
    likeness[rim] = np.exp(-difference / (2 * ALIKE**2))
    for is_class in (known < 0.5, known >= 0.5):
        asked = (ring & is_class).astype(np.float32)
        worst = np.maximum(worst, spread(error, asked, asked, reach_px))
    for is_class in (continued < 0.5, continued >= 0.5):
        asked = (rim & is_class).astype(np.float32)
        worst = np.maximum(worst, spread(np.abs(guess - continued), asked * likeness, asked, reach_px))
    return np.asarray(np.square(np.clip(1 - worst / np.float32(INTOLERABLE), 0, 1)), dtype=np.float32)


def spread(error: Plane, weight: Plane, asked: Plane, reach_px: int) -> Plane:
    """Mean error of the pixels asked, as seen from each pixel; 0 where there are none, or none of any weight, near."""
    above, below, present = (smooth(plane, reach_px) for plane in (error * weight, weight, asked))
    return np.asarray(above / np.maximum(np.maximum(below, 0.1 * present), 1e-6), dtype=np.float32)


def smooth(plane: Plane, reach_px: int) -> Plane:
    size = (2 * reach_px + 1, 2 * reach_px + 1)
    return np.asarray(cv2.blur(cv2.blur(plane, size, borderType=cv2.BORDER_CONSTANT), size), dtype=np.float32)


def around(box: Box, shape: tuple[int, ...], size_px: int) -> Box:
    """What the network looks at: as square as the photo allows, the box in its middle, with context."""
    side = max(rows.stop - rows.start for rows in box)
    ample = max(3 * side, side + 2 * LEAST_CONTEXT_PX)
    # Rather all detail than ample context; but a box without any context is a riddle.
    wanted = max(min(ample, size_px), side + side // 2, side + 2 * RING_PX)
    rows, columns = (placed(part, wanted, length) for part, length in zip(box, shape, strict=False))
    return rows, columns


def placed(part: slice, wanted: int, length: int) -> slice:
    """An interval of `wanted` pixels around another, pushed back into 0 … length."""
    wanted = min(wanted, length)
    start = min(max(0, (part.start + part.stop - wanted) // 2), length - wanted)
    return slice(start, start + wanted)
