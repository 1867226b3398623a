"""The C library's allocator in a process that trains: what a step frees stays for the next one.

glibc gives large blocks back to the system as soon as they are free, and the next step gets them anew, page by page and
each set to zero. On a CPU that was a fifth of a step of MTGINet (`benchmarks/training.md`).
"""

import ctypes
import sys

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
"""Names and numbers of glibc's malloc.h."""
LARGEST = 2**31 - 1


def keep_freed_memory() -> bool:
    """From here on, memory that this process frees stays with it; its peak grows by a tenth.

    For a whole process, so for one that does nothing but train. Returns whether the C library can do so: glibc can,
    those of other systems are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return mallopt is not None and all(mallopt(what, LARGEST) == 1 for what in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD))
