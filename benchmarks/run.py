"""How fast the program is, in one run on one machine.

    python -m benchmarks.run                             # tables
    python -m benchmarks.run --json > figures.json
    python -m benchmarks.run --only network start

`network`: the network by engine and size. `photo`: a whole photo of 12 megapixels by stage. `batch`: photos per second
of a folder. `start`: cold processes and their memory. Each is a script of its own too, with more to choose.
"""

import argparse
import datetime
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import batch, network, stages, start
from core.device import pick_device


class Part(NamedTuple):
    measure: Callable[[], dict[str, Any]]
    table: Callable[[dict[str, Any]], str]


def parts(runs: int, device: str) -> dict[str, Part]:
    def photo() -> dict[str, Any]:
        return stages.measure(stages.parser().parse_args(["--runs", str(runs), "--device", device]))

    def folder() -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as name:
            return batch.speed(batch.parser().parse_args(["--photos", "12", "--device", device]), Path(name))

    return {
        "network": Part(lambda: network.measure(pick_device(device), [384, 512], runs), network.table),
        "photo": Part(photo, stages.table),
        "batch": Part(folder, batch.text),
        "start": Part(lambda: start.measure(runs, [12.0, 100.0]), start.table),
    }


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    chosen = {name: part for name, part in parts(arguments.runs, arguments.device).items() if name in arguments.only}
    result: dict[str, Any] = {"machine": machine()}
    if not arguments.json:
        print(", ".join(str(fact) for fact in result["machine"].values()))
    for name, part in chosen.items():
        result[name] = part.measure()
        if not arguments.json:
            print(f"\n{name}\n{part.table(result[name])}", flush=True)
    if arguments.json:
        print(json.dumps(result))
    return 0


def parser() -> argparse.ArgumentParser:
    names = tuple(parts(1, "cpu"))
    made = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Everything that is measured.")
    made.add_argument("--only", nargs="+", choices=names, default=names, help="default: all")
    made.add_argument("--runs", type=int, default=7, help="runs that count (default: 7)")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def machine() -> dict[str, Any]:
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
    }


def processor_name() -> str:
    if sys.platform != "linux":
        return platform.processor()
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
