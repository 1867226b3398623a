"""`matting-studio matte`: one photo, cut out."""

import argparse
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from core.checkpoint import shipped_model
from core.errors import MattingError
from core.green_screen import network_picture
from core.image_io import WRITABLE_SUFFIXES, Format, Photo, read_photo, read_photo_bytes, write_image
from core.memory_plan import Result
from core.predictor import MattingPredictor
from core.working_size import Quality
from matting_studio.app.background import Background, look_before, parse_background
from matting_studio.app.cutout import cut_out, opacity, write_like
from matting_studio.app.doubt import NOBODY, REMARKS, SEVERAL, doubt_of
from matting_studio.app.finish import complete
from matting_studio.app.jobs import CancelToken
from matting_studio.app.short_names import fitted
from matting_studio.app.stages import StageTimes
from matting_studio.cli.messages import DONE, FAILED, UsageError, say, tell
from matting_studio.cli.paths import check_place, is_folder, is_there
from matting_studio.cli.pipes import PIPE, Pipe, check_pipe, check_source, poured_out

DEFAULT_ENDING = "_cutout.png"
REMARKS_HERE = {
    NOBODY: REMARKS[NOBODY],
    SEVERAL: "There seems to be more than one person in this photo: all are kept, so look whether you want them.",
}
"""What is said of a matte, by the words of its doubt; haze and the like are for whoever looks through a batch."""


def run(arguments: argparse.Namespace) -> int:
    source: Path | Pipe = arguments.photo
    output: Path | Pipe = arguments.output or default_output(source)
    if not isinstance(source, Path):
        check_source()
    times = StageTimes()
    with times.stage("load"):
        background = None if arguments.background is None else parse_background(arguments.background)
    check_outputs(arguments, output, background)
    with times.stage("load"):
        predictor = MattingPredictor.from_checkpoint(
            arguments.model,
            arguments.device,
            arguments.size_px,
            Quality(arguments.quality),
            memory_limit_bytes=arguments.memory_limit_bytes,
        )
    try:
        with times.stage("read"):
            photo = read(source)
        with times.stage("network"):
            result = Result.CUTOUT if background is None else Result.COMPOSITE
            matte = predictor.predict(network_picture(photo), result=result)
        with times.stage("foreground"):
            look = look_before(background, photo)
            cutout = cut_out(photo, matte.alpha, look)
        pixels, alpha = cutout.foreground, cutout.alpha
        if background is not None:
            with times.stage("composite"):
                picture = background if isinstance(background, Photo) else None
                pixels, alpha = complete(cutout, look, picture, CancelToken(), photo.bit_depth).composite, None
        with times.stage("write"), place_of(output) as place:
            write_like(photo, place, pixels, alpha)
            if arguments.alpha is not None:
                write_image(arguments.alpha, opacity(photo, matte.alpha), bit_depth=photo.bit_depth)
            if arguments.trimap is not None:
                write_image(arguments.trimap, matte.trimap)
    except MattingError as error:
        say(str(error))
        return FAILED
    seen = doubt_of(matte.alpha, matte.trimap)
    warnings = [*photo.warnings, *matte.warnings, *(REMARKS_HERE[word] for word in seen.words if word in REMARKS_HERE)]
    for warning in warnings:
        say(warning)
    if arguments.json:
        height, width = matte.alpha.shape
        print(
            json.dumps(
                {
                    "input": str(source),
                    "output": str(output),
                    "alpha": None if arguments.alpha is None else str(arguments.alpha),
                    "trimap": None if arguments.trimap is None else str(arguments.trimap),
                    "width": width,
                    "height": height,
                    "device": predictor.engine.description,
                    "model": str(arguments.model or shipped_model()),
                    "size_px": predictor.size_px,
                    "seconds": {stage: round(seconds, 4) for stage, seconds in times.seconds.items()},
                    "warnings": warnings,
                }
            )
        )
    elif isinstance(output, Path):
        tell(str(output))
    return DONE


def read(source: Path | Pipe) -> Photo:
    if isinstance(source, Path):
        return read_photo(source)
    return read_photo_bytes(sys.stdin.buffer.read(), "Standard input")


def place_of(output: Path | Pipe) -> AbstractContextManager[Path]:
    return nullcontext(output) if isinstance(output, Path) else poured_out("cutout.png")


def default_output(source: Path | Pipe) -> Path | Pipe:
    """Beside the photo, called after it, as far as that fits into a name; what comes from a pipe goes into one."""
    if not isinstance(source, Path):
        return PIPE
    return source.with_name(fitted(source.stem, DEFAULT_ENDING))


def check_outputs(arguments: argparse.Namespace, output: Path | Pipe, background: Background | None) -> None:
    """Refuse, before any work is done, what could not be written or would destroy something."""
    if not isinstance(output, Path):
        check_pipe()
        if arguments.json:
            raise UsageError("The picture and --json cannot both go to standard output: name a file with -o.")
    named = [path for path in (output, arguments.alpha, arguments.trimap) if isinstance(path, Path)]
    inputs = {"photo": arguments.photo} if isinstance(arguments.photo, Path) else {}
    if isinstance(background, Photo):
        inputs["background"] = Path(arguments.background)
    for path in named:
        known = path.suffix.lower() in WRITABLE_SUFFIXES
        for what, own in inputs.items():
            if is_there(path) and path.samefile(own):
                raise UsageError(f"{path} is the {what} itself: give the result another name.")
        if is_folder(path):
            default = default_output(arguments.photo)
            name = default.name if isinstance(default, Path) and not known else path.name
            raise UsageError(f"{path} is a folder: name a file, such as {path / name}.")
        if not known:
            raise UsageError(f"{path} names no format that is written: end it in {', '.join(WRITABLE_SUFFIXES)}.")
        check_place(path)
        if is_there(path) and not arguments.overwrite:
            raise UsageError(f"{path} exists: name another file, or add --overwrite to replace it.")
    if len({path.resolve() for path in named}) < len(named):
        raise UsageError("Two of the results have the same name: give each its own.")
    if isinstance(output, Path) and is_jpeg(output) and arguments.background is None:
        raise UsageError(f"{output} cannot be transparent: use .png, .webp or .tif, or give a --background.")
    if arguments.trimap is not None and is_jpeg(arguments.trimap):
        raise UsageError("A trimap does not survive JPEG: use .png, .webp or .tif.")


def is_jpeg(path: Path) -> bool:
    return WRITABLE_SUFFIXES[path.suffix.lower()] is Format.JPEG
