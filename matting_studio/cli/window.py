"""`matting-studio [PHOTO …]`: the window."""

import argparse
import importlib
import importlib.util
import os
import sys

from matting_studio.cli.messages import UsageError

APPLICATION = "matting_studio.qt.application"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""On Linux one of these says where windows go."""


def run(arguments: argparse.Namespace) -> int:
    if importlib.util.find_spec(APPLICATION) is None:
        raise UsageError("This copy of Matting Studio has no window: use a command, see matting-studio --help.")
    if sys.platform == "linux" and not any(map(os.environ.get, DISPLAYS)):
        # Qt would end the process without a word that helps.
        raise UsageError("There is no display for a window: use `matting-studio matte` or `matting-studio batch`.")
    return int(importlib.import_module(APPLICATION).run(arguments.photos))
