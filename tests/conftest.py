"""Windows of tests are drawn in memory, unless somebody wants to see them (QT_QPA_PLATFORM=xcb)."""

import os

from matting_studio.qt.application import clear_qt_paths_of_opencv

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
clear_qt_paths_of_opencv()
