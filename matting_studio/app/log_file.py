"""The log that messages about unexpected failures speak of: a file that stays small, in the platform's own place."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

NAME = "matting-studio.log"
LARGEST_BYTES, KEPT = 1 << 20, 2


def keep_log(folder: Path) -> logging.Handler | None:
    """Write warnings, and failures that nobody foresaw, to a file in a folder, and to standard error as well.

    None where the folder cannot be written to: that is told on standard error, and the program goes on without.
    """
    root = logging.getLogger()
    root.addHandler(logging.StreamHandler())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / NAME, maxBytes=LARGEST_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError as error:
        root.warning("No log can be kept in %s: %s.", folder, error.strerror or error)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    sys.excepthook = _note_defect
    return handler


def _note_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("matting_studio").critical("A defect", exc_info=(kind, error, trace))
