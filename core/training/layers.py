"""Light, colour, blur and noise: what happens to pixels while their place stays the same."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""(H, W, 3) RGB in [0, 1]."""

_DARKEST = np.float32(0.02)
"""Light that is always there: no gain is without end."""

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def unit(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """8-bit samples as floats in [0, 1]."""
    return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)


def mix(front: Picture, alpha: NDArray[np.float32], back: Picture) -> Picture:
    opacity = alpha[..., None]
    return np.asarray(opacity * front + (1 - opacity) * back, dtype=np.float32)


def relight(picture: Picture, rng: np.random.Generator) -> Picture:
    """Another exposure, contrast, white balance and saturation; sometimes light from one side."""
    grey = (picture @ LUMA)[..., None]
    saturated = grey + (picture - grey) * np.float32(rng.uniform(0.6, 1.3))
    gain = (rng.uniform(0.75, 1.2) * rng.uniform(0.9, 1.1, 3)).astype(np.float32)
    picture = np.clip(saturated * gain, 0, 1, dtype=np.float32)
    picture = picture ** np.float32(np.exp(rng.uniform(-0.4, 0.4)))
    if rng.random() < 0.25:
        picture = picture * light_from_a_side(picture.shape[:2], rng)[..., None]
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)


def light_from_a_side(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    height, width = size
    angle = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width, dtype=np.float32) * np.float32(np.cos(angle))
    y = np.linspace(-1, 1, height, dtype=np.float32) * np.float32(np.sin(angle))
    return np.float32(1) + np.float32(rng.uniform(0.1, 0.4)) * (y[:, None] + x[None, :])


def match_colours(foreground: Picture, alpha: NDArray[np.float32], background: Picture, strength: float) -> Picture:
    """Move the foreground's mean and spread per channel towards the background's, by `strength` in [0, 1]."""
    weights = alpha.sum() + 1e-3
    mean = (foreground * alpha[..., None]).sum(axis=(0, 1)) / weights
    spread = np.sqrt((((foreground - mean) ** 2) * alpha[..., None]).sum(axis=(0, 1)) / weights) + 0.02
    target_mean, target_spread = background.mean(axis=(0, 1)), background.std(axis=(0, 1)) + 0.02
    ratio = np.clip(target_spread / spread, 0.6, 1.6) ** strength
    shifted = (foreground - mean) * ratio + mean + (target_mean - mean) * strength * 0.5
    return np.asarray(np.clip(shifted, 0, 1), dtype=np.float32)


def light_like(picture: Picture, colour: NDArray[np.float32], strength: float) -> Picture:
    """Light a picture so that its mean comes near a colour (3,), by `strength` in [0, 1]."""
    gain = (colour + _DARKEST) / (picture.mean(axis=(0, 1)) + _DARKEST)
    return np.asarray(np.clip(picture * gain**strength, 0, 1), dtype=np.float32)


def defocus(picture: Picture, rng: np.random.Generator) -> Picture:
    """Blur like that of a lens: a disc, or a Gaussian where the disc would be coarse."""
    side = min(picture.shape[:2])
    radius = side * rng.uniform(0.004, 0.05)
    if radius < 2 or rng.random() < 0.4:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(radius * 0.7, 0.4)), dtype=np.float32)
    size = 2 * int(radius) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    return np.asarray(cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT), dtype=np.float32)


def shake(picture: Picture, rng: np.random.Generator) -> Picture:
    """Motion blur along a short line."""
    length = int(rng.integers(3, 8))
    line = np.zeros((length, length), dtype=np.float32)
    angle = rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    centre = np.array([length / 2, length / 2])
    start, end = (tuple(int(v) for v in centre + sign * reach) for sign in (-1, 1))
    cv2.line(line, start, end, (1.0,))
    return np.asarray(cv2.filter2D(picture, -1, line / max(float(line.sum()), 1.0)), dtype=np.float32)


def soften(picture: Picture, rng: np.random.Generator) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.1)), dtype=np.float32)


def add_noise(picture: Picture, rng: np.random.Generator) -> Picture:
    """Sensor noise: a part that is the same everywhere, and a part that grows with the light."""
    read, shot = rng.uniform(0.002, 0.02), rng.uniform(0.0, 0.03)
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    if rng.random() < 0.3:  # a photo that was shrunk or compressed has coarser grain
        noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * np.float32(2)
    scale = np.sqrt(np.float32(read**2) + np.float32(shot**2) * picture)
    return np.asarray(np.clip(picture + noise * scale, 0, 1), dtype=np.float32)


def compress(picture: Picture, rng: np.random.Generator) -> Picture:
    """JPEG artefacts of a random quality."""
    quality = int(rng.integers(35, 96))
    pixels = np.rint(picture[..., ::-1] * 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None  # what was just encoded
    return unit(np.asarray(decoded, dtype=np.uint8)[..., ::-1])


def to_grey(picture: Picture) -> Picture:
    return np.repeat((picture @ LUMA)[..., None], 3, axis=2).astype(np.float32)
