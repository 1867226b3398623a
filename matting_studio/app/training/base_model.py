"""What a training can start from, found out without PyTorch."""

from pathlib import Path

from safetensors import SafetensorError, safe_open

from core.checkpoint import ARCHITECTURE, is_safetensors
from core.errors import CheckpointError

OFFICIAL_WIDTH = 1.0


def width_of(model: Path) -> float | None:
    """The width of a model file; None where only PyTorch can tell. Raises CheckpointError where it is no model."""
    if not model.is_file():
        raise CheckpointError(f"There is no model {model}. Choose another one.")
    try:
        if not is_safetensors(model):
            return OFFICIAL_WIDTH if model.suffix.lower() == ".pth" else None
        with safe_open(model, framework="numpy") as file:
            metadata = file.metadata() or {}
        network = metadata.get("architecture", ARCHITECTURE)
        if network != ARCHITECTURE:
            raise CheckpointError(f"{model} holds the network {network}, which is not MTGINet. Choose another one.")
        return float(metadata.get("width", OFFICIAL_WIDTH))
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{model} is damaged or no model ({error}). Choose another one.") from error
