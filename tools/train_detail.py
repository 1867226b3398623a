"""Train the detail network, which refines mattes along the outline; run it from the project's root.

    python tools/train_detail.py --config resources/recipes/detail.toml --run runs/detail

Composites are made first, in the run's folder, and stay there: a second call goes on where the first one was ended.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.errors import MattingError
from core.training.allocator import keep_freed_memory
from core.training.detail.composites import make_composites
from core.training.detail.config import load_detail_config
from core.training.detail.trainer import DetailTrainer

REPORT_COMPOSITES = 100


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    keep_freed_memory()
    try:
        config = load_detail_config(arguments.config)
        composites = arguments.run / "composites"
        for number in make_composites(config, composites):
            if (number + 1) % REPORT_COMPOSITES == 0:
                print(f"{number + 1} composites", flush=True)
        trainer = DetailTrainer(config, composites, arguments.run)
        for report in trainer.train():
            losses = ", ".join(f"{name} {loss:.4f}" for name, loss in report.losses.items())
            print(f"Step {report.step}: {losses}", flush=True)
    except MattingError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Finished: the weights are {trainer.weights}.")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="train_detail.py", description="Train the detail network.")
    made.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="TOML, as resources/recipes/detail.toml"
    )
    made.add_argument("--run", type=Path, required=True, metavar="FOLDER", help="made if it is not there")
    return made


if __name__ == "__main__":
    sys.exit(main())
