"""Every command with its arguments. Nothing heavy is imported here: help and usage errors come at once."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

PROGRAM = "matting-studio"


class Parser(argparse.ArgumentParser):
    """Answers a mistake with a sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nSee {self.prog} --help.\n")


def parse(words: Sequence[str]) -> tuple[str, argparse.Namespace]:
    """The module of `matting_studio.cli` to run, and its arguments.

    The first word decides: a command's name, or else photos for the window. A photo that is named like a command is
    opened as ./NAME. Raises SystemExit as argparse does.
    """
    if words and words[0] in COMMANDS:
        return words[0].replace("-", "_"), COMMANDS[words[0]]().parse_args(words[1:])
    return "window", window().parse_args(words)


def window() -> Parser:
    parser = Parser(
        prog=PROGRAM,
        description="Takes people out of photos, hair included. Without a command, the window opens.",
        epilog="commands:\n" + "\n".join(f"  {name:14}{make().description}" for name, make in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", nargs="*", type=openable, metavar="PHOTO", help="photos or folders to open")
    return parser


def matte() -> Parser:
    parser = command("matte", "Cut the person out of one photo.")
    parser.add_argument("photo", type=single_photo, metavar="IN", help="the photo")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT",
        help="the cut-out: .png, .webp or .tif, or .jpg with a background (default: IN_cutout.png beside IN)",
    )  # fmt: skip
    parser.add_argument("--alpha", type=Path, metavar="FILE", help="write the alpha too, in grey")
    parser.add_argument("--trimap", type=Path, metavar="FILE", help="write the trimap too: 0, 128, 255")
    parser.add_argument(
        "--background", metavar="COLOUR|FILE|blur",
        help="new background: white, #1e90ff, a picture, or the photo's own out of focus (default: transparent)",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    add_model_options(parser)
    add_json(parser)
    return parser


def evaluate() -> Parser:
    parser = command("evaluate", "Measure a model on photos whose alpha is known.")
    parser.add_argument("--images", type=folder, required=True, metavar="DIR", help="the photos")
    parser.add_argument("--alphas", type=folder, required=True, metavar="DIR", help="their alphas, by the same stems")
    parser.add_argument("--trimaps", type=folder, metavar="DIR", help="trimaps: measures the unknown region too")
    add_model_options(parser)
    add_json(parser)
    return parser


def import_model() -> Parser:
    parser = command("import-model", "Turn an official or training checkpoint into a model file.")
    parser.add_argument("source", type=existing_file, metavar="FILE", help="the .pth or .pt file")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="the model file (default: FILE with the ending .safetensors)"
    )
    parser.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="default: float16")
    parser.add_argument("--notes", metavar="TEXT", help="what to remember about its training")
    parser.add_argument("--overwrite", action="store_true", help="replace a model file that exists")
    return parser


def train() -> Parser:
    parser = command("train", "Train a network, or go on with a run.")
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--config", type=existing_file, metavar="FILE.toml", help="start a run from a configuration")
    origin.add_argument("--resume", type=folder, metavar="RUN", help="go on with the run in this folder")
    parser.add_argument("--run", type=Path, metavar="DIR", help="folder of a new run (default: runs/CONFIG-DATE)")
    parser.add_argument(
        "--set", dest="overrides", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="settings over those of the configuration, such as schedule.learning_rate=2e-4",
    )  # fmt: skip
    parser.add_argument(
        "--json-events", action="store_true",
        help="print events as JSON lines, and stop at a line `stop` on standard input",
    )  # fmt: skip
    return parser


def info() -> Parser:
    parser = command("info", "Show versions, device, model and folders.")
    add_json(parser)
    return parser


COMMANDS: dict[str, Callable[[], Parser]] = {
    "matte": matte,
    "evaluate": evaluate,
    "import-model": import_model,
    "train": train,
    "info": info,
}


def command(name: str, description: str) -> Parser:
    return Parser(prog=f"{PROGRAM} {name}", description=description)


def add_model_options(parser: Parser) -> None:
    parser.add_argument("--model", type=existing_file, metavar="M", help="model file (default: the shipped one)")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cuda, cuda:N, mps or cpu (default: auto)")
    parser.add_argument(
        "--size", type=working_size, dest="size_px", metavar="PX",
        help="longer side at which the network looks at photos (default: the model's own)",
    )  # fmt: skip


def add_json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")


def openable(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        known = ", ".join(COMMANDS)
        raise argparse.ArgumentTypeError(f"there is no file {text}, and no such command (there are {known})")
    return path


def single_photo(text: str) -> Path:
    if Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder: use `{PROGRAM} batch` for all photos of a folder.")
    return existing_file(text)


def existing_file(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder, and a file is needed")
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return path


def working_size(text: str) -> int:
    """Larger sizes than any photo's would only be typing errors that fill the memory."""
    if not text.isdecimal() or not 64 <= int(text) <= 8192:
        raise argparse.ArgumentTypeError(f"{text} is no working size: give 64 to 8192 pixels")
    return int(text)
