"""Validation photos with what the network makes of them, as small pictures to look at while it learns.

previews/NAME.photo.jpg               the photo, written once
previews/NAME.true.png                its true alpha, written once
previews/step_000600/NAME.alpha.png   the alpha at that step
previews/step_000600/NAME.trimap.png  the trimap at that step
"""

import re
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.atomic import write_atomically
from core.training.validation import MeasuredPhoto

LONGER_SIDE_PX = 384


class Previews:
    """Keeps pictures of the first `count` photos of each validation set, as they are at one step."""

    def __init__(self, folder: Path, step: int, count: int) -> None:
        self.folder = folder
        self.step_folder = folder / f"step_{step:06d}"
        self.count = count
        self.written = 0

    def add(self, set_name: str, number: int, photo: MeasuredPhoto) -> None:
        """Hear of the photo with this number in its set. Raises OSError where it cannot be written."""
        if number >= self.count:
            return
        self.step_folder.mkdir(parents=True, exist_ok=True)
        name = f"{plain(set_name)}-{plain(photo.pair.image.stem)}"
        once = {
            self.folder / f"{name}.photo.jpg": photo.image[..., ::-1],
            self.folder / f"{name}.true.png": photo.alpha,
        }
        for path, pixels in once.items():
            if not path.exists():
                write(path, small(pixels))
        write(self.step_folder / f"{name}.alpha.png", small(photo.matte.alpha))
        write(self.step_folder / f"{name}.trimap.png", small(photo.matte.trimap))
        self.written += 1


def small(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3), uint8, uint16 or float in [0, 1] -> 8 bits, at most 384 px at the longer side."""
    shrink = min(1.0, LONGER_SIDE_PX / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * shrink)), max(1, round(pixels.shape[0] * shrink)))
    full = {"uint8": 255, "uint16": 65535}.get(str(pixels.dtype), 1)
    shrunk = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)
    return np.asarray(np.rint(np.clip(shrunk.astype(np.float32) * (255 / full), 0, 255)), dtype=np.uint8)


def plain(name: str) -> str:
    """A name without what file systems dislike."""
    return re.sub(r"[^\w.-]+", "_", name)


def write(path: Path, pixels: NDArray[np.uint8]) -> None:
    with write_atomically(path) as file:
        file.write(cv2.imencode(path.suffix, pixels)[1].tobytes())
