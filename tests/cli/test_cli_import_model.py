import json
import os
import pickle

import pytest
import torch
from safetensors import safe_open

from core.checkpoint import TRAINING_FORMAT, load_network
from core.network import MTGINet


class RunsCode:
    """Unpickling it runs a command."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.fixture
def checkpoint(tmp_path):
    """A training checkpoint of the tiny network."""
    network = MTGINet(width=0.125)
    path = tmp_path / "checkpoint.pt"
    content = {
        "format": TRAINING_FORMAT,
        "width": 0.125,
        "step": 7,
        "averaged": network.state_dict(),
        "config": json.dumps({"run": {"validation_px": 384}}),
    }
    torch.save(content, path)
    return path


def test_a_training_checkpoint_becomes_a_model_file_with_notes(studio, checkpoint):
    outcome = studio("import-model", checkpoint, "--notes", "hats")
    target = checkpoint.with_suffix(".safetensors")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{target}\n", "")
    assert load_network(target).width == 0.125
    with safe_open(target, "pt") as file:
        metadata = file.metadata()
    assert (metadata["notes"], metadata["dtype"], metadata["imported_from"]) == ("hats", "float16", "checkpoint.pt")
    assert len(metadata["sha256"]) == len(metadata["file_sha256"]) == 64


def test_a_model_recommends_the_size_that_it_is_given(studio, checkpoint):
    assert studio("import-model", checkpoint, "--size", 352).code == 0
    with safe_open(checkpoint.with_suffix(".safetensors"), "pt") as file:
        assert file.metadata()["size_px"] == "352"


def test_float32_takes_twice_the_room(studio, checkpoint, tmp_path):
    half, full = tmp_path / "half.safetensors", tmp_path / "full.safetensors"
    studio("import-model", checkpoint, "-o", half)
    studio("import-model", checkpoint, "-o", full, "--dtype", "float32")
    assert full.stat().st_size > 1.8 * half.stat().st_size


@pytest.mark.parametrize("in_a_zip", [True, False])
def test_a_pickle_that_would_run_code_is_refused_and_not_run(studio, tmp_path, recwarn, in_a_zip):
    evidence, source = tmp_path / "evidence", tmp_path / "evil.pth"
    content = {"state_dict": RunsCode(f"touch {evidence}")}
    if in_a_zip:
        torch.save(content, source)
    else:
        source.write_bytes(pickle.dumps(content))
    assert_refused(studio, source, "evil.pth")
    assert not recwarn.list


def test_a_truncated_checkpoint_is_refused(studio, checkpoint):
    checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    assert_refused(studio, checkpoint, "checkpoint.pt is")


def test_a_checkpoint_of_which_one_byte_is_another_is_refused(studio, checkpoint):
    content = bytearray(checkpoint.read_bytes())
    content[len(content) // 2] ^= 0xFF
    checkpoint.write_bytes(content)
    assert_refused(studio, checkpoint, "checkpoint.pt is no checkpoint or is damaged: fetch it again.")


RAW = "module.conv.module.weight_bar"
VECTORS = {"module.conv.module.weight_u": torch.ones(4), "module.conv.module.weight_v": torch.ones(9)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"state_dict": {"module.head.weight": torch.zeros(3)}}, "its entries have other names"),
        ({"state_dict": {RAW: torch.ones(4, 9)}}, "module.conv.module.weight_u is missing. Give one of the official"),
        ({"state_dict": {RAW: torch.ones(4, 8), **VECTORS}}, "weight_bar has another shape than the singular vectors"),
        ({"state_dict": {RAW: torch.tensor(1.0), **VECTORS}}, "has another shape than the singular vectors beside it"),
        ({"state_dict": {RAW: "text"}}, "it holds no weights by their names"),
        ({"state_dict": {7: torch.ones(4, 9)}}, "it holds no weights by their names"),
        ({"state_dict": None}, "it holds no weights by their names"),
        ([1, 2], "holds no network"),
    ],
)
def test_another_architecture_is_refused(studio, tmp_path, content, reason):
    source = tmp_path / "other.pth"
    torch.save(content, source)
    assert_refused(studio, source, reason)


def test_what_exists_is_replaced_only_when_told(studio, checkpoint):
    target = checkpoint.with_suffix(".safetensors")
    target.write_bytes(b"precious")
    assert studio("import-model", checkpoint).code == 2
    assert target.read_bytes() == b"precious"
    assert studio("import-model", checkpoint, "--overwrite").code == 0
    assert target.read_bytes() != b"precious"


def test_a_folder_in_the_place_of_the_model_file_is_wrong_usage(studio, checkpoint, tmp_path):
    folder = tmp_path / "models.safetensors"
    folder.mkdir()
    outcome = studio("import-model", checkpoint, "-o", folder, "--overwrite")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"{folder} is a folder: name a file" in outcome.err


def assert_refused(studio, source, reason):
    outcome = studio("import-model", source)
    assert (outcome.code, outcome.out) == (2, "")
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(source.parent.iterdir()) == [source]
