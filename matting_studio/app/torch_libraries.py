"""PyTorch, imported without holding up the other threads."""

import ctypes
import gc
import importlib
import importlib.util
import os
import sys
from pathlib import Path

_LIBRARIES = ("libc10.so", "libtorch_cpu.so")


def load_aside() -> None:
    """Import PyTorch on a thread beside the window's. Raises ImportError where it is not installed.

    Measured with nothing else to do: `import torch` alone lets the window stand still for 170 ms while the system loads
    the libraries, and for 100 ms more whenever Python's collector looks over what was made; so, 40 ms are left.
    """
    if "torch" in sys.modules:
        return
    _load_libraries()
    was_on = gc.isenabled()
    gc.disable()
    try:
        importlib.import_module("torch")
    finally:
        # Modules are never garbage: the collector need not look at their hundred thousands of objects, now or later.
        gc.freeze()
        if was_on:
            gc.enable()


def _load_libraries() -> None:
    """A foreign call gives Python's lock away, and what is loaded already costs the import nothing.

    Where that cannot be done, or fails, the import does it and says so.
    """
    spec = importlib.util.find_spec("torch")
    if sys.platform != "linux" or spec is None or spec.origin is None:
        return
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name in _LIBRARIES:
        load(os.fsencode(Path(spec.origin).parent / "lib" / name), os.RTLD_NOW)
