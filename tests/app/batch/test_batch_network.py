"""The network of a batch is the one that its journal names."""

import shutil

import pytest

from core.errors import CheckpointError
from matting_studio.app.batch.network import Network


def test_a_model_that_was_written_anew_is_not_taken_for_the_one_of_the_plan(tmp_path, tiny_model):
    model = tmp_path / "best.safetensors"
    shutil.copy(tiny_model, model)
    network = Network(model, "cpu", None, "balanced")
    key = network.key()
    assert network.load(key).size_px == 32
    with model.open("r+b") as file:
        file.seek(-2, 2)
        file.write(b"\1\1")
    with pytest.raises(CheckpointError, match="has changed since the batch began"):
        network.load(key)
    assert network.load(network.key()).size_px == 32


def test_the_shipped_model_is_asked_where_none_is_named():
    assert Network(None, "cpu", None, "balanced").key() != Network(None, "cpu", 256, "balanced").key()
