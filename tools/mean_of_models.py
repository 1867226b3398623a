"""A model whose weights are the mean of others', which went on from one another:

    python tools/mean_of_models.py BEFORE.safetensors runs/NAME/last.safetensors --parts 2 1 -o mean.safetensors
    python tools/mean_of_models.py --network detail BEFORE.safetensors runs/NAME/detail.safetensors -o mean.safetensors

What is shipped is made in this way (resources/models/MODEL_CARD.md says of which). Its metadata name the files and
their SHA-256.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.checkpoint import read_detail_weights, read_model, save_detail_weights, save_model
from core.errors import MattingError
from core.model_mean import mean_of_models, mean_of_weights


def main(words: Sequence[str] | None = None) -> int:
    asked = parser()
    arguments = asked.parse_args(words)
    files: list[Path] = arguments.models
    parts: list[float] = arguments.parts or [1.0] * len(files)
    if arguments.output.exists() and not arguments.overwrite:
        asked.error(f"{arguments.output} exists: name another file, or add --overwrite to replace it.")
    try:
        NETWORKS[arguments.network](arguments, files, parts)
    except (MattingError, ValueError) as error:
        asked.error(str(error))
    except OSError as error:
        asked.error(f"{arguments.output} cannot be written: {error.strerror or error}. Choose another.")
    print(f"Written: {arguments.output}, SHA-256 {sha256(arguments.output)}.")
    return 0


def write_mtginet(arguments: argparse.Namespace, files: Sequence[Path], parts: Sequence[float]) -> None:
    mean = mean_of_models([read_model(path) for path in files], parts)
    metadata = {**mean.metadata, **origin(files, parts, arguments.notes)}
    save_model(arguments.output, replace(mean, metadata=metadata), arguments.dtype)


def write_detail(arguments: argparse.Namespace, files: Sequence[Path], parts: Sequence[float]) -> None:
    weights = [read_detail_weights(path, remedy="choose another file") for path in files]
    mean = mean_of_weights(weights, parts)
    save_detail_weights(arguments.output, mean, origin(files, parts, arguments.notes), arguments.dtype)


NETWORKS = {"mtginet": write_mtginet, "detail": write_detail}


def origin(files: Sequence[Path], parts: Sequence[float], notes: str | None) -> dict[str, str]:
    made_of = [[path.name, sha256(path), part] for path, part in zip(files, parts, strict=True)]
    return {"mean_of": json.dumps(made_of), **({"notes": notes} if notes else {})}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("models", type=Path, nargs="+", help="model files or checkpoints of training runs")
    made.add_argument("--network", choices=NETWORKS, default="mtginet", help="what they hold (default: mtginet)")
    made.add_argument("--parts", type=float, nargs="+", help="in what proportion (default: equal parts)")
    made.add_argument("-o", "--output", type=Path, required=True, help="the new model file, .safetensors")
    made.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="default: float16")
    made.add_argument("--notes", help="what is to be remembered about the model")
    made.add_argument("--overwrite", action="store_true", help="replace the output where it exists")
    return made


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
