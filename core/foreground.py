"""Foreground colours of a cut-out: what the person's pixels look like without the old background mixed in.

Multi-level estimation after Germer, Uelwer, Conrad, Harmeling: "Fast Multi-Level Foreground Estimation", ICPR 2020.
From 1 × 1 px up to the photo's size, each level starts from the colours of the one before and improves them
(`colour_block`).

Only the transition and its direct neighbours are solved, in blocks: where α is 1 the foreground is the image, where it
is 0 the background is. So the time follows the length of the outline and not the megapixels. And colours stay in the
image's own type: only blocks are ever converted, so that 100 megapixels need no gigabytes.
"""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.colour_block import reach_px, solve_block
from core.enlarge import enlarged_part
from core.transition_blocks import SURE, Block, transition_blocks
from core.unit_interval import OVERSHOOT, ROUNDING, check_unit_interval

_Picture = NDArray[Any]  # (H, W, 3), uint8, uint16 or float32 in [0, 1]
_Plane = NDArray[np.float32]  # (H, W)

_SMALL_SIZE_PX = 32
_ITERATIONS_SMALL = 20
_ITERATIONS_LARGE = 2
_MEANS_SIZE_PX = 256  # the first guess is the mean over so small a picture
_STRIP_ROWS = 256
_MOST_THREADS = 8


class _Colours(NamedTuple):
    foreground: _Picture
    background: _Picture


class _Known(NamedTuple):
    """The alphas where a colour is the image's own."""

    lowest: float
    highest: float


_FOREGROUND_KNOWN = _Known(1 - SURE, 2)
_BACKGROUND_KNOWN = _Known(-1, SURE)


def estimate_foreground(image: NDArray[np.generic], alpha: NDArray[np.floating]) -> _Picture:
    """Foreground colours, to be used as straight (not premultiplied) colours beside the alpha.

    Args:
        image: (H, W, 3) RGB, uint8, uint16, or float in [0, 1].
        alpha: (H, W) float in [0, 1].

    Returns:
        (H, W, 3) of the image's type; float32 in [0, 1] for any float. The image itself where alpha is 1; where alpha
        is 0, colours that continue the person, so that nothing of the old background is left to shine through or to be
        read out of a file.

    Raises:
        ValueError: image and alpha have different sizes, other dimensions or types, or leave [0, 1], as NaN does.
    """
    picture, plane = _checked(image, alpha)
    coarse = _solve_below_full_size(picture, plane)
    foreground = _enlarged(coarse.foreground, picture)
    _improve((foreground,), picture, plane, coarse)
    _take(foreground, picture, plane, _FOREGROUND_KNOWN)
    return foreground


def estimate_foreground_background(
    image: NDArray[np.generic], alpha: NDArray[np.floating]
) -> tuple[_Picture, _Picture]:
    """Foreground and background colours whose composite is the image.

    Args:
        image: as for `estimate_foreground`.
        alpha: as for `estimate_foreground`.

    Returns:
        (foreground, background), each (H, W, 3) of the image's type, as for `estimate_foreground`. The background is
        the image itself where alpha is 0, and continues it inwards where alpha is 1.

    Raises:
        ValueError: as for `estimate_foreground`.
    """
    picture, plane = _checked(image, alpha)
    return _solve_level(picture, plane, _solve_below_full_size(picture, plane))


def _checked(image: NDArray[np.generic], alpha: NDArray[np.floating]) -> tuple[_Picture, _Plane]:
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"An image has the shape (H, W, 3) and at least one pixel; this one has {image.shape}.")
    if alpha.shape != image.shape[:2]:
        raise ValueError(f"The alpha is {alpha.shape} and the image {image.shape[:2]}; give both one size.")
    if not np.issubdtype(alpha.dtype, np.floating):
        raise ValueError(f"The alpha must be float in [0, 1]; it is {alpha.dtype}.")
    check_unit_interval(alpha, "alpha", ROUNDING)
    return _own_samples(image), np.ascontiguousarray(alpha, dtype=np.float32)


def _own_samples(image: NDArray[np.generic]) -> _Picture:
    if image.dtype in (np.uint8, np.uint16):
        return np.ascontiguousarray(image)
    if not np.issubdtype(image.dtype, np.floating):
        raise ValueError(f"The image must be float in [0, 1], uint8 or uint16; it is {image.dtype}.")
    check_unit_interval(image, "image", OVERSHOOT)
    return np.ascontiguousarray(image, dtype=np.float32)


def _solve_below_full_size(image: _Picture, alpha: _Plane) -> _Colours:
    """Colours on the last level before the photo's own size."""
    height, width = alpha.shape
    colours = _mean_colours(image, alpha)
    levels = math.ceil(math.log2(max(height, width)))
    for level in range(levels):
        size = round(height ** (level / levels)), round(width ** (level / levels))
        colours = _solve_level(_sampled(image, size), _sampled(alpha, size), colours)
    return colours


