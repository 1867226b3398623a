"""`matting-studio [PHOTO …]`: the window."""

import argparse
import importlib
import importlib.util

from matting_studio.cli.messages import UsageError

APPLICATION = "matting_studio.qt.application"


def run(arguments: argparse.Namespace) -> int:
    if importlib.util.find_spec(APPLICATION) is None:
        raise UsageError("This copy of Matting Studio has no window: use a command, see matting-studio --help.")
    return int(importlib.import_module(APPLICATION).run(arguments.photos))
