"""Detail that the working size is too small for: the detail network, on tiles along the outline.

The matte of the whole photo knows who is a person. The detail network (`core.network.detail`) is told, and says where
exactly each hair is. It is asked along the transition only, at sizes from coarse to fine, each given the alpha of the
one before. Between levels, and from the last one to the photo's own size, alpha is brought up along the photo's edges.

Work at the photo's own size is the last step's alone, so 100 megapixels need hardly more memory than their alpha.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.architecture import DETAIL_TILE_PX
from core.detail.levels import level_sizes, shrunk
from core.detail.tiles import Tile, tiles_over, window
from core.guided_filter import brought_up

Plane = NDArray[np.float32]

CLOSEST = 3.0
"""How many times larger than in the whole photo the outline is looked at, at most. Beyond, nothing was measured."""

TILES_AT_ONCE = 4

SHAPE_STEP_PX = 32
MARGIN_PX = 64  # of a tile, in which its word fades: a network sees least where its view is cut off
OPEN = 0.02  # alphas this far from 0 and from 1 belong to the transition
SOLID = 0.5
STRAND_PX = 32  # in pixels of the working size: hair does not stand off further from what is solid
REACH_PX = 3  # around the transition, in pixels of the working size; from 6 there is nothing more to gain

# How alpha is brought up before a look, as the network was told in training. Measured on composites of 200 to 1200 px,
# matted at 352 px: with radius 2 the outline is rougher (Grad 8 % higher), with 4 hair is lost (SAD 4 % higher). After
# the last look alpha has strands, which a narrower guide keeps: with radius 2 SAD is 1 to 2 % higher than with 1, 5 %
# on noisy photos, though clean outlines are smoother (Grad 1 % lower).
GUIDE_RADIUS_PX = 3
LAST_RADIUS_PX = 1
GUIDE_EPSILON = 1e-4


class DetailNetwork(Protocol):
    """What is asked about tiles; `core.engine` has it."""

    def refine(self, pictures: Sequence[NDArray[np.generic]], alphas: Sequence[Plane], /) -> Sequence[Plane]:
        """Tiles (h, w, 3) of one shape, h and w multiples of 16, with what is known of their alphas -> their alphas,
        (h, w) in [0, 1]."""
        ...


def go_on() -> None:
    """The `should_stop` of work that is never stopped."""


def unheard(_fraction: float) -> None:
    """The `on_progress` of work that nobody watches."""


def refine_detail(
    image: NDArray[np.generic],
    coarse: Plane,
    network: DetailNetwork | None,
    *,
    closest: float = CLOSEST,
    tile_px: int = DETAIL_TILE_PX,
    tiles_at_once: int = TILES_AT_ONCE,
    on_progress: Callable[[float], None] = unheard,
    should_stop: Callable[[], None] = go_on,
) -> Plane:
    """Alpha at a photo's own size from the one at its working size.

    Args:
        image: (H, W, 3) RGB, uint8, uint16 or float32 in [0, 1].
        coarse: (h, w) in [0, 1], what the network says of the whole photo.
        network: asked about tiles, unless the photo is hardly larger than its coarse alpha. None: alpha follows the
            photo's edges only.
        closest: how many times larger than at the working size the network sees the photo, at most.
        tile_px: longest side of a tile, a multiple of 32.
        tiles_at_once: how many tiles the network is given in one batch.
        on_progress: told now and then which share of what the network is asked is done, 0 to 1.
        should_stop: called between batches; raises to end the work.

    Returns:
        (H, W) float32 in [0, 1]. Away from the transition it is the coarse alpha, enlarged.
    """
    full = image.shape[0], image.shape[1]
    if max(full) <= max(coarse.shape):
        smaller = cv2.resize(coarse, full[::-1], interpolation=cv2.INTER_AREA)
        return np.asarray(np.clip(smaller, 0, 1), dtype=np.float32)
    if network is None:
        return enlarged(coarse, shrunk(image, coarse.shape), image)
    sizes = list(level_sizes((coarse.shape[0], coarse.shape[1]), full, closest))
    finest = shrunk(image, sizes[-1]) if sizes else image
    alpha, seen = coarse, shrunk(finest, coarse.shape)
    # Along an outline twice as long there are twice as many tiles.
    ends = np.cumsum([0, *(height for height, _ in sizes)], dtype=np.float64)
    ends /= max(ends[-1], 1)
    for size, begins, ends_at in zip(sizes, ends, ends[1:], strict=False):
        picture = shrunk(finest, size)
        alpha = looked_over(
            picture,
            enlarged(alpha, seen, picture),
            network,
            size[0] / coarse.shape[0],
            tile_px=tile_px,
            tiles_at_once=tiles_at_once,
            on_progress=partial(tell_share, on_progress, float(begins), float(ends_at)),
            should_stop=should_stop,
        )
        seen = picture
    should_stop()
    if not sizes:
        return enlarged(alpha, seen, image)
    on_progress(1.0)
    return enlarged(alpha, seen, image, LAST_RADIUS_PX)


def tell_share(on_progress: Callable[[float], None], begins: float, ends: float, done: float) -> None:
    """Progress of a part, told as that of the whole."""
    on_progress(begins + (ends - begins) * done)


def looked_over(
    picture: NDArray[np.generic],
    alpha: Plane,
    network: DetailNetwork,
    factor: float,
    *,
    tile_px: int = DETAIL_TILE_PX,
    tiles_at_once: int = TILES_AT_ONCE,
    on_progress: Callable[[float], None] = unheard,
    should_stop: Callable[[], None] = go_on,
) -> Plane:
    """What the detail network makes of an alpha (h, w) at the size of its picture, (h, w, 3).

    `factor` is how many of these pixels there are for each of the working size; the rest is as in `refine_detail`.
    """
    level = Level(picture, alpha, factor, tile_px)
    tiles = level.tiles()
    for first in range(0, len(tiles), tiles_at_once):
        should_stop()
        on_progress(first / len(tiles))
        batch = tiles[first : first + tiles_at_once]
        answers = network.refine([level.picture(tile) for tile in batch], [level.alpha(tile) for tile in batch])
        for tile, answer in zip(batch, answers, strict=True):
            level.hear(tile, answer)
    return level.told()


def enlarged(
    alpha: Plane, seen: NDArray[np.generic], picture: NDArray[np.generic], radius_px: int = GUIDE_RADIUS_PX
) -> Plane:
    if seen.shape == picture.shape:
        return alpha
    return brought_up(alpha, seen, picture, radius_px=radius_px, epsilon=GUIDE_EPSILON)


def tile_side(length_px: int, most_px: int, margin_px: int) -> int:
    """The side of the tiles that share a length evenly, in steps: an engine prepares itself for each shape it meets."""
    count = max(1, math.ceil((length_px - 2 * margin_px) / (most_px - 2 * margin_px)))
    share = math.ceil((length_px + 2 * margin_px * (count - 1)) / count)
    return min(most_px, share + -share % SHAPE_STEP_PX)


class Level:
    """One look from nearer: an alpha, and what tiles have to say to it."""

    def __init__(self, picture: NDArray[np.generic], alpha: Plane, factor: float, tile_px: int) -> None:
        """
        Args:
            picture: (h, w, 3).
            alpha: (h, w), what is known.
            factor: pixels for each of the working size.
            tile_px: longest side of a tile, a multiple of 32.
        """
        self.shape = alpha.shape
        self._margin_px = min(MARGIN_PX, tile_px // 4)
        height, width = (tile_side(length, tile_px, self._margin_px) for length in alpha.shape)
        self._tile_shape = height, width
        # A level may be narrower than a tile by less than a step: it goes on as the coarse photo did.
        missing = 0, max(0, height - alpha.shape[0]), 0, max(0, width - alpha.shape[1])
        self._picture = np.asarray(cv2.copyMakeBorder(picture, *missing, cv2.BORDER_REPLICATE))  # type: ignore[arg-type]
        self._alpha = np.asarray(cv2.copyMakeBorder(alpha, *missing, cv2.BORDER_REPLICATE), dtype=np.float32)
        self._asked = transition(self._alpha, factor)
        self._change = np.zeros_like(self._alpha)
        self._weight = np.zeros_like(self._alpha)

    def tiles(self) -> list[Tile]:
        return tiles_over(self._asked > 0, self._tile_shape, self._margin_px)

    def picture(self, tile: Tile) -> NDArray[np.generic]:
        return self._picture[tile.box]

    def alpha(self, tile: Tile) -> Plane:
        return self._alpha[tile.box]

    def hear(self, tile: Tile, answer: Plane) -> None:
        weight = window(tile, self._alpha.shape, self._margin_px)
        self._change[tile.box] += weight * (answer - self._alpha[tile.box])
        self._weight[tile.box] += weight

    def told(self) -> Plane:
        """The alpha with all that was heard, (h, w) in [0, 1]."""
        # Where one tile fades without a neighbour, so does the change.
        self._change /= np.maximum(self._weight, 1)
        alpha = self._alpha + self._asked * self._change
        return np.clip(alpha, 0, 1)[: self.shape[0], : self.shape[1]]


def transition(alpha: Plane, factor: float) -> Plane:
    """Where to listen, (h, w): 1 around the transition, smoothly to 0.

    A faint haze that is nobody's, far from anything solid, is no transition: looked at, it would become a ghost.
    """
    from_person = cv2.distanceTransform((alpha < SOLID).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    near_person = from_person < STRAND_PX * factor
    is_open = ((alpha > OPEN) & (alpha < 1 - OPEN) & near_person).astype(np.uint8)
    side_px = 2 * round(REACH_PX * factor) + 1
    # As bytes it takes a quarter of the time, which on large photos is seconds of each stroke.
    near = cv2.dilate(is_open, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px)))
    return np.asarray(cv2.blur(near.astype(np.float32), (side_px, side_px)), dtype=np.float32)