def _sampled(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Single pixels of a picture: their mixture of colours obeys their alpha, which that of means would not."""
    return cv2.resize(picture, size[::-1], interpolation=cv2.INTER_NEAREST)


def _mean_colours(image: _Picture, alpha: _Plane) -> _Colours:
    """(1, 1, 3) each; of the whole image where alpha shows none of the kind."""
    size = min(alpha.shape[0], _MEANS_SIZE_PX), min(alpha.shape[1], _MEANS_SIZE_PX)
    small, plane = _sampled(image, size), _sampled(alpha, size)
    means = []
    for where in (plane > 0.9, plane < 0.1):
        mean = cv2.mean(small, where.view(np.uint8) if where.any() else None)[:3]
        means.append(np.array(mean).reshape(1, 1, 3).astype(image.dtype))
    return _Colours(*means)


def _solve_level(image: _Picture, alpha: _Plane, coarse: _Colours) -> _Colours:
    colours = _Colours(_enlarged(coarse.foreground, image), _enlarged(coarse.background, image))
    _improve(colours, image, alpha, coarse)
    _take(colours.foreground, image, alpha, _FOREGROUND_KNOWN)
    _take(colours.background, image, alpha, _BACKGROUND_KNOWN)
    return colours


def _enlarged(coarse: _Picture, image: _Picture) -> _Picture:
    """Coarse colours at the size of an image."""
    height, width = image.shape[:2]
    colours = np.empty_like(image)
    cv2.resize(coarse, (width, height), dst=colours)
    return colours


def _take(colours: _Picture, image: _Picture, alpha: _Plane, known: _Known) -> None:
    """Take the image's own colours where they are known."""
    for top in range(0, image.shape[0], _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        cv2.copyTo(image[rows], cv2.inRange(alpha[rows], *known), colours[rows])


def _improve(targets: tuple[_Picture, ...], image: _Picture, alpha: _Plane, coarse: _Colours) -> None:
    """Solve a level's transition from coarse colours, and write it into `targets`: foreground, or both.

    A small level is solved as a whole, so that colours flow outwards from the person.
    """
    height, width = alpha.shape
    if max(height, width) <= _SMALL_SIZE_PX:
        whole = Block(0, 0, np.ones((height, width), np.uint8))
        solved = _solve_block(image, alpha, coarse, whole, _ITERATIONS_SMALL)
        _put(targets, whole, solved)
        return

    def improve(block: Block) -> None:
        _put(targets, block, _solve_block(image, alpha, coarse, block, _ITERATIONS_LARGE))

    # Blocks share no pixel, and NumPy lets go of Python's lock while it computes.
    with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
        list(pool.map(improve, transition_blocks(alpha)))  # taken to the end, so that errors are raised here


def _solve_block(
    image: _Picture, alpha: _Plane, coarse: _Colours, block: Block, iterations: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Foreground and background of a block, (3, h, w) each."""
    height, width = alpha.shape
    rows, columns = block.slices
    margin_px = reach_px(iterations)
    top, left = max(rows.start - margin_px, 0), max(columns.start - margin_px, 0)
    wide = slice(top, min(rows.stop + margin_px, height)), slice(left, min(columns.stop + margin_px, width))
    guesses = _Colours(*(_planes(enlarged_part(colours, (height, width), *wide)) for colours in coarse))
    foreground, background = solve_block(_planes(image[wide]), alpha[wide], *guesses, iterations)
    inner = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    return foreground[:, *inner], background[:, *inner]


def _planes(picture: _Picture) -> NDArray[np.float32]:
    """(h, w, 3) samples as (3, h, w) float32 in [0, 1]."""
    planes: NDArray[np.float32] = np.multiply(
        picture.transpose(2, 0, 1), np.float32(1 / _highest(picture)), dtype=np.float32, order="C"
    )
    return planes


def _put(targets: Sequence[_Picture], block: Block, solved: Sequence[NDArray[np.float32]]) -> None:
    """Write a block's (3, h, w) float colours where they were solved, into as many pictures as are wanted."""
    for target, planes in zip(targets, solved, strict=False):
        samples = planes.transpose(1, 2, 0)
        if target.dtype != np.float32:
            samples = samples * np.float32(_highest(target)) + np.float32(0.5)
        cv2.copyTo(samples.astype(target.dtype, order="C"), block.band, target[block.slices])


def _highest(picture: _Picture) -> int:
    return 1 if picture.dtype == np.float32 else int(np.iinfo(picture.dtype).max)
