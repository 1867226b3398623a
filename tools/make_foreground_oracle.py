"""Makes tests/data/foreground_oracle.npz: a synthetic picture and what pymatting's estimate_foreground_ml says of it.

Run it with a Python that has pymatting (numba included), which is why the project itself does not depend on it:

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install pymatting
    /tmp/oracle/bin/python tools/make_foreground_oracle.py
"""

from pathlib import Path

import numpy as np
from pymatting.foreground.estimate_foreground_ml import estimate_foreground_ml

TARGET = Path(__file__).parents[1] / "tests" / "data" / "foreground_oracle.npz"
HEIGHT, WIDTH = 150, 110  # no powers of two, and large enough for the levels of two sweeps


def textured(base: tuple[float, float, float], swing: float, x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """A colour that drifts over the frame, with fine grain."""
    drift = np.stack([np.sin(7 * x + 3 * y), np.cos(5 * y - 2 * x), np.sin(9 * x * y + 1)], axis=-1)
    grain = np.random.default_rng(seed).normal(scale=0.02, size=drift.shape)
    return np.clip(np.array(base) + swing * drift + grain, 0, 1)


def head_with_strands(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A head with a soft edge, shoulders, and thin half-transparent strands around the head."""
    head = np.hypot((x - 0.5) / 0.22, (y - 0.42) / 0.24)
    shoulders = np.hypot((x - 0.5) / 0.42, (y - 1.05) / 0.38)
    angle = np.arctan2(y - 0.42, x - 0.5)
    strands = np.clip(np.cos(42 * angle + 6 * head) * 3 - 1.9, 0, 1) * np.clip((1.6 - head) / 0.6, 0, 1)
    solid = np.maximum(np.clip((1.04 - head) / 0.08, 0, 1), np.clip((1.02 - shoulders) / 0.04, 0, 1))
    return np.maximum(solid, 0.8 * strands * (y < 0.6))


def main() -> None:
    y, x = np.mgrid[:HEIGHT, :WIDTH] / [[[HEIGHT]], [[WIDTH]]]
    alpha = np.rint(head_with_strands(x, y) * 255).astype(np.uint8)
    foreground = textured((0.55, 0.38, 0.3), 0.2, x, y, seed=1)
    background = textured((0.15, 0.65, 0.3), 0.12, x, y, seed=2)
    opacity = alpha[..., None] / 255
    image = np.rint((opacity * foreground + (1 - opacity) * background) * 255).astype(np.uint8)
    oracle_foreground, oracle_background = estimate_foreground_ml(image / 255, alpha / 255, return_background=True)
    np.savez_compressed(
        TARGET,
        image=image,
        alpha=alpha,
        true_foreground=np.rint(foreground * 255).astype(np.uint8),
        oracle_foreground=oracle_foreground.astype(np.float16),
        oracle_background=oracle_background.astype(np.float16),
    )
    print(f"{TARGET}: {TARGET.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
