"""How long a person waits before anything is computed: imports, the first matte of a cold process, the window.

    python -m benchmarks.start [--runs 5] [--json]

Every figure is the median of processes of their own. `processor` is what they computed, on all cores: where other
programs share the machine, it tells more than the clock. Memory is the most that was resident.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from core.image_io import write_image

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "resources/sample/portrait.jpg"
IMPORTS = ("matting_studio.__main__", "matting_studio.qt.main_window", "core.predictor", "core.image_io", "torch")
WINDOW = """
from matting_studio.qt.application import clear_qt_paths_of_opencv, make_window
clear_qt_paths_of_opencv()
from PySide6.QtWidgets import QApplication
application = QApplication([])
import pathlib, tempfile
with tempfile.TemporaryDirectory() as kept:
    window = make_window(pathlib.Path(kept, "settings"), pathlib.Path(kept, "user"))
    window.show()
    application.processEvents()
    window.close()
"""


MATTE = """
import sys
sys.argv = ["main.py", "matte", {photo!r}, "-o", {output!r}, "--overwrite"]
from matting_studio.__main__ import main
main()
"""
PEAK = """
import pathlib, resource, sys
status = pathlib.Path("/proc/self/status")  # a process inherits the peak of its parent in what getrusage says
if status.exists():
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""


class Ended(NamedTuple):
    seconds: float
    processor_seconds: float
    most_megabytes: float


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    result = measure(arguments.runs, arguments.megapixels)
    print(json.dumps(result) if arguments.json else table(result))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks.start", description="How long a person waits at first.")
    made.add_argument("--runs", type=int, default=5, help="processes each (default: 5)")
    made.add_argument(
        "--megapixels", type=float, nargs="*", default=[12.0], help="photos whose memory is measured (default: 12)"
    )
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def measure(runs: int, megapixels: Sequence[float]) -> dict[str, Any]:
    programs = {"python itself": ""} | {f"import {name}": f"import {name}" for name in IMPORTS}
    programs["window visible"] = WINDOW
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs["matte of the sample portrait"] = matte(SAMPLE, folder)
        for size in megapixels:
            # Imported here: it brings PyTorch along, and nothing before may count on that.
            from benchmarks.stages import generated_portrait  # noqa: PLC0415

            photo = folder / f"{size:g}.jpg"
            write_image(photo, generated_portrait(size)[0])
            programs[f"matte of {size:g} megapixels"] = matte(photo, folder)
        taken: dict[str, list[Ended]] = {program: [] for program in programs}
        for _ in range(runs):
            for program, code in programs.items():
                taken[program].append(run(code))
    rows = {
        program: Ended(*(round(statistics.median(column), 3) for column in zip(*each, strict=True)))
        for program, each in taken.items()
    }
    return {"runs": runs, "rows": {program: ended._asdict() for program, ended in rows.items()}}


def matte(photo: Path, folder: Path) -> str:
    return MATTE.format(photo=str(photo), output=str(folder / "cutout.png"))


def run(code: str) -> Ended:
    """Run a program in the source folder, and see what it took. Raises CalledProcessError."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code + PEAK]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ended(seconds, usage.ru_utime + usage.ru_stime, int(lines[-1]) / 1024)


def table(result: dict[str, Any]) -> str:
    lines = [f"{'':36}{'seconds':>10}{'processor':>11}{'MB':>8}   medians of {result['runs']} processes"]
    lines += [
        f"{program:36}{ended['seconds']:10.3f}{ended['processor_seconds']:11.3f}{ended['most_megabytes']:8.0f}"
        for program, ended in result["rows"].items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
