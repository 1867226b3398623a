"""Where crops come from: cut-outs composed over backgrounds, and photos with alphas.

A crop is a function of its random generator alone, so that crop number n of a run is the same whoever draws it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.boxes import bounds, whole
from core.errors import DatasetError
from core.training import layers
from core.training.config import AugmentationConfig, CutoutsConfig, PhotosConfig
from core.training.datasets import find_pairs, pictures
from core.training.pieces import add_pieces

S = TypeVar("S", np.uint8, np.float32)

VISIBLE = 0.02
"""Alpha above which a pixel counts as part of a person when a cut-out's extent is measured."""

FAR_HEIGHT = 0.6
"""In heights of the frame: who is smaller need not stand on its lower edge."""
HORIZON = 0.6
"""Highest place of anybody's feet, in heights of the frame from above."""
NARROW = 0.5
"""Legs, as a part of the width of who stands on them."""
FAR_ASIDE, NEAR_ASIDE = 0.1, 0.25
"""How near to the sides of the frame people's middle may be, in widths of the frame."""
MOST_PEOPLE = 5
UNLIKE = 0.15
"""How much people of one group differ in height, to either side of the mean."""


@dataclass
class Crop:
    """A training sample of H x W."""

    image: NDArray[np.float32]
    """(H, W, 3) RGB in [0, 1]."""
    alpha: NDArray[np.float32]
    """(H, W) in [0, 1]."""
    contrast: NDArray[np.float32]
    """(H, W) in [0, 1]: |foreground - background|, mean over the channels."""
    transition_weight: float


class Lot(Protocol):
    def draw(self, rng: np.random.Generator) -> int:
        """The index of a file."""
        ...


class Lottery:
    """Draws files, those whose names match a favoured pattern more often than the others.

    Raises DatasetError where every file's weight is 0.
    """

    def __init__(self, paths: Sequence[Path], favour: Mapping[str, float]) -> None:
        weights = [favour_of(path.name, favour) for path in paths]
        if not sum(weights):
            raise DatasetError(
                f"No file of {paths[0].parent} can be drawn: all have the weight 0 by the patterns that favour files."
            )
        self.cumulative = np.cumsum(weights) / np.sum(weights)

    def draw(self, rng: np.random.Generator) -> int:
        """The index of a file."""
        return min(int(np.searchsorted(self.cumulative, rng.random(), side="right")), len(self.cumulative) - 1)


def favour_of(name: str, favour: Mapping[str, float]) -> float:
    """The weight of the first pattern that a file's name matches; 1 where there is none."""
    return next((weight for pattern, weight in favour.items() if fnmatch(name, pattern)), 1.0)


class Source(Protocol):
    share: float

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Crop: ...


