"""Model files: official `.pth`, our `.safetensors`, and the checkpoints of training runs.

Our own are read without PyTorch, whose import takes longer than a matte.
"""

import hashlib
import json
import math
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_safetensors

from core.architecture import entries
from core.atomic import write_atomically
from core.errors import CheckpointError

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from core.network import MTGINet

Weights = dict[str, NDArray[np.floating]]

ARCHITECTURE = "mtginet"
DETAIL_ARCHITECTURE = "detail-2"
"""Another number with each change of its layers: former weights are refused by name."""
TRAINING_FORMAT = "matting-studio-training"
WIDEST = 8.0
SAFETENSORS_BEGINNING = 9
"""Bytes: the length of the header, in eight, and the brace that opens it."""
PYTORCH_BEGINNINGS = (b"PK\x03\x04", b"\x80")
"""An archive, and the pickle that it was before PyTorch 1.6."""
DTYPES = {"float16": np.float16, "float32": np.float32}


@dataclass(frozen=True)
class ModelFile:
    """Plain weights of a network, and what is known about them."""

    weights: Weights
    """float32, by the names of `core.network`."""
    width: float
    metadata: dict[str, str] = field(default_factory=dict)


def shipped_model() -> Path:
    """The model that comes with the program."""
    return Path(str(resources.files("resources"))) / "models" / "portrait.safetensors"


def shipped_detail() -> Path:
    """The weights of the detail network, which are part of the program."""
    return Path(str(resources.files("resources"))) / "models" / "detail.safetensors"


def detail_weights() -> Weights:
    """The weights of the detail network, float32. Raises CheckpointError where their file is missing or damaged."""
    return read_detail_weights(shipped_detail(), remedy="install the program again")


def read_detail_weights(path: Path, remedy: str) -> Weights:
    """Weights of the detail network from a file of `save_detail_weights`, float32.

    Raises CheckpointError where the file is missing or damaged, which ends with `remedy`: what to do.
    """
    stored, metadata = read_entries(path, trouble=f"{path} is missing or damaged: {remedy}.")
    if metadata.get("architecture") != DETAIL_ARCHITECTURE:
        raise CheckpointError(f"{path} does not hold the detail network: {remedy}.")
    if metadata.get("sha256") != weights_hash(stored):
        raise CheckpointError(f"{path} is damaged: {remedy}.")
    return in_float32(stored)


def load_network(path: str | Path | None = None, device: "str | torch.device" = "cpu") -> "MTGINet":
    """The network of a model file, float32, in eval mode; the shipped model where no path is given.

    Raises CheckpointError with a sentence where the file is missing, damaged, unsafe or of another architecture.
    """
    return build_network(read_model(shipped_model() if path is None else Path(path))).to(device)


def build_network(model: ModelFile) -> "MTGINet":
    """The network with a model's weights, float32, in eval mode."""
    from core.network import MTGINet  # noqa: PLC0415

    network = MTGINet(model.width)
    fill(network, model.weights)
    return network.eval().requires_grad_(False)


def read_model(path: Path) -> ModelFile:
    """The weights of any model file, with plain names. Raises CheckpointError as `load_network` does."""
    try:
        if not path.is_file():
            raise CheckpointError(f"There is no model file {path}: check the path.")
        model = read_safetensors(path) if is_safetensors(path) else read_pickle(path)
    except OSError as error:
        raise CheckpointError(
            f"The model file {path} cannot be read ({error.strerror or error}): make it readable, or choose another."
        ) from error
    check_architecture(model, path)
    return model


