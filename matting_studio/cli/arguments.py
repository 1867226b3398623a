"""Every command with its arguments. Nothing heavy is imported here: help and usage errors come at once."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NoReturn

from matting_studio.cli.paths import is_folder, is_there, may
from matting_studio.cli.pipes import PIPE, Pipe

PROGRAM = "matting-studio"
QUALITIES = ("fast", "balanced", "best")
LEAST_MEMORY_BYTES = 100 * 10**6
KINDS = ("cutout", "alpha", "trimap", "foreground", "composite")


class Parser(argparse.ArgumentParser):
    """Answers a mistake with a sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nSee {self.prog} --help.\n")


class Version(argparse.Action):
    """Looks the version up when it is asked for, as that takes time."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from matting_studio.cli.version import version  # noqa: PLC0415

        print(f"{PROGRAM} {version(PROGRAM) or '(not installed: run from its source folder)'}")
        parser.exit()


class Json(argparse.Action):
    """A wish for lines that programs read; there is nobody to read them where standard output is closed."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=False, help=help)

    def __call__(
        self, parser: argparse.ArgumentParser, chosen: argparse.Namespace, _: object, option: str | None = None
    ) -> None:
        if sys.stdout is None:
            parser.error(f"standard output is closed, and {option} writes there: leave it out, or use > or |")
        setattr(chosen, self.dest, True)


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
    parser.add_argument("photos", nargs="*", type=openable, metavar="PHOTO", help="photos, projects or folders to open")
    parser.add_argument("--version", action=Version, nargs=0, help="show the program's version and exit")
    return parser


