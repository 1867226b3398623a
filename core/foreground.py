"""Foreground colours of a cut-out: what the person's pixels look like without the old background mixed in.

Multi-level estimation after Germer, Uelwer, Conrad, Harmeling: "Fast Multi-Level Foreground Estimation", ICPR 2020.
From 1 × 1 px up to the photo's size, each level starts from the colours of the one before and solves, pixel by pixel,

    min over F, B of  |α F + (1 − α) B − I|² + Σ over 4 neighbours n of (ε + |α − αₙ|) (|F − Fₙ|² + |B − Bₙ|²).

Two things are ours. Only the band around the transition is solved: where α is 1 the foreground is the image, where it
is 0 the background is. And pixels are updated in checkerboard order, one half of them at once, which needs no compiler.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_Picture = NDArray[np.float32]  # (H, W, 3)
_Plane = NDArray[np.float32]  # (H, W)

_REGULARISATION = 1e-5  # ε
_SMALL_SIZE_PX = 32
_SWEEPS_SMALL = 10
_SWEEPS_LARGE = 2
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_SURE = 1 / 255  # alphas this near to 0 or 1 are taken for sure: networks never say exactly 0 or 1
_ROUNDING = 1e-4  # a filtered alpha may leave [0, 1] by so much


class _Colours(NamedTuple):
    foreground: _Picture
    background: _Picture


class _Band(NamedTuple):
    """The n pixels that are solved on a level, the checkerboard's red ones first.

    On a large level they are the transition and its direct neighbours; on a small one all pixels, so that colours flow
    outwards from the person.
    """

    positions: NDArray[np.intp]  # (n,), into the flattened level
    neighbours: NDArray[np.int32]  # (4, n), into the band; a pixel itself where a neighbour is not in the band
    reds: int


def estimate_foreground(image: NDArray[np.generic], alpha: NDArray[np.floating]) -> NDArray[np.float32]:
    """Foreground colours, to be used as straight (not premultiplied) colours beside the alpha.

    Args:
        image: (H, W, 3) RGB, float in [0, 1], uint8 or uint16.
        alpha: (H, W) float in [0, 1].

    Returns:
        (H, W, 3) float32 in [0, 1]. The image itself where alpha is 1; where alpha is 0, colours that continue the
        person, so that nothing of the old background is left to shine through or to be read out of a file.

    Raises:
        ValueError: image and alpha have different sizes, other dimensions or types, or alpha leaves [0, 1].
    """
    picture, plane = _checked(image, alpha)
    coarse = _solve_below_full_size(picture, plane)
    band = _find_band(plane)
    solved_foreground, _ = _solve(picture, plane, band, coarse, _SWEEPS_LARGE)
    return _assemble(coarse.foreground, picture, plane >= 1 - _SURE, band, solved_foreground)


def estimate_foreground_background(
    image: NDArray[np.generic], alpha: NDArray[np.floating]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Foreground and background colours whose composite is the image.

    Args:
        image: as for `estimate_foreground`.
        alpha: as for `estimate_foreground`.

    Returns:
        (foreground, background), each (H, W, 3) float32 in [0, 1]. The background is the image itself where alpha
        is 0, and continues it inwards where alpha is 1.

    Raises:
        ValueError: as for `estimate_foreground`.
    """
    picture, plane = _checked(image, alpha)
    return _solve_level(picture, plane, _solve_below_full_size(picture, plane), _SWEEPS_LARGE)


def _checked(image: NDArray[np.generic], alpha: NDArray[np.floating]) -> tuple[_Picture, _Plane]:
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"An image has the shape (H, W, 3) and at least one pixel; this one has {image.shape}.")
    if alpha.shape != image.shape[:2]:
        raise ValueError(f"The alpha is {alpha.shape} and the image {image.shape[:2]}; give both one size.")
    if not np.issubdtype(alpha.dtype, np.floating):
        raise ValueError(f"The alpha must be float in [0, 1]; it is {alpha.dtype}.")
    # Written so that NaN fails too.
    if not (alpha.min() >= -_ROUNDING and alpha.max() <= 1 + _ROUNDING):
        raise ValueError(f"The alpha must lie in [0, 1]; it goes from {alpha.min():g} to {alpha.max():g}.")
    return _as_unit_floats(image), np.ascontiguousarray(alpha, dtype=np.float32)


def _as_unit_floats(image: NDArray[np.generic]) -> _Picture:
    if image.dtype in (np.uint8, np.uint16):
        scale = np.float32(1 / (255 if image.dtype == np.uint8 else 65535))
        scaled: _Picture = np.multiply(image, scale, dtype=np.float32)
        return scaled
    if not np.issubdtype(image.dtype, np.floating):
        raise ValueError(f"The image must be float in [0, 1], uint8 or uint16; it is {image.dtype}.")
    return np.ascontiguousarray(image, dtype=np.float32)


