"""`matting-studio import-model`: an official or training checkpoint into a model file."""

import argparse
import warnings
from pathlib import Path

from core.checkpoint import import_model
from matting_studio.cli.messages import DONE, FAILED, UsageError, say, tell
from matting_studio.cli.paths import check_place, is_folder, is_there


def run(arguments: argparse.Namespace) -> int:
    source: Path = arguments.source
    output: Path = arguments.output or source.with_suffix(".safetensors")
    if output.suffix != ".safetensors":
        raise UsageError(f"{output} is no name of a model file: end it in .safetensors.")
    if is_folder(output):
        raise UsageError(f"{output} is a folder: name a file, such as {output / 'model.safetensors'}.")
    check_place(output)
    if is_there(output) and output.samefile(source):
        raise UsageError(f"{output} is the checkpoint itself: give the result another name.")
    if is_there(output) and not arguments.overwrite:
        raise UsageError(f"{output} exists: name another file, or add --overwrite to replace it.")
    try:
        with warnings.catch_warnings(action="ignore"):  # PyTorch's own remarks on old pickles are not for the user
            import_model(source, output, arguments.dtype, arguments.notes, arguments.size_px)
    except OSError as error:
        say(f"{output} cannot be written: {error.strerror or error}.")
        return FAILED
    tell(str(output))
    return DONE