def is_safetensors(path: Path) -> bool:
    """Whether a file begins as safetensors does, or has its name and begins as nothing that PyTorch saves.

    Files are renamed, so the name alone says too little. Raises OSError where it cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(SAFETENSORS_BEGINNING)
    if beginning[-1:] == b"{" and len(beginning) == SAFETENSORS_BEGINNING:
        return True
    return path.suffix.lower() == ".safetensors" and not beginning.startswith(PYTORCH_BEGINNINGS)


def read_safetensors(path: Path) -> ModelFile:
    stored, metadata = read_entries(path, trouble=f"{path.name} is no safetensors file or is damaged: fetch it again.")
    if metadata.get("architecture", ARCHITECTURE) != ARCHITECTURE:
        raise CheckpointError(f"{path.name} holds the network {metadata['architecture']}, which is not MTGINet.")
    if "sha256" in metadata and metadata["sha256"] != weights_hash(stored):
        raise CheckpointError(f"{path.name} is damaged: fetch it again.")
    try:
        width = float(metadata.get("width", "1"))
    except ValueError:
        width = math.nan
    if not 0 < width <= WIDEST:
        raise CheckpointError(f"{path.name} says the width {metadata['width']!r}, which no network has.")
    return ModelFile(in_float32(stored), width, metadata)


def read_entries(path: Path, trouble: str) -> tuple[Weights, dict[str, str]]:
    """The entries of a safetensors file as they are stored, and its metadata.

    Raises CheckpointError, with `trouble` for its sentence, where it cannot be read.
    """
    try:
        with safe_open(path, framework="np") as file:
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (SafetensorError, OSError, TypeError) as error:  # TypeError: numbers that NumPy does not know
        raise CheckpointError(trouble) from error
    return stored, metadata


def in_float32(stored: Weights) -> Weights:
    return {name: values.astype(np.float32) for name, values in stored.items()}


def read_pickle(path: Path) -> ModelFile:
    """An official release or a training checkpoint. Raises CheckpointError and OSError as `unpickled` does."""
    content = unpickled(path)
    try:
        if content.get("format") == TRAINING_FORMAT:
            return from_training(content)
        return from_release(content)
    except (KeyError, ValueError, RuntimeError, AttributeError, TypeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise CheckpointError(
            f"{path.name} is no complete MTGINet checkpoint: {reason}. Give one of the official release, or of a run."
        ) from error


def unpickled(path: Path) -> dict[str, Any]:
    """What PyTorch has saved; nothing in the pickle is executed.

    Raises CheckpointError where it is damaged or no dictionary, OSError where it cannot be read.
    """
    import torch  # noqa: PLC0415

    with path.open("rb") as file:
        try:
            check_sums(file)
            content = torch.load(file, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError as error:
            raise CheckpointError(
                f"{path.name} is no plain checkpoint: it is damaged, or it asks to run code when opened, which is "
                "refused."
            ) from error
        except Exception as error:  # the unpickler lets a damaged file raise anything, OSError too
            raise CheckpointError(f"{path.name} is no checkpoint or is damaged: fetch it again.") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path.name} holds no network: a dictionary with a state_dict was expected.")
    return content


def check_sums(file: BinaryIO) -> None:
    """Raises BadZipFile where parts of an archive are not what they were when it was written: PyTorch does not look."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            part = archive.testzip()
        if part is not None:
            raise zipfile.BadZipFile(f"The sum of {part} is wrong.")
    file.seek(0)


def from_training(content: dict[str, Any]) -> ModelFile:
    """The averaged weights of a training checkpoint."""
    note = {
        "source": "training run",
        "training": json.dumps({"step": content["step"]}),
        "size_px": str(json.loads(content["config"])["run"]["validation_px"]),
    }
    return ModelFile(floats_only(content["averaged"]), float(content["width"]), note)


def from_release(content: dict[str, Any]) -> ModelFile:
    """The weights of an official release. Raises ValueError where the entries have other names."""
    from core.network import official  # noqa: PLC0415

    state_dict = content.get("state_dict", content)
    if not is_state_dict(state_dict):
        raise ValueError("it holds no weights by their names")
    if not official.is_official(state_dict):
        raise ValueError("its entries have other names")
    note = {"source": "official checkpoint", "training": json.dumps({"step": plain(content.get("iter"))})}
    return ModelFile(floats_only(official.translate(state_dict)), 1.0, note)