def matte() -> Parser:
    parser = command("matte", "Cut the person out of one photo.")
    parser.add_argument("photo", type=photo_or_pipe, metavar="IN", help="the photo; - reads it from standard input")
    parser.add_argument(
        "-o", "--output", type=named_or_pipe, metavar="OUT",
        help="the cut-out: .png, .webp or .tif, or .jpg with a background; - writes a PNG to standard output "
        "(default: IN_cutout.png beside IN; from standard input to standard output)",
    )  # fmt: skip
    parser.add_argument("--alpha", type=named, metavar="FILE", help="write the alpha too, in grey")
    parser.add_argument("--trimap", type=named, metavar="FILE", help="write the trimap too: 0, 128, 255")
    add_background(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    add_model_options(parser)
    add_memory_limit(parser, "detail is given up first")
    add_json(parser)
    return parser


def batch() -> Parser:
    parser = command("batch", "Cut the people out of all photos of a folder.")
    parser.add_argument("input", type=folder_of_photos, metavar="IN_DIR", help="the photos")
    parser.add_argument(
        "output", type=named, metavar="OUT_DIR", help="where results go; its sub-folders are as IN_DIR's"
    )
    parser.add_argument("--recursive", action="store_true", help="the photos of sub-folders too")
    parser.add_argument(
        "--what", type=kinds, metavar="KIND[,KIND ...]",
        help=f"{', '.join(KINDS)} (default: cutout, or composite with a --background)",
    )  # fmt: skip
    parser.add_argument("--format", choices=("png", "webp", "tiff", "jpeg"), default="png", help="default: png")
    add_background(parser)
    parser.add_argument(
        "--crop", type=crop, metavar="person|W:H",
        help="around the person, or so that width to height are as W to H, such as 35:45 (default: the whole photo)",
    )  # fmt: skip
    parser.add_argument(
        "--margin", type=share, metavar="SHARE", help="around the person, in heights of the person (default: 0.05)"
    )
    parser.add_argument(
        "--max-size", type=positive, dest="max_size_px", metavar="PX", help="scale results down to this longer side"
    )
    parser.add_argument(
        "--name", metavar="TEMPLATE",
        help="names without ending, of {stem}, {suffix}, {folder} and {what}; a slash makes folders "
        "(default: {stem}-{what})",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace files that no batch has made")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--watch", action="store_true", help="go on with photos that come later, until Ctrl+C")
    parser.add_argument(
        "--report", type=named, metavar="FILE.html", help="write a contact sheet, doubtful photos first"
    )
    parser.add_argument(
        "--workers", type=positive, metavar="N",
        help="photos that are written at once; with --ray: processes (default: as many as there are cores, up to 8)",
    )  # fmt: skip
    parser.add_argument(
        "--shard", metavar="I/N", help="work on the I-th of N parts only; every photo belongs to one of them, always"
    )
    parser.add_argument(
        "--ray", metavar="ADDRESS",
        help="work on a Ray cluster that sees the same folders: auto, HOST:PORT, or local for this machine",
    )  # fmt: skip
    add_model_options(parser)
    add_memory_limit(parser, "fewer photos are in hand at once, then detail is given up; with --ray: on each worker")
    parser.add_argument("--json", action=Json, help="print events as JSON lines instead of text")
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
        "-o", "--output", type=named, metavar="OUT", help="the model file (default: FILE with the ending .safetensors)"
    )
    parser.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="default: float16")
    parser.add_argument("--notes", metavar="TEXT", help="what to remember about its training")
    parser.add_argument(
        "--size", type=working_size, dest="size_px", metavar="PX",
        help="working size that the model recommends (default: what its training was measured at)",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace a model file that exists")
    return parser


def train() -> Parser:
    parser = command("train", "Train a network, or go on with a run.")
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument(
        "--config", type=existing_file, metavar="FILE", help="start a run from a configuration, TOML or JSON"
    )
    origin.add_argument("--resume", type=folder, metavar="RUN", help="go on with the run in this folder")
    parser.add_argument("--run", type=named, metavar="DIR", help="folder of a new run (default: runs/CONFIG-DATE)")
    parser.add_argument(
        "--set", dest="overrides", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="settings over those of the configuration, such as schedule.learning_rate=2e-4",
    )  # fmt: skip
    parser.add_argument(
        "--probe", action="store_true",
        help="take ten steps, keep nothing, and print as JSON what a run would take: time, memory, device",
    )  # fmt: skip
    parser.add_argument(
        "--json-events", action=Json,
        help="print events as JSON lines, and stop at a line `stop` on standard input",
    )  # fmt: skip
    return parser


def check_data() -> Parser:
    parser = command("check-data", "Say what is wrong with data sets before they are trained on.")
    parser.add_argument(
        "folders", nargs="*", type=folder, metavar="FOLDER",
        help="data sets in any known layout, or a folder of cut-outs and one of backgrounds",
    )  # fmt: skip
    parser.add_argument("--config", type=existing_file, metavar="FILE.toml", help="the data sets of a configuration")
    parser.add_argument("--sheet", type=named, metavar="PNG", help="write eight samples: photo, trimap, alpha")
    parser.add_argument("--overwrite", action="store_true", help="replace a sheet that exists")
    add_json(parser)
    return parser


def info() -> Parser:
    parser = command("info", "Show versions, device, model and folders.")
    add_json(parser)
    return parser


COMMANDS: dict[str, Callable[[], Parser]] = {
    "matte": matte,
    "batch": batch,
    "evaluate": evaluate,
    "import-model": import_model,
    "train": train,
    "check-data": check_data,
    "info": info,
}


def command(name: str, description: str) -> Parser:
    return Parser(prog=f"{PROGRAM} {name}", description=description)


def add_background(parser: Parser) -> None:
    parser.add_argument(
        "--background", metavar="COLOUR|FILE|blur",
        help="new background: white, #1e90ff, a picture, or the photo's own out of focus (default: transparent)",
    )  # fmt: skip


def add_model_options(parser: Parser) -> None:
    parser.add_argument("--model", type=existing_file, metavar="M", help="model file (default: the shipped one)")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cuda, cuda:N, mps or cpu (default: auto)")
    parser.add_argument(
        "--size", type=working_size, dest="size_px", metavar="PX",
        help="longer side at which the network looks at photos (default: the model's own)",
    )  # fmt: skip
    parser.add_argument(
        "--quality", choices=QUALITIES, default="balanced",
        help="fast: three quarters of the size; best: the outline from nearest (default: balanced)",
    )  # fmt: skip


def add_memory_limit(parser: Parser, price: str) -> None:
    parser.add_argument(
        "--memory-limit", type=amount_of_memory, dest="memory_limit_bytes", metavar="SIZE",
        help=f"what the program may take, such as 3GB or 800MB; {price} (default: most of what is free)",
    )  # fmt: skip


def add_json(parser: Parser) -> None:
    parser.add_argument("--json", action=Json, help="print one JSON object instead of text")


def openable(text: str) -> Path:
    path = named(text)
    if not is_there(path):
        known = ", ".join(COMMANDS)
        raise argparse.ArgumentTypeError(f"there is no file {text}, and no such command (there are {known})")
    return path


def single_photo(text: str) -> Path:
    if is_folder(named(text)):
        raise argparse.ArgumentTypeError(f"{text} is a folder: use `{PROGRAM} batch` for all photos of a folder.")
    return existing_file(text)


def photo_or_pipe(text: str) -> Path | Pipe:
    return PIPE if text == PIPE else single_photo(text)


def named_or_pipe(text: str) -> Path | Pipe:
    return PIPE if text == PIPE else named(text)


def existing_file(text: str) -> Path:
    path = named(text)
    if is_folder(path):
        raise argparse.ArgumentTypeError(f"{text} is a folder, and a file is needed")
    if not is_there(path):
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    if not may(path, os.R_OK):
        raise argparse.ArgumentTypeError(f"{text} may not be read: ask for permission to read it")
    return path


def folder_of_photos(text: str) -> Path:
    path = named(text)
    if is_there(path) and not is_folder(path):
        raise argparse.ArgumentTypeError(f"{text} is a file: use `{PROGRAM} matte` for one photo")
    return folder(text)


def folder(text: str) -> Path:
    path = named(text)
    if not is_folder(path):
        raise argparse.ArgumentTypeError(
            f"{text} is a file, and a folder is needed" if is_there(path) else f"there is no folder {text}"
        )
    if not may(path, os.R_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"{text} may not be looked into: ask for permission to read it")
    return path


def named(text: str) -> Path:
    """A path that somebody wrote; nothing at all would be the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty: give that of a file or folder")
    return Path(text)


def working_size(text: str) -> int:
    """Larger sizes than any photo's would only be typing errors that fill the memory."""
    if not text.isdecimal() or not 64 <= int(text) <= 8192:
        raise argparse.ArgumentTypeError(f"{text} is no working size: give 64 to 8192 pixels")
    return int(text)


def amount_of_memory(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([GM])B?", text, re.IGNORECASE)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is no amount of memory: give it as 3GB or 800MB")
    number, unit = match.groups()
    amount = round(float(number) * {"g": 10**9, "m": 10**6}[unit.lower()])
    if amount < LEAST_MEMORY_BYTES:
        raise argparse.ArgumentTypeError(f"{text} is too little for any photo: give 100MB or more")
    return amount


def kinds(text: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(kind.strip() for kind in text.split(",")))
    for kind in chosen:
        if kind not in KINDS:
            raise argparse.ArgumentTypeError(f"'{kind}' cannot be made: choose of {', '.join(KINDS)}")
    return chosen


def crop(text: str) -> float | Literal["person"]:
    """Width over height, or `person` for whatever the person has."""
    if text == "person":
        return "person"
    width, _, height = text.partition(":")
    try:
        ratio = float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        ratio = 0.0
    if not 0.01 <= ratio <= 100:
        raise argparse.ArgumentTypeError(f"{text} is no crop: give person, or a ratio such as 35:45")
    return ratio


def share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: give 0 to 1")
    return value


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number that fits: give 1 or more")
    return int(text)
