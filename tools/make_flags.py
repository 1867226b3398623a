"""Backdrops of official portraits, with flags hung before them, drawn by numbers; a training takes them as scenes:

    python tools/make_flags.py OUTPUT --count 600 --seed 1

Flags behind a cheek or a shoulder are what MTGINet takes for a part of people most often (the model card), and only a
few hundred photos show it any. OUTPUT gets pictures of 448 px; those that are there already are kept.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.image_io import write_image

Picture = NDArray[np.float32]
"""(H, W, 3) RGB in [0, 1]."""
Plane = NDArray[np.float32]
"""(H, W)."""

SIDE_PX = 448
FLAG_PX = (380, 722)
"""Height and width of a flag that lies flat, 10 to 19."""
WHITE, RED, BLUE = (0.93, 0.92, 0.9), (0.72, 0.08, 0.14), (0.1, 0.14, 0.36)
CLOTHS = (WHITE, RED, BLUE, (0.05, 0.4, 0.2), (0.95, 0.75, 0.1), (0.1, 0.1, 0.1), (0.15, 0.4, 0.75), (0.9, 0.45, 0.1))
GOLD = (0.78, 0.6, 0.25)
STARS_AND_STRIPES = 0.55
"""Of all flags."""
OFTEN_TWO, OFTEN_NONE = 0.35, 0.1


def backdrop_with_flags(rng: np.random.Generator) -> Picture:
    """A square picture of SIDE_PX."""
    picture = backdrop(rng)
    if rng.random() < OFTEN_NONE:
        return picture
    sides = [rng.uniform(0.05, 0.4), rng.uniform(0.6, 0.95)]
    rng.shuffle(sides)
    for middle in sides if rng.random() < OFTEN_TWO else sides[:1]:
        picture = hung(picture, flag(rng), middle, rng)
    return picture


def backdrop(rng: np.random.Generator) -> Picture:
    """A painted cloth: one colour, mottled, lighter where the lamp is."""
    hue = rng.choice([rng.uniform(200, 230), rng.uniform(0, 360)], p=[0.6, 0.4])
    value = rng.uniform(0.1, 0.85)
    colour = cv2.cvtColor(np.float32([[[hue, rng.uniform(0, 0.7), value]]]), cv2.COLOR_HSV2RGB)[0, 0]
    cells = int(rng.integers(3, 14))
    mottled = 1 + rng.uniform(0.03, 0.15) * clouds(cells, rng)
    rows, columns = np.mgrid[0 : 1 : SIDE_PX * 1j, 0 : 1 : SIDE_PX * 1j]
    away = np.hypot(rows - rng.uniform(0.2, 0.7), columns - rng.uniform(0.2, 0.8))
    lit = 1 + rng.uniform(0, 0.5) * (0.4 - away)
    return np.clip(colour * (mottled * lit)[..., None], 0, 1).astype(np.float32)


def clouds(cells: int, rng: np.random.Generator) -> Plane:
    """Soft noise about 0, two octaves of it."""
    noise = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for octave in (1, 2):
        small = rng.standard_normal((cells * octave, cells * octave)).astype(np.float32)
        noise += cv2.resize(small, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC) / octave
    return noise


def flag(rng: np.random.Generator) -> Picture:
    """One that lies flat."""
    if rng.random() < STARS_AND_STRIPES:
        return stars_and_stripes()
    kind = rng.choice([bands, emblem, cross])
    return kind(rng)


def stars_and_stripes() -> Picture:
    height, width = FLAG_PX
    stripes = 13
    made = np.empty((height, width, 3), np.float32)
    for number in range(stripes):
        rows = slice(number * height // stripes, (number + 1) * height // stripes)
        made[rows] = WHITE if number % 2 else RED
    canton = 7 * height // stripes, 2 * width // 5
    made[: canton[0], : canton[1]] = BLUE
    for row in range(9):
        for column in range(5 if row % 2 else 6):
            middle = (column + (1.0 if row % 2 else 0.5)) * canton[1] / 6, (row + 0.75) * canton[0] / 9.5
            cv2.fillPoly(made, [star(middle, canton[0] / 22)], WHITE, cv2.LINE_AA)
    return made


def star(middle: tuple[float, float], radius: float) -> NDArray[np.int32]:
    """Five points upright, as a polygon of x and y."""
    turns = np.pi * np.arange(10) / 5 - np.pi / 2
    reach = radius * np.where(np.arange(10) % 2, 0.39, 1.0)
    return np.rint(np.stack([middle[0] + reach * np.cos(turns), middle[1] + reach * np.sin(turns)], 1)).astype(np.int32)


def bands(rng: np.random.Generator) -> Picture:
    """Two to five, along or across."""
    colours = rng.choice(CLOTHS, size=int(rng.integers(2, 6)), replace=False).astype(np.float32)
    along = rng.random() < 0.5
    lines = colours[:, None] if along else colours[None]
    return cv2.resize(np.ascontiguousarray(lines), FLAG_PX[::-1], interpolation=cv2.INTER_NEAREST)


def emblem(rng: np.random.Generator) -> Picture:
    """A plain cloth with a round shield, as states and cities have."""
    made = np.full((*FLAG_PX, 3), CLOTHS[rng.integers(len(CLOTHS))], np.float32)
    middle, radius = (FLAG_PX[1] // 2, FLAG_PX[0] // 2), int(rng.uniform(0.2, 0.38) * FLAG_PX[0])
    for share in (1.0, 0.85, 0.5, 0.25):
        cv2.circle(made, middle, int(share * radius), rng.choice([*CLOTHS, GOLD]).tolist(), -1, cv2.LINE_AA)
    return made


def cross(rng: np.random.Generator) -> Picture:
    """One upright, with diagonals behind it or without."""
    ground, outer, inner = rng.choice(CLOTHS, size=3, replace=False).tolist()
    made = np.full((*FLAG_PX, 3), ground, np.float32)
    bottom, right = FLAG_PX[0] - 1, FLAG_PX[1] - 1
    column = int(rng.choice([right // 2, right // 3]))
    lines = [((column, 0), (column, bottom)), ((0, bottom // 2), (right, bottom // 2))]
    if rng.random() < 0.5:
        lines = [((0, 0), (right, bottom)), ((0, bottom), (right, 0)), *lines]
    for colour, thickness in ((outer, FLAG_PX[0] // 5), (inner, FLAG_PX[0] // 9)):
        for start, end in lines:
            cv2.line(made, start, end, colour, thickness, cv2.LINE_AA)
    return made


def hung(picture: Picture, cloth: Picture, middle: float, rng: np.random.Generator) -> Picture:
    """A flag on its staff before a picture, about `middle` of its width: in folds, a little out of focus."""
    rows, columns = (plane.astype(np.float32) for plane in np.mgrid[0 : 1 : SIDE_PX * 1j, 0 : 1 : SIDE_PX * 1j])
    half = rng.uniform(0.1, 0.28)
    sway = 0.03 * np.sin(2 * np.pi * (rng.uniform(0.3, 1.2) * rows + rng.random()))
    across = columns - middle - sway - rng.uniform(-0.12, 0.12) * rows
    folds = rng.uniform(4, 11)
    fall = 2 * np.pi * (folds * across + rng.uniform(-0.6, 0.6) * rows + 0.25 * np.sin(4 * rows + 6 * rng.random()))
    gathered = rng.uniform(0.9, 2.2) * across + rng.uniform(0.4, 0.9) * np.sin(fall) / (2 * np.pi * folds)

    turn = rng.uniform(0.15, 1.3) * rng.choice([-1, 1])
    size = FLAG_PX[0] * rng.uniform(0.8, 1.7)
    down = rows + rng.uniform(-0.6, 0.2)
    at_x = size * (np.cos(turn) * gathered + np.sin(turn) * down) + rng.uniform(0, 0.4) * FLAG_PX[1]
    at_y = size * (np.cos(turn) * down - np.sin(turn) * gathered) + rng.uniform(0, 0.5) * FLAG_PX[0]
    colours = cv2.remap(cloth, np.float32(at_x), np.float32(at_y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)

    depth = rng.uniform(0.12, 0.4)
    shade = rng.uniform(0.65, 1.1) * (1 - depth + depth * np.cos(fall + rng.uniform(-0.8, 0.8)))
    lower_edge = rng.uniform(0.75, 1.6) + 0.04 * np.sin(fall)
    wide = half * np.clip(0.35 + rng.uniform(0.6, 1.6) * (rows + 0.15), 0, 1)
    inside = (np.abs(across) < wide + 0.008 * np.sin(3 * fall)) & (rows < lower_edge)
    fringe = inside & (np.abs(across) > wide - 0.012) & (rng.random() < 0.3)
    colours = np.where(fringe[..., None], np.float32(GOLD), colours) * shade[..., None]

    staff = np.abs(columns - middle - sway + rng.choice([-1, 1]) * half * 0.3) < rng.uniform(0.004, 0.01)
    if rng.random() < 0.4:
        picture = np.where(staff[..., None], np.float32(GOLD) * np.float32(rng.uniform(0.5, 1.1)), picture)
    opacity = inside.astype(np.float32)[..., None]
    mixed = np.clip(colours * opacity + picture * (1 - opacity), 0, 1).astype(np.float32)
    return cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.5, 2.5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1, help="other pictures with another (default: 1)")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for number in range(asked.count):
        path = asked.output / f"flags_{asked.seed}_{number:04}.png"
        if not path.exists():
            write_image(path, backdrop_with_flags(np.random.default_rng([asked.seed, number])))


if __name__ == "__main__":
    main()