def is_state_dict(values: object) -> bool:
    """Whether these are numbers by names, as PyTorch's modules keep them."""
    import torch  # noqa: PLC0415

    return isinstance(values, Mapping) and all(
        isinstance(name, str)
        and isinstance(tensor, torch.Tensor)
        and tensor.layout == torch.strided
        and not tensor.is_complex()
        for name, tensor in values.items()
    )


def check_architecture(model: ModelFile, path: Path) -> None:
    expected = entries(model.width)
    wrong = [name for name, shape in expected.items() if name in model.weights and model.weights[name].shape != shape]
    missing, foreign = expected.keys() - model.weights.keys(), model.weights.keys() - expected.keys()
    for names, fault in ((missing, "lacks"), (foreign, "has the unknown entry"), (wrong, "has another shape for")):
        if names:
            raise CheckpointError(f"{path.name} does not fit MTGINet: it {fault} {min(names)} ({len(names)} in all).")
    broken = [name for name, tensor in model.weights.items() if not np.isfinite(tensor).all()]
    if broken:
        raise CheckpointError(f"{path.name} holds numbers that are not finite, in {broken[0]}: its training failed.")


def fill(network: "nn.Module", weights: Weights) -> None:
    """Put plain weights, as files hold them, into a plain network of the same architecture."""
    import torch  # noqa: PLC0415

    # The counters of batch norm play no part in inference and are not stored.
    network.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()}, strict=False)


def plain_weights(network: "MTGINet") -> Weights:
    """The entries of a plain network that a model file stores; those on the CPU share its memory."""
    return floats_only(network.state_dict())


def floats_only(state_dict: "Mapping[str, Tensor]") -> Weights:
    floats = {name: tensor for name, tensor in state_dict.items() if tensor.is_floating_point()}
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in floats.items()}


def plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else None


def save_model(path: Path, model: ModelFile, dtype: Literal["float16", "float32"] = "float16") -> None:
    """Write a safetensors file at once or not at all, with the weights' hash in its metadata.

    In float32 where a weight is too large for float16.
    """
    save_weights(
        path, model.weights, {**model.metadata, "architecture": ARCHITECTURE, "width": str(model.width)}, dtype
    )


def save_detail_weights(
    path: Path, weights: Weights, metadata: dict[str, str], dtype: Literal["float16", "float32"] = "float16"
) -> None:
    """Write the detail network's file as `save_model` does."""
    save_weights(path, weights, {**metadata, "architecture": DETAIL_ARCHITECTURE}, dtype)


def save_weights(path: Path, weights: Weights, metadata: dict[str, str], dtype: Literal["float16", "float32"]) -> None:
    largest = max((float(np.abs(values).max(initial=0)) for values in weights.values()), default=0.0)
    if not largest <= float(np.finfo(np.float16).max):
        dtype = "float32"
    stored = {name: np.ascontiguousarray(values, DTYPES[dtype]) for name, values in sorted(weights.items())}
    with write_atomically(path) as file:
        file.write(save_safetensors(stored, {**metadata, "dtype": dtype, "sha256": weights_hash(stored)}))


def weights_hash(weights: Weights) -> str:
    """SHA-256 over names and values, so that equal weights are known as equal whatever the file."""
    digest = hashlib.sha256()
    for name, values in sorted(weights.items()):
        digest.update(name.encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def import_model(
    source: Path,
    target: Path,
    dtype: Literal["float16", "float32"] = "float16",
    notes: str | None = None,
    size_px: int | None = None,
) -> ModelFile:
    """Turn an official or training checkpoint into a safetensors file; nothing is written where it is refused.

    `notes` is what a person wants remembered about the training; `size_px` is the working size that the model is to
    recommend, by default what its training was measured at. Raises CheckpointError as `load_network` does.
    """
    model = read_model(source)
    metadata = {
        **model.metadata,
        "imported_from": source.name,
        "file_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
    }
    if notes is not None:
        metadata["notes"] = notes
    if size_px is not None:
        metadata["size_px"] = str(size_px)
    model = ModelFile(model.weights, model.width, metadata)
    save_model(target, model, dtype)
    return model
