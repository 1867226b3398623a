"""Photos with a person in them, and their mattes, made of numbers."""

import numpy as np

from core.image_io import Format, Photo
from matting_studio.app.document import Snapshot
from matting_studio.app.look import Look

SKIN, MEADOW = np.array((0.8, 0.5, 0.4)), np.array((0.1, 0.6, 0.2))


def person_alpha(height, width):
    """A disc with a soft edge of a tenth of its radius."""
    y, x = np.mgrid[:height, :width] + 0.5
    radius = min(height, width) / 3
    away = np.hypot(y - height / 2, x - width / 2)
    return np.clip((radius - away) / (radius / 10) + 0.5, 0, 1).astype(np.float32)


def portrait(matte, bit_depth=8, **known):
    """A photo of a skin-coloured person on a meadow, exactly composed with a matte."""
    mixed = matte[..., None] * SKIN + (1 - matte[..., None]) * MEADOW
    highest, dtype = (255, np.uint8) if bit_depth == 8 else (65535, np.uint16)
    pixels = np.rint(mixed * highest).astype(dtype)
    values = {"image": pixels, "alpha": None, "icc_profile": None, "exif": None, "format": Format.PNG, "path": None}
    return Photo(pixels=pixels, **(values | known))


def trimap_of(alpha):
    return np.where(alpha <= 0, 0, np.where(alpha >= 1, 255, 128)).astype(np.uint8)


def snapshot(alpha, look=None, revision=1, photo=None):
    return Snapshot(photo or portrait(alpha), alpha, trimap_of(alpha), look or Look(), revision)
