"""Photos whose mattes a person corrected, as a data set of one's own: image/ and alpha/, some held back.

Every sixth photo goes to `validation/`, and stays there: on photos that a network has learnt from, nobody can tell
whether it got better.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.atomic import write_atomically
from core.errors import DatasetError
from core.training.config import DataConfig, PhotosConfig, ValidationConfig

_HELD_BACK_EVERY, _HELD_BACK_FIRST = 6, 2
VALIDATION_NAME = "own photos"
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Count:
    training: int
    validation: int


def add(folder: Path, image: NDArray[np.uint8], alpha: NDArray[np.float32], name: str) -> Path:
    """Put a photo (H, W, 3) RGB and its corrected alpha (H, W) in [0, 1] into the set; returns the image's file.

    The same photo once more, whatever its name, takes the place of the earlier one. Raises DatasetError where the
    files cannot be written, ValueError where the two differ in size.
    """
    if image.shape[:2] != alpha.shape:
        raise ValueError(f"The photo is {image.shape[:2]} and its alpha {alpha.shape}: they must be of one size.")
    digest = hashlib.sha256(np.ascontiguousarray(image)).hexdigest()[:12]
    target = _earlier(folder, digest) or _new(folder, f"{_plain(name)}-{digest}.png")
    alpha_target = target.parent.parent / "alpha" / target.name
    try:
        for path in (target, alpha_target):
            path.parent.mkdir(parents=True, exist_ok=True)
        # The alpha first: a photo without one would make the whole set unusable.
        _write(alpha_target, np.rint(np.clip(alpha, 0, 1) * 255).astype(np.uint8))
        _write(target, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    except OSError as error:
        raise DatasetError(
            f"{target} cannot be written ({error.strerror or error}): see to its folder and to the room on its disk."
        ) from error
    return target


def count(folder: Path) -> Count:
    """How many photos are there to learn from, and how many to measure on."""
    return Count(len(_images(folder)), len(_images(folder / "validation")))


def data_config(folder: Path) -> DataConfig:
    """The set as a configuration's data."""
    held_back = folder / "validation"
    validation = [ValidationConfig(name=VALIDATION_NAME, folder=held_back)] if _images(held_back) else []
    return DataConfig(photos=[PhotosConfig(folder=folder)], validation=validation)


def _earlier(folder: Path, digest: str) -> Path | None:
    everything = [*_images(folder), *_images(folder / "validation")]
    return next((path for path in everything if path.stem.endswith(f"-{digest}")), None)


def _new(folder: Path, name: str) -> Path:
    there = count(folder)
    number = there.training + there.validation
    held_back = number % _HELD_BACK_EVERY == _HELD_BACK_FIRST
    return (folder / "validation" if held_back else folder) / "image" / name


def _images(folder: Path) -> list[Path]:
    return sorted((folder / "image").glob("*.png"))


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)[:_LONGEST_NAME] or "photo"


def _write(path: Path, pixels: NDArray[np.generic]) -> None:
    _, data = cv2.imencode(".png", pixels)
    with write_atomically(path) as file:
        file.write(data.tobytes())
