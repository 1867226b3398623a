"""Model files are read whatever their kind, and refused in one sentence where they are not what they should be."""

import errno
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from official_release import official_checkpoint
from safetensors.numpy import save_file

from core.checkpoint import ModelFile, import_model, load_network, plain_weights, read_model, save_model
from core.errors import CheckpointError
from core.network import MTGINet
from core.network.official import translate

WIDTH = 0.125


@pytest.fixture
def tiny() -> MTGINet:
    torch.manual_seed(3)
    return MTGINet(WIDTH).eval()


@pytest.fixture
def tiny_file(tiny: MTGINet, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_model(path, ModelFile(plain_weights(tiny), WIDTH, {"source": "a test"}), "float32")
    return path


def outputs(network: MTGINet) -> torch.Tensor:
    with torch.inference_mode():
        return network(torch.linspace(-1, 1, 3 * 64 * 64).view(1, 3, 64, 64)).alpha


def test_a_saved_model_computes_the_same(tiny: MTGINet, tiny_file: Path) -> None:
    loaded = load_network(tiny_file)
    assert not loaded.training
    assert torch.equal(outputs(loaded), outputs(tiny))


def test_half_precision_is_half_as_large_and_nearly_the_same(tiny: MTGINet, tiny_file: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.safetensors"
    save_model(half, read_model(tiny_file), "float16")
    assert half.stat().st_size < 0.6 * tiny_file.stat().st_size
    assert (outputs(load_network(half)) - outputs(tiny)).abs().max() < 1e-2


def test_a_weight_too_large_for_half_precision_keeps_the_whole_file_in_single(tiny: MTGINet, tmp_path: Path) -> None:
    weights = {name: values.copy() for name, values in plain_weights(tiny).items()}
    variance = weights["encoder.bn1.running_var"]
    variance[0] = 1e5
    path = tmp_path / "large.safetensors"
    save_model(path, ModelFile(weights, WIDTH), "float16")
    read = read_model(path)
    assert read.metadata["dtype"] == "float32"
    assert all(np.array_equal(read.weights[name], values) for name, values in weights.items())


def test_the_ending_of_a_models_name_may_be_in_capitals(tiny_file: Path) -> None:
    renamed = tiny_file.rename(tiny_file.with_name("TINY.SAFETENSORS"))
    assert read_model(renamed).metadata["source"] == "a test"


@pytest.mark.parametrize("name", ["tiny.pth", "tiny.pt", "tiny"])
def test_a_model_is_known_by_what_it_holds_and_not_by_its_name(name: str, tiny_file: Path) -> None:
    renamed = tiny_file.rename(tiny_file.with_name(name))
    assert read_model(renamed).metadata["source"] == "a test"


@pytest.mark.parametrize("as_an_archive", [True, False])
def test_a_checkpoint_that_was_given_a_models_name_is_no_damaged_model(tmp_path: Path, as_an_archive: bool) -> None:
    path = tmp_path / "renamed.safetensors"
    torch.save({"weights": torch.zeros(3)}, path, _use_new_zipfile_serialization=as_an_archive)
    with pytest.raises(
        CheckpointError, match=r"renamed\.safetensors is no complete MTGINet checkpoint: its entries have other names"
    ):
        read_model(path)


def test_metadata_tells_architecture_source_and_hash(tiny_file: Path) -> None:
    metadata = read_model(tiny_file).metadata
    assert metadata["architecture"] == "mtginet"
    assert metadata["source"] == "a test"
    assert len(metadata["sha256"]) == 64


@pytest.mark.slow
def test_an_official_release_is_imported(tmp_path: Path) -> None:
    release, target = tmp_path / "official.pth", tmp_path / "imported.safetensors"
    checkpoint = official_checkpoint()
    torch.save(checkpoint, release)
    import_model(release, target, "float32")
    expected = translate(checkpoint["state_dict"])
    for name, weight in read_model(target).weights.items():
        assert np.array_equal(weight, expected[name])
    assert read_model(target).metadata["imported_from"] == "official.pth"


class Malice:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch '{self.target}'",)


def malicious(path: Path, tiny: MTGINet) -> None:
    path.write_bytes(pickle.dumps({"state_dict": Malice(path.with_name("harm"))}, protocol=2))


def malicious_zip(path: Path, tiny: MTGINet) -> None:
    torch.save({"state_dict": Malice(path.with_name("harm"))}, path)


def empty(path: Path, tiny: MTGINet) -> None:
    path.write_bytes(b"")


def text(path: Path, tiny: MTGINet) -> None:
    path.write_text("this is a recipe for soup")


def truncated(path: Path, tiny: MTGINet) -> None:
    torch.save({"state_dict": tiny.state_dict()}, path)
    path.write_bytes(path.read_bytes()[:-5000])


def foreign(path: Path, tiny: MTGINet) -> None:
    torch.save({"state_dict": {"backbone.weight": torch.zeros(3)}}, path)


def a_list(path: Path, tiny: MTGINet) -> None:
    torch.save([1, 2, 3], path)


def half_official(path: Path, tiny: MTGINet) -> None:
    torch.save({"state_dict": {"module.encoder.conv1.module.weight_bar": torch.zeros(32, 3, 3, 3)}}, path)


def half_a_run(path: Path, tiny: MTGINet) -> None:
    torch.save({"format": "matting-studio-training", "averaged": {}}, path)


REFUSED = [malicious, malicious_zip, empty, text, truncated, foreign, a_list, half_official, half_a_run]


@pytest.mark.parametrize("write", REFUSED, ids=lambda function: function.__name__)
def test_bad_checkpoints_are_refused_and_nothing_is_run_or_written(write, tiny: MTGINet, tmp_path: Path) -> None:
    path, target = tmp_path / "bad.pth", tmp_path / "out.safetensors"
    write(path, tiny)
    with pytest.raises(CheckpointError) as refusal:
        import_model(path, target)
    assert "bad.pth" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.pth"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no model file"):
        load_network(tmp_path / "nothing.pth")


def test_a_truncated_safetensors_file_is_refused(tiny_file: Path) -> None:
    tiny_file.write_bytes(tiny_file.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="damaged"):
        load_network(tiny_file)


def test_a_file_of_which_one_byte_changed_is_refused(tiny_file: Path) -> None:
    content = bytearray(tiny_file.read_bytes())
    content[-1000] ^= 1
    tiny_file.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        load_network(tiny_file)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda weights: weights.pop("trimap_head.bias"), "lacks trimap_head.bias"),
        (lambda weights: weights.update(extra=np.zeros(1, np.float32)), "unknown entry extra"),
        (
            lambda weights: weights.update({"trimap_head.bias": np.zeros(4, np.float32)}),
            "another shape for trimap_head.bias",
        ),
        (lambda weights: weights["trimap_head.bias"].fill(np.nan), "not finite"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(change, sentence: str, tiny: MTGINet, tmp_path: Path) -> None:
    weights = {name: values.copy() for name, values in plain_weights(tiny).items()}
    change(weights)
    path = tmp_path / "odd.safetensors"
    save_file(weights, path, {"architecture": "mtginet", "width": str(WIDTH)})
    with pytest.raises(CheckpointError, match=sentence):
        load_network(path)


@pytest.mark.parametrize("width", ["wide", "nan", "-1", "1e9"])
def test_an_impossible_width_is_refused(width: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    save_file({"weight": np.zeros(1, np.float32)}, path, {"architecture": "mtginet", "width": width})
    with pytest.raises(CheckpointError, match="which no network has"):
        load_network(path)


def test_another_architecture_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": np.zeros(1, np.float32)}, path, {"architecture": "u2net"})
    with pytest.raises(CheckpointError, match="u2net"):
        load_network(path)


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CheckpointError, match=r"cannot be read \(Permission denied\): make it readable"):
        load_network(path)
