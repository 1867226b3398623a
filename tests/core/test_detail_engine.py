"""The detail network: every engine computes it, for tiles of any type, and the shipped one refines an outline."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from lively_norms import with_lively_norms
from numpy.typing import NDArray

from core import checkpoint
from core.architecture import DETAIL_CERTAIN
from core.checkpoint import (
    Weights,
    detail_weights,
    floats_only,
    read_detail_weights,
    save_detail_weights,
    save_weights,
)
from core.detail import refine_detail
from core.device import CPU, Device
from core.engine import DetailEngine, make_detail_engine
from core.engine.openvino_detail import OpenVinoDetail
from core.engine.torch_detail import TorchDetail
from core.errors import CheckpointError
from core.network import detail
from core.normalisation import normalise

SHIPPED = Path(__file__).parents[2] / "resources/models/detail.safetensors"

EXACT: list[Callable[[Weights], DetailEngine]] = [
    lambda weights: OpenVinoDetail(weights, "float32"),
    lambda weights: TorchDetail(weights, CPU, torch.float32),
]
REDUCED: list[Callable[[Weights], DetailEngine]] = [
    lambda weights: OpenVinoDetail(weights, "bfloat16"),
    lambda weights: TorchDetail(weights, CPU, torch.bfloat16),
]
NAMES = ["OpenVINO", "PyTorch"]


@pytest.fixture(scope="module")
def network() -> detail.DetailNet:
    """Untrained, but with norms that do something."""
    torch.manual_seed(7)
    return with_lively_norms(detail.DetailNet())


@pytest.fixture(scope="module")
def weights(network: detail.DetailNet) -> Weights:
    return floats_only(network.state_dict())


def tile(height: int, width: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    colours, alpha = rng.integers(0, 256, (5, 4, 3), dtype=np.uint8), rng.random((4, 5), np.float32)
    picture = cv2.resize(colours, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    return picture, np.asarray(cv2.resize(alpha, (width, height)), np.float32)


def truth(network: detail.DetailNet, picture: NDArray[np.uint8], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    with torch.inference_mode():
        images = normalise(torch.from_numpy(picture.copy()).permute(2, 0, 1)[None])
        return network(images, torch.from_numpy(alpha)[None, None])[0, 0].numpy()


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
def test_in_float32_the_network_itself_is_computed_at_any_size(make, weights, network) -> None:
    engine = make(weights)
    for height, width in [(64, 96), (16, 160), (16, 16), (64, 96)]:
        picture, alpha = tile(height, width)
        (refined,) = engine.refine([picture], [alpha])
        assert refined.dtype == np.float32
        assert np.abs(refined - truth(network, picture, alpha)).max() < 1e-4


@pytest.mark.parametrize("make", REDUCED, ids=NAMES)
def test_in_bfloat16_alpha_is_nearly_the_same(make, weights, network) -> None:
    picture, alpha = tile(128, 96)
    difference = np.abs(make(weights).refine([picture], [alpha])[0] - truth(network, picture, alpha))
    assert difference.mean() < 0.004
    assert np.quantile(difference, 0.999) < 0.05


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
def test_several_tiles_of_any_type_are_refined_one_by_one(make, weights, network) -> None:
    engine, tiles = make(weights), [tile(32, 48, seed) for seed in range(3)]
    expected = [truth(network, *each) for each in tiles]
    pictures, alphas = zip(*tiles, strict=True)
    for kind in (np.uint8, np.uint16, np.float32):
        scale = {np.uint8: 1, np.uint16: 257, np.float32: np.float32(1 / 255)}[kind]
        refined = engine.refine([picture.astype(kind) * kind(scale) for picture in pictures], alphas)
        assert len(refined) == 3
        for one, other in zip(refined, expected, strict=True):
            assert np.abs(one - other).max() < 1e-4
    assert engine.refine([], []) == []


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
@pytest.mark.parametrize("shape", [(60, 64), (64, 24), (0, 64)])
def test_a_size_that_does_not_fit_is_refused(make, weights, shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        make(weights).refine([np.zeros((*shape, 3), np.uint8)], [np.zeros(shape, np.float32)])
    with pytest.raises(ValueError, match="does not fit"):
        make(weights).refine([np.zeros((64, 64, 3), np.uint8)], [np.zeros((32, 64), np.float32)])


def test_both_say_alike_what_a_certain_alpha_starts_from() -> None:
    assert detail.CERTAIN == DETAIL_CERTAIN


def test_the_shipped_network_makes_a_blurred_outline_sharp_on_every_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    true = np.zeros((448, 448), np.float32)
    cv2.ellipse(true, (224, 200), (90, 120), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    cv2.ellipse(true, (224, 470), (190, 160), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    image = np.rint(true[..., None] * (150, 110, 90) + (1 - true[..., None]) * (60, 90, 140)).astype(np.uint8)
    coarse = cv2.GaussianBlur(cv2.resize(true, (224, 224), interpolation=cv2.INTER_AREA), (0, 0), 2.5)
    guided = np.abs(refine_detail(image, coarse, None) - true).mean()
    for is_there in (True, False):
        monkeypatch.setattr("core.engine.choice.openvino_is_there", lambda is_there=is_there: is_there)
        refined = refine_detail(image, coarse, make_detail_engine(CPU))
        assert np.abs(refined - true).mean() < guided / 2


def test_the_weights_come_back_as_they_were_kept(weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    path = tmp_path / "models" / "detail.safetensors"
    monkeypatch.setattr(checkpoint.resources, "files", lambda package: tmp_path)
    with pytest.raises(CheckpointError, match="missing or damaged: install the program again"):
        detail_weights()
    save_detail_weights(path, weights, {"step": "3"})
    read = detail_weights()
    assert read.keys() == weights.keys()
    assert all(np.abs(read[name] - weights[name]).max() < 1e-2 for name in weights)
    content = bytearray(path.read_bytes())
    content[-1] ^= 0x40
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="is damaged: install the program again"):
        detail_weights()
    path.write_bytes(content[:1000])
    with pytest.raises(CheckpointError, match="missing or damaged"):
        detail_weights()


def test_weights_of_former_layers_are_refused_and_not_half_taken(weights, tmp_path: Path) -> None:
    former = tmp_path / "detail.safetensors"
    save_weights(former, weights, {"architecture": "detail"}, "float16")
    with pytest.raises(CheckpointError, match="does not hold the detail network: choose another"):
        read_detail_weights(former, remedy="choose another")


def test_a_detail_network_is_no_model() -> None:
    with pytest.raises(CheckpointError, match="holds the network detail-2, which is not MTGINet"):
        checkpoint.read_model(SHIPPED)


@pytest.mark.gpu
def test_cuda_computes_it_too(weights, network) -> None:
    engine = TorchDetail(weights, Device("cuda"))
    tiles = [tile(64, 96, seed) for seed in range(11)]
    pictures, alphas = zip(*tiles, strict=True)
    for refined, each in zip(engine.refine(pictures, alphas), tiles, strict=True):
        assert np.abs(refined - truth(network, *each)).mean() < 0.004


def test_a_device_without_room_for_a_tile_says_so_whatever_pytorch_calls_it(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: torch.Tensor) -> None:
        raise RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB, max allowed: 9.07 GB)")

    monkeypatch.setattr(detail.DetailNet, "forward", fail)
    picture, alpha = tile(32, 32)
    with pytest.raises(MemoryError):
        TorchDetail(weights, CPU).refine([picture], [alpha])
