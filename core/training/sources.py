"""Where crops come from: cut-outs composed over backgrounds, and photos with alphas.

A crop is a function of its random generator alone, so that crop number n of a run is the same whoever draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.boxes import bounds, whole
from core.errors import DatasetError
from core.training import layers
from core.training.config import AugmentationConfig, CutoutsConfig, PhotosConfig
from core.training.datasets import find_pairs, pictures
from core.training.lottery import Lot, Lottery
from core.training.pieces import add_pieces
from core.training.placing import VISIBLE, place, resize, window
from core.training.reading import read_colour, read_cutout, read_grey

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


def by_share(sources: Sequence[Source], rng: np.random.Generator) -> Source:
    """One of the sources, as often as its share says."""
    shares = np.array([source.share for source in sources])
    return sources[rng.choice(len(sources), p=shares / shares.sum())]


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
