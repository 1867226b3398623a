"""OpenVINO, imported so that it stays silent.

Its converter, which this program has no use for, is imported along with it and reports each import to a web service
(OpenVINO 2026.4: openvino/tools/ovc/__init__.py). Nothing may be sent from here. A converter that cannot be imported is
done without, as OpenVINO's own `__init__` says; and the import takes a third of the time.
"""

import functools
import importlib
import importlib.util
import sys
from typing import Any

_CONVERTER = "openvino.tools.ovc"


def openvino_is_there() -> bool:
    return importlib.util.find_spec("openvino") is not None


def load_openvino() -> Any:
    """The package `openvino`. Raises ImportError where it is not installed."""
    # None is Python's own mark for a module that must not be imported.
    sys.modules.setdefault(_CONVERTER, None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


@functools.cache
def openvino_core() -> Any:
    """The process's one `Core`, which lives as long as the process.

    With its first model a Core gives the thread a stack of its own for signals, and takes it away with its last one,
    whatever the thread uses by then. After two Cores that overlapped, or one that ended on another thread, the next
    signal with a handler in Python, such as Ctrl+C, was a segmentation fault (OpenVINO 2026.4 on Linux).
    """
    return load_openvino().Core()
