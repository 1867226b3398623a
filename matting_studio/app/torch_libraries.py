"""PyTorch's large libraries, loaded without holding up the other threads.

`import torch` keeps Python's lock while the system loads them: measured, the window stood still for 170 ms. A foreign
call gives the lock away, and what is loaded already costs the import nothing: 45 ms are left.
"""

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

_LIBRARIES = ("libc10.so", "libtorch_cpu.so")


def load_aside() -> None:
    """Load the libraries where that can be done; elsewhere, or if it fails, `import torch` does it and says so."""
    spec = importlib.util.find_spec("torch")
    if sys.platform != "linux" or spec is None or spec.origin is None:
        return
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name in _LIBRARIES:
        load(os.fsencode(Path(spec.origin).parent / "lib" / name), os.RTLD_NOW)
