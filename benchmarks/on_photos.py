"""What the scripts share that measure mattes: their arguments, and how they tell their figures."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.errors import MattingError
from core.predictor import MattingPredictor
from core.working_size import Quality


def parser_of(script: str, description: str) -> argparse.ArgumentParser:
    """For photos and their true alphas, a model and where it runs."""
    made = argparse.ArgumentParser(prog=f"python -m benchmarks.{script}", description=description)
    made.add_argument("--images", type=Path, required=True, metavar="DIR", help="photos")
    made.add_argument("--alphas", type=Path, required=True, metavar="DIR", help="their true alphas, by the same stems")
    add_model_options(made)
    return made


def add_model_options(made: argparse.ArgumentParser) -> None:
    """A model, where it runs, and how its figures are told."""
    made.add_argument("--model", type=Path, help="model file (default: the shipped one)")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--size", type=int, dest="size_px", help="longer side for the network (default: the model's own)")
    made.add_argument("--json", action="store_true", help="print one JSON object")


def add_quality_option(made: argparse.ArgumentParser) -> None:
    made.add_argument("--quality", type=Quality, choices=list(Quality), default=Quality.BALANCED)


def add_worst_option(made: argparse.ArgumentParser) -> None:
    made.add_argument("--worst", type=int, default=12, help="how many photos are named (default: 12)")


def predictor_of(arguments: argparse.Namespace) -> MattingPredictor:
    """The one that a model's options and a quality ask for. Raises CheckpointError, DeviceError."""
    return MattingPredictor.from_checkpoint(arguments.model, arguments.device, arguments.size_px, arguments.quality)


def tell(
    arguments: argparse.Namespace,
    measure: Callable[[argparse.Namespace], dict[str, object]],
    table: Callable[[dict], str],
) -> int:
    """Measure and print; returns the exit code."""
    try:
        result = measure(arguments)
    except MattingError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result) if arguments.json else table(result))
    return 0


def summary(device: str, size_px: int, rows: Mapping[str, Mapping[str, float]], worst: int) -> dict[str, object]:
    """Mean and median over the photos, and so many of the worst by their first measure; `rows`: photo → measures."""
    names = [*next(iter(rows.values()), {})]

    def over_all(middle: Callable[[list[float]], np.floating]) -> dict[str, float]:
        return {name: float(middle([row[name] for row in rows.values()])) for name in names}

    last = sorted(rows, key=lambda photo: rows[photo][names[0]], reverse=True)[:worst]
    return {
        "device": device,
        "size_px": size_px,
        "photos": len(rows),
        "mean": over_all(np.mean),
        "median": over_all(np.median),
        "worst": {photo: rows[photo] for photo in last},
    }


def table_of_photos(result: dict, digits: int) -> str:
    """A `summary` as lines."""

    def line(name: str, row: Mapping[str, float]) -> str:
        return f"{name:18}" + "".join(f"{value:12.{digits}f}" for value in row.values())

    return "\n".join(
        [
            f"{result['photos']} photos at {result['size_px']} px on {result['device']}",
            f"{'':18}" + "".join(f"{name:>12}" for name in result["mean"]),
            *(line(name, result[name]) for name in ("mean", "median")),
            "worst:",
            *(line(photo, row) for photo, row in result["worst"].items()),
        ]
    )


def means_by_way(rows: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Way → measure → mean over the photos; no measures where there was no photo."""
    return {
        way: {name: float(np.mean([row[name] for row in each])) for name in (each[0] if each else ())}
        for way, each in rows.items()
    }


def table_of_ways(title: str, ways: Mapping[str, Mapping[str, float]]) -> str:
    """A line for each way, a column for each of its measures."""
    names = next(iter(ways.values()))
    lines = [title, f"{'':18}" + "".join(f"{name:>10}" for name in names)]
    lines += [f"{way:18}" + "".join(f"{means[name]:10.4g}" for name in names) for way, means in ways.items()]
    return "\n".join(lines)
