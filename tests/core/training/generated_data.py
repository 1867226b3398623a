"""Small data sets made on the spot: coloured ovals as people, gradients as scenes."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 96


def person(seed: int) -> NDArray[np.uint8]:
    """An RGBA cut-out: head and shoulders that end at the lower edge, with a soft outline."""
    rng = np.random.default_rng(seed)
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(alpha, (48, 34), (16, 20), 0, 0, 360, 255, -1)
    cv2.ellipse(alpha, (48, 96), (34, 40), 0, 180, 360, 255, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 1.5)
    colour = rng.integers(20, 236, 3).astype(np.uint8)
    return np.dstack([np.broadcast_to(colour, (SIDE, SIDE, 3)), alpha])


def scene(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(1000 + seed)
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    return cv2.resize(corners, (SIDE, SIDE))


def photo(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    cutout = person(seed)
    alpha = cutout[..., 3:].astype(np.float32) / 255
    return np.rint(alpha * cutout[..., :3] + (1 - alpha) * scene(seed)).astype(np.uint8), cutout[..., 3]


def write_cutouts(folder: Path, count: int = 3) -> dict[str, Any]:
    """A folder of cut-outs and one of backgrounds; returns the settings that name them."""
    for name in ("foregrounds", "backgrounds"):
        (folder / name).mkdir(parents=True)
    for seed in range(count):
        write(folder / "foregrounds" / f"{seed}.png", cv2.cvtColor(person(seed), cv2.COLOR_RGBA2BGRA))
        write(folder / "backgrounds" / f"{seed}.jpg", scene(seed)[..., ::-1])
    return {"foregrounds": str(folder / "foregrounds"), "backgrounds": str(folder / "backgrounds")}


def write_pairs(folder: Path, images: str = "image", alphas: str = "alpha", count: int = 3) -> dict[str, Any]:
    """Photos with alphas in two folders; returns the setting that names their root."""
    (folder / images).mkdir(parents=True)
    (folder / alphas).mkdir(parents=True)
    for seed in range(count):
        image, alpha = photo(seed)
        write(folder / images / f"{seed}.jpg", image[..., ::-1])
        write(folder / alphas / f"{seed}.png", alpha)
    return {"folder": str(folder)}


def write(path: Path, pixels: NDArray[np.uint8]) -> None:
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


def settings(root: Path, steps: int = 6, **schedule: Any) -> dict[str, Any]:
    """A configuration for a tiny network on generated data, on the CPU."""
    return {
        "data": {
            "cutouts": [write_cutouts(root / "cutouts")],
            "photos": [write_pairs(root / "photos")],
            "validation": [{"name": "held back", **write_pairs(root / "held_back", count=2)}],
            "workers": 0,
            "seed": 7,
        },
        "network": {"width": 0.125},
        "schedule": {
            "stages": [{"steps": steps, "crop_px": 64, "batch_size": 4}],
            "warmup_steps": 2,
            "learning_rate": 1e-3,
            **schedule,
        },
        "run": {"device": "cpu", "bfloat16": False, "log_steps": 1, "validate_steps": 1000, "validation_px": 96},
    }
