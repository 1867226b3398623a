"""What a training can start from is known before anything imports PyTorch."""

import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.checkpoint import shipped_model
from core.errors import CheckpointError
from matting_studio.app.training.base_model import width_of


def test_the_width_of_a_model_is_that_which_its_file_says(tmp_path):
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "half.safetensors", {"width": "0.5"})
    assert width_of(tmp_path / "half.safetensors") == 0.5
    assert width_of(shipped_model()) == 1.0


def test_a_renamed_model_is_known_by_what_it_holds(tmp_path):
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "half.pth", {"width": "0.5"})
    assert width_of(tmp_path / "half.pth") == 0.5
    (tmp_path / "release.safetensors").write_bytes(b"PK\x03\x04 and so on")
    assert width_of(tmp_path / "release.safetensors") is None


def test_another_network_is_no_model_to_start_from():
    with pytest.raises(CheckpointError, match=r"holds the network detail-2, which is not MTGINet"):
        width_of(shipped_model().with_name("detail.safetensors"))


@pytest.mark.parametrize("content", [b"", b"hello"])
def test_a_file_that_is_no_model_is_refused(tmp_path, content):
    (tmp_path / "wrong.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match="is damaged or no model"):
        width_of(tmp_path / "wrong.safetensors")
    with pytest.raises(CheckpointError, match="There is no model"):
        width_of(tmp_path / "gone.safetensors")


def test_no_pytorch_is_imported_for_it():
    script = "import sys; import matting_studio.app.training.base_model; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
