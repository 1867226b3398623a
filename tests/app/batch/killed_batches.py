"""Runs batches in processes of their own and kills most of them; a script, so that PyTorch is imported once for all.

    python killed_batches.py KILLS MODEL PHOTOS OUTPUT

A forked process has none of its parent's threads, so nothing is computed here before or between the forks.
"""

import os
import random
import signal
import sys
import time

from matting_studio.__main__ import main
from matting_studio.cli import batch  # noqa: F401  loaded before the first fork


def begin(model: str, photos: str, output: str) -> int:
    process = os.fork()
    if process == 0:
        words = ["batch", photos, output, "--recursive", "--what", "cutout,alpha", "--model", model, "--device", "cpu"]
        os._exit(main([*words, "--workers", "2"]))
    return process


def run(kills: int, model: str, photos: str, output: str) -> None:
    started = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(begin(model, photos, f"{output}-undisturbed"), 0)[1]) == 0
    seconds = time.monotonic() - started
    chance = random.Random(4)
    for _ in range(kills):
        process = begin(model, photos, output)
        time.sleep(chance.uniform(0.05, 1.6 / kills) * seconds)
        os.kill(process, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        print("killed" if status == -signal.SIGKILL else "ended", flush=True)
    assert os.waitstatus_to_exitcode(os.waitpid(begin(model, photos, output), 0)[1]) == 0


if __name__ == "__main__":
    run(int(sys.argv[1]), *sys.argv[2:])
