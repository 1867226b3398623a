"""A process that trains does not fetch the same memory from the system at every step."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, torch
from core.training.allocator import keep_freed_memory
if {kept}:
    assert keep_freed_memory()
for round in range(24):
    if round == 12:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(16 * 2**20).mul(2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(*, kept: bool) -> int:
    program = PROGRAM.format(kept=kept)
    return int(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left as they are")
def test_memory_that_was_freed_is_used_again() -> None:
    assert page_faults(kept=True) < page_faults(kept=False) / 10
