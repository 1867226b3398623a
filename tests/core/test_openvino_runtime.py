"""OpenVINO is used without what it would send."""

import subprocess
import sys
from pathlib import Path

import pytest

MATTE = """
import sys
import numpy as np
from core.predictor import MattingPredictor
predictor = MattingPredictor.from_checkpoint({model!r}, "cpu")
assert predictor.predict(np.zeros((40, 30, 3), np.uint8)).alpha.shape == (40, 30)
print(*sorted(sys.modules))
"""

SIGNAL = """
import os, signal
from core.predictor import MattingPredictor
signal.signal(signal.SIGINT, lambda *_: print("heard"))
first = MattingPredictor.from_checkpoint({model!r}, "cpu")
second = MattingPredictor.from_checkpoint({model!r}, "cpu")
del first
del second
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot interrupt itself there")
def test_signals_are_heard_after_engines_that_overlapped(model: Path) -> None:
    program = SIGNAL.format(model=str(model))
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "heard\n"


@pytest.mark.slow
def test_a_matte_on_the_cpu_needs_no_pytorch_and_reports_to_nobody(model: Path) -> None:
    program = MATTE.format(model=str(model))
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert "openvino" in loaded
    assert not loaded.intersection({"torch", "openvino_telemetry", "openvino.tools.ovc.main", "urllib.request"})
