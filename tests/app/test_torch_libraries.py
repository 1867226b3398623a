"""PyTorch's import leaves the program as it found it."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("before", ["enable", "disable"])
def test_whether_garbage_is_collected_by_itself_is_as_it_was_before_the_import(tmp_path, before):
    (tmp_path / "torch.py").touch()  # stands in for the real one, which takes seconds
    script = f"""
import gc, sys
gc.{before}()
from matting_studio.app.torch_libraries import load_aside
load_aside()
assert "torch" in sys.modules
print(gc.isenabled())
"""
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    env = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(before == "enable")
