"""`matting-studio [PHOTO …]`: the window."""

import argparse
import importlib
import os
import sys

from matting_studio.cli.messages import UsageError

APPLICATION = "matting_studio.qt.application"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""On Linux one of these says where windows go."""


def run(arguments: argparse.Namespace) -> int:
    if sys.platform == "linux" and not any(map(os.environ.get, DISPLAYS)):
        # Qt would end the process without a word that helps.
        raise UsageError("There is no display for a window: use `matting-studio matte` or `matting-studio batch`.")
    return int(importlib.import_module(APPLICATION).run(arguments.photos))
