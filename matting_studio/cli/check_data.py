"""`matting-studio check-data`: what is wrong with data sets, before training starts."""

import argparse
import json
import os
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.errors import DatasetError, ImageWriteError
from core.image_io import WRITABLE_SUFFIXES, write_image
from core.training.config import DataConfig, load_config
from core.training.doctor import Finding, Report, SetSummary, Severity, examine
from core.training.doctor.sets import list_sets
from core.training.layouts import recognise
from core.training.sample_sheet import sample_sheet
from matting_studio.cli.messages import DONE, FAILED, UsageError, say, shows_bars, tell
from matting_studio.cli.paths import check_place, is_folder, is_there

SHOWN_FILES = 20
"""Files named for one finding; --json names all."""


def run(arguments: argparse.Namespace) -> int:
    if arguments.sheet:
        check_sheet(arguments.sheet, overwrite=arguments.overwrite)
    data, crop_px = chosen_data(arguments)
    if arguments.sheet:
        check_apart(arguments.sheet, data)
    report = examined(data, crop_px)
    tell(json.dumps(as_values(report)) if arguments.json else as_text(report))
    if arguments.sheet:
        try:
            write_image(arguments.sheet, sample_sheet(data))
        except (DatasetError, ImageWriteError) as error:
            say(str(error))
            return FAILED
    return FAILED if report.blocks else DONE


def check_sheet(path: Path, *, overwrite: bool) -> None:
    """Raises UsageError where no picture can be written; better now than after an hour."""
    if is_folder(path):
        raise UsageError(f"{path} is a folder: name a file, such as {path / 'sheet.png'}.")
    if path.suffix.lower() not in WRITABLE_SUFFIXES:
        raise UsageError(f"{path} is no name of a sheet: end it in .png.")
    check_place(path)
    if is_there(path) and not overwrite:
        raise UsageError(f"{path} exists: name another file, or add --overwrite to replace it.")


def check_apart(sheet: Path, data: DataConfig) -> None:
    """Raises UsageError where the sheet would take the place of a picture to train on, or be taken for another one."""
    sets, _ = list_sets(data)
    files = [path for chosen in sets for sample in chosen.samples for path, _ in sample.files()]
    folders = {path.parent for path in files}
    lies_among_them = os.path.realpath(sheet.parent) in {os.path.realpath(folder) for folder in folders}
    if lies_among_them or (is_there(sheet) and os.path.realpath(sheet) in map(os.path.realpath, files)):
        raise UsageError(f"{sheet} is where pictures of a data set lie: name a file in another folder.")


def chosen_data(arguments: argparse.Namespace) -> tuple[DataConfig, int | None]:
    """The data sets and the side of the largest crop, where a configuration says it.

    Raises UsageError, and what `load_config` and `recognise` raise.
    """
    if bool(arguments.folders) == bool(arguments.config):
        raise UsageError("Name the folders of the data sets, or a configuration with --config.")
    if arguments.config:
        config = load_config(arguments.config)
        return config.data, max(stage.crop_px for stage in config.schedule.stages)
    return recognise(*arguments.folders).data, None


def examined(data: DataConfig, crop_px: int | None) -> Report:
    with tqdm(unit="file", disable=not shows_bars()) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        report = examine(data, crop_px=crop_px, on_progress=show)
    assert report is not None  # nothing asks it to stop
    return report


def as_values(report: Report) -> dict[str, Any]:
    return {
        "blocks": report.blocks,
        "findings": [
            {
                "severity": finding.severity,
                "kind": finding.kind,
                "sentence": finding.sentence,
                "files": [{"path": str(path), "detail": detail} for path, detail in files_of(finding)],
            }
            for finding in report.findings
        ],
        "sets": [
            {
                "name": chosen.name,
                "role": chosen.role,
                "layout": chosen.layout,
                "pairs": chosen.pairs,
                "smallest_px": chosen.smallest,
                "median_px": chosen.median,
                "largest_px": chosen.largest,
            }
            for chosen in report.sets
        ],
    }


def as_text(report: Report) -> str:
    """The table of sets, each finding with its files, and a last line that says whether to train."""
    blocks = [table(report.sets)] if report.sets else []
    blocks += [described(finding) for finding in report.findings]
    errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
    warnings = len(report.findings) - errors
    verdict = "Mend the errors before you train on it." if report.blocks else "It can be trained on."
    return "\n\n".join([*blocks, f"Errors: {errors}, warnings: {warnings}. {verdict}"])


def table(sets: tuple[SetSummary, ...]) -> str:
    rows = [("set", "role", "layout", "count", "smallest", "median", "largest")]
    rows += [
        (
            one.name,
            one.role,
            one.layout,
            f"{one.pairs:,}",
            *(pixels(s) for s in (one.smallest, one.median, one.largest)),
        )
        for one in sets
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def pixels(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}" if any(size) else "-"


def described(finding: Finding) -> str:
    number = f", {len(finding.files):,} files" if len(finding.files) > 1 else ""
    lines = [f"{finding.severity}{number}: {finding.sentence}"]
    lines += [f"  {path}: {detail}" if detail else f"  {path}" for path, detail in files_of(finding)[:SHOWN_FILES]]
    more = len(finding.files) - SHOWN_FILES
    return "\n".join([*lines, f"  … and {more:,} more; --json names all"] if more > 0 else lines)


def files_of(finding: Finding) -> list[tuple[Any, str]]:
    return list(zip_longest(finding.files, finding.details, fillvalue=""))
