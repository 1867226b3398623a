"""The program with its window, from start to end."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matting_studio.app.log_file import keep_log
from matting_studio.app.places import log_folder

if TYPE_CHECKING:
    from matting_studio.qt.main_window import MainWindow

WARM_UP_MS = 200
"""So long after the window is there, nobody has chosen a photo yet."""

OPENCV_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def run(paths: Sequence[Path]) -> int:
    """Open the window on these photos; returns the exit code when it is closed."""
    keep_log(log_folder())
    clear_qt_paths_of_opencv()
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - Qt starts after OpenCV's paths are gone
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    application = QApplication.instance() or QApplication(sys.argv[:1])
    window = make_window()
    window.show()
    # The window is drawn before anything is read.
    QTimer.singleShot(0, window, lambda: window.studio.open([Path(path) for path in paths]) if paths else None)
    QTimer.singleShot(WARM_UP_MS, window, lambda: warm_up(window))
    close_on_signals(window)
    code = int(application.exec())
    if not window.ended:
        # A thread that is deep in a library cannot be ended, and Python would wait for it. All is saved by now.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def warm_up(window: "MainWindow") -> None:
    """Do what the window was there without, before somebody waits for it."""
    # What a window is made of is never garbage. Each time that Python looked all of it over, the window would stand
    # still for 30 ms.
    gc.freeze()
    from matting_studio.qt.collector import Collector  # noqa: PLC0415 - nothing of Qt is imported before it starts

    Collector(window)
    window.studio.warm_up()


def close_on_signals(window: "MainWindow") -> None:
    """Ctrl+C in the terminal, and whoever ends the program from outside, close the window, which asks about changes.

    Copies of them are kept first, for somebody may have no patience. A second signal ends the program at once.
    """
    from PySide6.QtCore import QTimer  # noqa: PLC0415

    def close(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        window.studio.keep_copies()
        QTimer.singleShot(0, window, window.close)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)


def clear_qt_paths_of_opencv() -> None:
    """OpenCV's wheels for Linux carry a Qt of their own and point these variables at it; ours would look there.

    What somebody has set by hand stays: only paths inside of OpenCV are taken out.
    """
    for name in OPENCV_QT_VARIABLES:
        if f"{os.sep}cv2{os.sep}" in os.environ.get(name, ""):
            del os.environ[name]


def make_window(settings_folder: Path | None = None, user_folder: Path | None = None) -> "MainWindow":
    """The window and its studio.

    Settings and copies of unsaved work lie in the two folders; by default in the platform's own places.
    """
    from PySide6.QtGui import QImageReader  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from matting_studio.qt.icons import pixmap  # noqa: PLC0415
    from matting_studio.qt.main_window import TITLE, MainWindow  # noqa: PLC0415
    from matting_studio.qt.studio import Studio  # noqa: PLC0415
    from matting_studio.qt.theme import LIGHT, Theme, ThemeChoice  # noqa: PLC0415

    application = QApplication.instance()
    application.setApplicationName("matting-studio")
    application.setApplicationDisplayName(TITLE)
    application.setDesktopFileName("matting-studio")
    QImageReader.setAllocationLimit(0)  # pictures that people open and make may be larger than Qt takes for harmless
    application.setWindowIcon(pixmap("logo", LIGHT.accent, 64, 2.0))
    studio = Studio(settings_folder, user_folder)
    theme = Theme(application, ThemeChoice(studio.settings.theme))
    window = MainWindow(studio, theme)
    theme.apply()
    return window
