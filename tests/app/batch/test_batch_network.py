"""The network of a batch is the one that its journal names."""

import shutil
from dataclasses import replace

import pytest

from core.checkpoint import read_model, save_model
from core.errors import CheckpointError
from matting_studio.app.batch.network import Network


def test_a_model_that_was_written_anew_is_not_taken_for_the_one_of_the_plan(tmp_path, tiny_model):
    model = tmp_path / "best.safetensors"
    shutil.copy(tiny_model, model)
    network = Network(model, "cpu", None, "balanced")
    key = network.key()
    assert network.load(key).size_px == 32
    written = read_model(model)
    save_model(model, replace(written, metadata={**written.metadata, "notes": "trained on"}))
    with pytest.raises(CheckpointError, match="has changed since the batch began"):
        network.load(key)
    assert network.load(network.key()).size_px == 32


def test_the_shipped_model_is_asked_where_none_is_named():
    assert Network(None, "cpu", None, "balanced").key() != Network(None, "cpu", 256, "balanced").key()
