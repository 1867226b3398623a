"""Writes a checkpoint in the layout of the official release, with made-up weights.

The official weights may not be shipped, but their layout is known. tests/data/parity.npz holds what the original
network computes with exactly the weights that this rule gives, and the batch statistics that the rule leaves open.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

DATA = Path(__file__).parent.parent / "data"
PARITY = DATA / "parity.npz"
POWER_ITERATIONS = 20


def official_checkpoint() -> dict[str, object]:
    state_dict = {f"module.{name}": tensor for name, tensor in official_state_dict().items()}
    return {"iter": 200_000, "loss": 0.1, "state_dict": state_dict, "opt_state_dict": {}, "lr_state_dict": {}}


def official_state_dict() -> dict[str, Tensor]:
    shapes = {name: tuple(shape) for name, shape in json.loads((DATA / "checkpoint_keys.json").read_text())}
    statistics = np.load(PARITY)
    arrays = {
        name: statistics[f"bn/{name}"] if "running_" in name else made_up(name, shape) for name, shape in shapes.items()
    }
    for name in (name for name in shapes if name.endswith("weight_u")):
        stem = name.removesuffix("weight_u")
        weight = arrays[stem + "weight_bar"]
        arrays[name], arrays[stem + "weight_v"] = singular_vectors(weight.reshape(len(weight), -1), arrays[name])
    return {name: as_tensor(array) for name, array in arrays.items()}


def made_up(name: str, shape: tuple[int, ...]) -> NDArray[np.generic]:
    if name.endswith("num_batches_tracked"):
        return np.array(100)
    digest = hashlib.sha256(f"a:{name}".encode()).digest()
    values = np.random.default_rng(int.from_bytes(digest[:8], "little")).standard_normal(shape)
    if len(shape) == 4:
        return values * np.sqrt(2 / np.prod(shape[1:]))
    if len(shape) == 1 and name.endswith(".weight"):
        return 1 + 0.2 * values
    return 0.1 * values if name.endswith(".bias") else values


def singular_vectors(
    matrix: NDArray[np.float64], start: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left = start / np.linalg.norm(start)
    for _ in range(POWER_ITERATIONS):
        right = matrix.T @ left
        right /= np.linalg.norm(right)
        left = matrix @ right
        left /= np.linalg.norm(left)
    return left, right


def as_tensor(array: NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(np.asarray(array, dtype=array.dtype if array.dtype == np.int64 else np.float32))
