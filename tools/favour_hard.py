"""A configuration whose training draws what a model fails on more often; run it from the project's root:

    python tools/favour_hard.py resources/recipes/portrait.toml runs/hard.json --photos 'civil*'

It is the one that is given, with a weight for each file of its data (core/training/hardness.py) and the model to go on
from.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.atomic import write_atomically
from core.checkpoint import read_model, shipped_model
from core.device import pick_device
from core.engine import make_engine
from core.errors import MattingError
from core.training.config import load_config
from core.training.hardness import Look, favour_hard

REPORT = 200


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    try:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)  # before a quarter of an hour's work, not after it
        config = load_config(arguments.config)
        engine = make_engine(read_model(arguments.model), pick_device(arguments.device))
        data = favour_hard(config.data, Look(engine, arguments.side, told), arguments.photos)
        network = config.network.model_copy(update={"base": arguments.model, "encoder_init": None})
        with write_atomically(arguments.output) as file:
            file.write(config.model_copy(update={"data": data, "network": network}).model_dump_json(indent=2).encode())
    except MattingError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{arguments.output} cannot be written: {error.strerror or error}. Choose another.", file=sys.stderr)
        return 2
    print(f"Written: {arguments.output}.")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("config", type=Path, help="the training's configuration, TOML or JSON")
    made.add_argument("output", type=Path, help="the new configuration, a JSON file")
    made.add_argument("--model", type=Path, default=shipped_model(), help="model file (default: the shipped one)")
    made.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    made.add_argument("--side", type=int, default=224, help="px at which files are looked at (default: 224)")
    made.add_argument("--photos", default="", help="pattern of photos whose alphas are to be trusted (default: none)")
    return made


def told(what: str, done: int, of: int) -> None:
    if done % REPORT == 0 or done == of:
        print(f"{done} of {of} {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