class CutoutSource:
    """People placed over scenes without people; their alpha is true, strand by strand."""

    def __init__(self, config: CutoutsConfig, augmentation: AugmentationConfig) -> None:
        self.share = config.share
        self.transition_weight = config.transition_weight
        self.augmentation = augmentation
        self.foregrounds = pictures(config.foregrounds)
        self.backgrounds = pictures(config.backgrounds)
        self.lot: Lot = Lottery(self.foregrounds, config.favour)
        self.scenes = Lottery(self.backgrounds, config.favour_backgrounds)

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Crop:
        settings = self.augmentation
        background = self.scene(rng, height, width)
        image = background
        alpha = np.zeros((height, width), np.float32)
        contrast = np.ones((height, width), np.float32)
        if rng.random() >= settings.empty:
            placing = self.placing(rng)
            for number in range(head_count(rng, settings.second_person)):
                colours, opacity = self.person(rng, height, width, placing)
                if number == 0 and rng.random() < settings.camouflage:
                    background = layers.light_like(background, hair_colour(colours, opacity), rng.uniform(0.5, 1))
                    image = background
                if rng.random() < settings.colour_match:
                    colours = layers.match_colours(colours, opacity, background, rng.uniform(0.2, 0.8))
                image = layers.mix(colours, opacity, image)
                visible = np.abs(colours - background).mean(axis=2)
                contrast = np.where(opacity > 0, visible, contrast)
                alpha = 1 - (1 - alpha) * (1 - opacity)
        return Crop(image, alpha, contrast, self.transition_weight)

    def placing(self, rng: np.random.Generator) -> AugmentationConfig:
        """How the people of one crop are placed. All are far away or nobody: who stands far behind is no foreground."""
        settings = self.augmentation
        if rng.random() >= settings.distant:
            return settings
        height = rng.uniform(*settings.distant_height)
        alike = (height * (1 - UNLIKE), height * (1 + UNLIKE))
        return settings.model_copy(update={"person_height": alike, "close_up": 0.0})

    def scene(self, rng: np.random.Generator, height: int, width: int) -> layers.Picture:
        picture = read_colour(self.backgrounds[self.scenes.draw(rng)])
        left, top, w, h = window(rng, picture.shape[:2], height, width, (0.5, 1.0))
        pixels = resize(picture[top : top + h, left : left + w], height, width)
        scene = layers.unit(pixels[:, ::-1] if rng.random() < 0.5 else pixels)
        if rng.random() < self.augmentation.relight:
            scene = layers.relight(scene, rng)
        if rng.random() < self.augmentation.pieces:
            scene = add_pieces(scene, np.ones((height, width), np.float32), rng)
        if rng.random() < self.augmentation.background_blur:
            scene = layers.defocus(scene, rng)
        return np.ascontiguousarray(scene)

    def person(
        self, rng: np.random.Generator, height: int, width: int, placing: AugmentationConfig
    ) -> tuple[layers.Picture, NDArray[np.float32]]:
        """A placed cut-out: its colours (H, W, 3) and its alpha (H, W)."""
        premultiplied = read_cutout(self.foregrounds[self.lot.draw(rng)])
        placed = place(premultiplied, rng, height, width, placing)
        opacity = np.clip(placed[..., 3], 0, 1, dtype=np.float32)
        colours = np.clip(placed[..., :3] / np.maximum(opacity, 1e-3)[..., None], 0, 1, dtype=np.float32)
        if rng.random() < self.augmentation.relight:
            colours = layers.relight(colours, rng)
        if rng.random() < self.augmentation.pieces:
            colours = add_pieces(colours, opacity, rng)
        return colours, opacity