def _solve_below_full_size(image: _Picture, alpha: _Plane) -> _Colours:
    """Colours on the last level before the photo's own size."""
    height, width = alpha.shape
    colours = _Colours(_mean_colour(image, alpha > 0.9), _mean_colour(image, alpha < 0.1))
    levels = math.ceil(math.log2(max(height, width)))
    for level in range(levels):
        level_height, level_width = round(height ** (level / levels)), round(width ** (level / levels))
        rows = np.arange(level_height) * height // level_height
        columns = np.arange(level_width) * width // level_width
        sweeps = _SWEEPS_SMALL if max(level_height, level_width) <= _SMALL_SIZE_PX else _SWEEPS_LARGE
        colours = _solve_level(image[rows[:, None], columns], alpha[rows[:, None], columns], colours, sweeps)
    return colours


def _mean_colour(image: _Picture, where: NDArray[np.bool_]) -> _Picture:
    """(1, 1, 3) mean; of the whole image where the region is empty."""
    region = where.view(np.uint8) if where.any() else None
    return np.array(cv2.mean(image, region)[:3], dtype=np.float32).reshape(1, 1, 3)


def _solve_level(image: _Picture, alpha: _Plane, coarse: _Colours, sweeps: int) -> _Colours:
    band = _find_band(alpha)
    foreground, background = _solve(image, alpha, band, coarse, sweeps)
    return _Colours(
        _assemble(coarse.foreground, image, alpha >= 1 - _SURE, band, foreground),
        _assemble(coarse.background, image, alpha <= _SURE, band, background),
    )


def _find_band(alpha: _Plane) -> _Band:
    height, width = alpha.shape
    if max(height, width) <= _SMALL_SIZE_PX:
        positions = np.arange(height * width)
    else:
        transition = ((alpha > _SURE) & (alpha < 1 - _SURE)).view(np.uint8)
        positions = np.flatnonzero(cv2.dilate(transition, _CROSS))
    rows, columns = np.divmod(positions, width)
    is_red = (rows + columns) % 2 == 0
    positions = np.concatenate([positions[is_red], positions[~is_red]])
    rows, columns = np.divmod(positions, width)

    count = len(positions)
    in_band = np.full(height * width, -1, dtype=np.int32)
    in_band[positions] = np.arange(count, dtype=np.int32)
    neighbours = np.empty((4, count), dtype=np.int32)
    neighbours[0] = in_band[positions - (rows > 0) * width]
    neighbours[1] = in_band[positions + (rows < height - 1) * width]
    neighbours[2] = in_band[positions - (columns > 0)]
    neighbours[3] = in_band[positions + (columns < width - 1)]
    neighbours = np.where(neighbours < 0, np.arange(count, dtype=np.int32), neighbours)
    return _Band(positions, neighbours, int(np.count_nonzero(is_red)))


def _solve(
    image: _Picture, alpha: _Plane, band: _Band, coarse: _Colours, sweeps: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Foreground and background of the band's pixels, (3, n) each."""
    height, width = alpha.shape
    coarse_height, coarse_width = coarse.foreground.shape[:2]
    rows, columns = np.divmod(band.positions, width)
    parents = rows * coarse_height // height * coarse_width + columns * coarse_width // width

    colour = np.ascontiguousarray(image.reshape(-1, 3)[band.positions].T)  # planes: six long rows beat n short ones
    foreground = np.ascontiguousarray(coarse.foreground.reshape(-1, 3)[parents].T)
    background = np.ascontiguousarray(coarse.background.reshape(-1, 3)[parents].T)
    opacity = alpha.reshape(-1)[band.positions]
    pull = _REGULARISATION + np.abs(opacity - opacity[band.neighbours])  # (4, n)

    # The 2 × 2 system of a pixel has the same matrix in every sweep and channel.
    own, rest, total = opacity, 1 - opacity, pull.sum(axis=0)
    ff, fb, bb = own * own + total, own * rest, rest * rest + total
    inverse_determinant = 1 / (ff * bb - fb * fb)
    ff, fb, bb = ff * inverse_determinant, fb * inverse_determinant, bb * inverse_determinant

    reds, blacks = slice(None, band.reds), slice(band.reds, None)
    for _ in range(sweeps):
        for half in (reds, blacks):
            for channel in range(3):
                f, b = foreground[channel], background[channel]
                f_side = own[half] * colour[channel, half]
                b_side = rest[half] * colour[channel, half]
                for direction in range(4):
                    neighbour = band.neighbours[direction, half]
                    f_side += pull[direction, half] * f[neighbour]
                    b_side += pull[direction, half] * b[neighbour]
                f[half] = np.clip(bb[half] * f_side - fb[half] * b_side, 0, 1)
                b[half] = np.clip(ff[half] * b_side - fb[half] * f_side, 0, 1)
    return foreground, background


def _assemble(
    coarse: _Picture, image: _Picture, known: NDArray[np.bool_], band: _Band, solved: NDArray[np.float32]
) -> _Picture:
    """A level's colours: the coarse ones, over them those solved in the band, over them the image where it is known."""
    height, width = known.shape
    colours = np.empty((height, width, 3), dtype=np.float32)
    cv2.resize(coarse, (width, height), dst=colours)
    colours.reshape(-1, 3)[band.positions] = solved.T
    cv2.copyTo(image, known.view(np.uint8), colours)
    return colours