def hair_colour(colours: layers.Picture, opacity: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean colour (3,) of a person's outline, in the upper half of what is seen of them."""
    rows, _ = bounds(opacity > VISIBLE) or whole(opacity.shape)
    upper = slice(rows.start, (rows.start + rows.stop + 1) // 2)
    open_part = opacity[upper] * (1 - opacity[upper]) + np.float32(1e-6)
    summed = (colours[upper] * open_part[..., None]).sum(axis=(0, 1))
    return np.asarray(summed / open_part.sum(), dtype=np.float32)


class PhotoSource:
    """Photos whose alpha is known; a crop keeps the photo's own background."""

    def __init__(self, config: PhotosConfig, augmentation: AugmentationConfig) -> None:
        self.share = config.share
        self.transition_weight = config.transition_weight
        self.augmentation = augmentation
        self.pairs = find_pairs(config.folder)
        self.lot = Lottery([pair.image for pair in self.pairs], config.favour)

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Crop:
        settings = self.augmentation
        pair = self.pairs[self.lot.draw(rng)]
        photo, alpha = read_colour(pair.image), read_grey(pair.alpha)
        if photo.shape[:2] != alpha.shape:
            raise DatasetError(f"{pair.image} and {pair.alpha} differ in size.")
        left, top, w, h = window(rng, alpha.shape, height, width, settings.photo_window)
        area = (slice(top, top + h), slice(left, left + w))
        image, opacity = (layers.unit(resize(pixels[area], height, width)) for pixels in (photo, alpha))
        contrast = np.ones_like(opacity)
        if pair.foreground and pair.background:
            front, back = (resize(read_colour(p)[area], height, width) for p in (pair.foreground, pair.background))
            contrast = np.abs(layers.unit(front) - layers.unit(back)).mean(axis=2)
        if rng.random() < settings.flip:
            image, opacity, contrast = (np.ascontiguousarray(plane[:, ::-1]) for plane in (image, opacity, contrast))
        if rng.random() < settings.relight:
            # Most often one light for the whole photo; now and then the person is lit apart from the scene.
            apart = rng.random() < 0.3
            scene = layers.relight(image, rng)
            person = layers.relight(image, rng) if apart else scene
            image = layers.mix(person, opacity, scene)
        return Crop(image, opacity, contrast, self.transition_weight)


def finish(crop: Crop, rng: np.random.Generator, settings: AugmentationConfig) -> Crop:
    """What a camera and a file do to the whole picture, last: blur, noise, JPEG."""
    image = crop.image
    if rng.random() < settings.grey:
        image = layers.to_grey(image)
    if rng.random() < settings.motion_blur:
        image = layers.shake(image, rng)
    if rng.random() < settings.soft:
        image = layers.soften(image, rng)
    if rng.random() < settings.noise:
        image = layers.add_noise(image, rng)
    if rng.random() < settings.jpeg:
        image = layers.compress(np.clip(image, 0, 1), rng)
    return Crop(image, crop.alpha, crop.contrast, crop.transition_weight)


def head_count(rng: np.random.Generator, another: float) -> int:
    """How many people there are where each has the chance of another one beside them."""
    count = 1
    while count < MOST_PEOPLE and rng.random() < another:
        count += 1
    return count


def place(
    premultiplied: NDArray[np.float32], rng: np.random.Generator, height: int, width: int, settings: AugmentationConfig
) -> NDArray[np.float32]:
    """Scale, turn, mirror and put a cut-out (h, w, 4) into a frame (H, W, 4).

    A cut-out that ends at the chest stands on the bottom edge of the frame, as in a portrait. Who is seen to the feet
    and is far away stands anywhere on the ground. Whom the cut-out's own photo cut off at a side is seen through a
    window of it: elsewhere there would be a straight edge where their shoulder goes on.
    """
    if rng.random() < settings.flip:
        premultiplied = np.ascontiguousarray(premultiplied[:, ::-1])
    if cut_off_at_a_side(premultiplied[..., 3]):
        left, top, w, h = window(rng, premultiplied.shape, height, width, settings.photo_window)
        return resize(premultiplied[top : top + h, left : left + w], height, width)
    left, top, right, bottom = extent(premultiplied[..., 3])
    close = rng.random() < settings.close_up
    relative = rng.uniform(*(settings.close_up_height if close else settings.person_height))
    if not close and cut_off_at_top(premultiplied[..., 3]):
        relative = max(relative, 1.15)
    scale = relative * height / (bottom - top)
    turn = rng.uniform(-1, 1) * settings.rotation_degrees
    if close:
        anchor = point_of_the_outline(premultiplied[..., 3], rng)
        goal = (width * rng.uniform(0.2, 0.8), height * rng.uniform(0.2, 0.8))
    else:
        # The bottom edge of a turned chest must stay below the frame.
        hidden = abs(np.sin(np.radians(turn))) * (right - left) * scale / 2
        tall = relative > 1
        anchor = ((left + right) / 2, float(top if tall else bottom))
        if cut_off_at_top(premultiplied[..., 3]):
            level = -hidden
        elif tall:
            level = rng.uniform(-0.08, 0.12) * height
        elif relative < FAR_HEIGHT and seen_to_the_feet(premultiplied[..., 3]):
            level = rng.uniform(HORIZON, 1.0) * height
        else:
            level = rng.uniform(1.0, 1.08) * height + hidden
        aside = FAR_ASIDE if relative < FAR_HEIGHT else NEAR_ASIDE
        goal = (width * rng.uniform(aside, 1 - aside), level)
    if scale < 1:  # shrink by areas first: a warp alone would alias
        size = (max(1, round(premultiplied.shape[1] * scale)), max(1, round(premultiplied.shape[0] * scale)))
        premultiplied = np.asarray(cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        anchor, scale = (anchor[0] * scale, anchor[1] * scale), 1.0
    matrix = cv2.getRotationMatrix2D(anchor, turn, scale)
    matrix[:, 2] += np.array(goal) - np.array(anchor)
    return np.asarray(cv2.warpAffine(premultiplied, matrix, (width, height), flags=cv2.INTER_LINEAR), dtype=np.float32)


def extent(alpha: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is visible; the whole frame where nothing is."""
    rows, columns = bounds(alpha > VISIBLE) or whole(alpha.shape)
    return columns.start, rows.start, columns.stop, rows.stop


def cut_off_at_top(alpha: NDArray[np.float32]) -> bool:
    """Whether the cut-out's own photo ended at the head: such a person must reach the frame's upper edge."""
    return float((alpha[0] > 0.5).mean()) > 0.03


def cut_off_at_a_side(alpha: NDArray[np.float32]) -> bool:
    """Whether the cut-out's own photo ended at a shoulder, or beside the hair."""
    return any(float((alpha[:, side] > 0.5).mean()) > 0.05 for side in (0, -1))


def seen_to_the_feet(alpha: NDArray[np.float32]) -> bool:
    """Whether a cut-out becomes narrow towards its lower end, as legs do and a chest does not."""
    left, top, right, bottom = extent(alpha)
    lowest = alpha[bottom - max(1, (bottom - top) // 50) : bottom]
    return float((lowest > 0.5).any(axis=0).sum()) < NARROW * (right - left)


def point_of_the_outline(alpha: NDArray[np.float32], rng: np.random.Generator) -> tuple[float, float]:
    """A random transition pixel (x, y); the centre where there is none."""
    points = np.flatnonzero((alpha > 0.1) & (alpha < 0.9))
    if not len(points):
        return alpha.shape[1] / 2, alpha.shape[0] / 2
    y, x = divmod(int(points[rng.integers(len(points))]), alpha.shape[1])
    return float(x), float(y)


def window(
    rng: np.random.Generator, size: tuple[int, ...], height: int, width: int, part: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Left, top, width, height of a random window of the frame's aspect ratio, `part` of the largest that fits."""
    fit = min(size[0] / height, size[1] / width) * rng.uniform(*part)
    h, w = max(1, int(height * fit)), max(1, int(width * fit))
    return int(rng.integers(size[1] - w + 1)), int(rng.integers(size[0] - h + 1)), w, h


def resize(picture: NDArray[S], height: int, width: int) -> NDArray[S]:
    shrinks = picture.shape[0] > height
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=interpolation), dtype=picture.dtype)


def read_cutout(path: Path) -> NDArray[np.float32]:
    """(H, W, 4) with premultiplied colour, in [0, 1]: only so may a cut-out be resized."""
    pixels = decode(path, cv2.IMREAD_UNCHANGED)
    if pixels.ndim != 3 or pixels.shape[2] != 4:
        raise DatasetError(f"{path} is no cut-out: it has no alpha channel.")
    cutout = layers.unit(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA), dtype=np.uint8))
    cutout[..., :3] *= cutout[..., 3:]
    return cutout


def read_colour(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(decode(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), dtype=np.uint8)


def read_grey(path: Path) -> NDArray[np.uint8]:
    return decode(path, cv2.IMREAD_GRAYSCALE)


def decode(path: Path, how: int) -> NDArray[np.uint8]:
    """The samples as OpenCV has them, in 8 bits. Raises DatasetError with the file's name."""
    try:
        # Not np.fromfile, which takes a disk that fails in the middle for the file's end.
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror or error}): see to it, then try again.") from error
    # Training reads thousands of 8-bit files an hour: OpenCV alone, without colour management. It asks for a byte.
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how) if data else None
    if pixels is None:
        raise DatasetError(f"{path} cannot be decoded: it is damaged or no picture.")
    if pixels.dtype == np.uint16:  # a cut-out: with its channels it keeps its bits
        pixels = np.right_shift(pixels, 8)
    return np.asarray(pixels, dtype=np.uint8)
