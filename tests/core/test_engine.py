"""Every engine computes what the network computes, in its precision, for any size, type and number of pictures."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from lively_norms import with_lively_norms
from numpy.typing import NDArray

from core.checkpoint import ModelFile, build_network, plain_weights, read_model, shipped_model
from core.device import CPU, Device, pick_device
from core.engine import Engine, make_engine
from core.engine.openvino_engine import OpenVinoEngine
from core.engine.torch_engine import TorchEngine
from core.image_io import read_photo
from core.network import MTGINet
from core.normalisation import normalise

WIDTH = 0.125
SAMPLE = Path(__file__).parents[2] / "resources/sample/portrait.jpg"
PHOTOS = Path(__file__).parents[3] / "shared/data/validation/real/image"

Pictures = NDArray[np.uint8]


def random_network(width: float = WIDTH) -> MTGINet:
    """Untrained, but with norms that do something."""
    torch.manual_seed(7)
    return with_lively_norms(MTGINet(width))


@pytest.fixture(scope="module")
def model() -> ModelFile:
    return ModelFile(plain_weights(random_network()), WIDTH)


def picture(height: int, width: int, seed: int = 0) -> Pictures:
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 4, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def truth(network: MTGINet, image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Alpha and trimap logits by the network itself, with nothing folded, in float32."""
    with torch.inference_mode():
        out = network(normalise(torch.from_numpy(image.copy()).permute(2, 0, 1)[None]))
    return out.alpha[0, 0].numpy(), out.trimap_logits[0].numpy()


EXACT: list[Callable[[ModelFile], Engine]] = [
    lambda model: OpenVinoEngine(model.weights, "float32"),
    lambda model: TorchEngine(build_network(model), CPU, torch.float32),
]
REDUCED: list[Callable[[ModelFile], Engine]] = [
    lambda model: OpenVinoEngine(model.weights, "bfloat16"),
    lambda model: TorchEngine(build_network(model), CPU, torch.bfloat16),
]
NAMES = ["OpenVINO", "PyTorch"]


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
def test_in_float32_the_network_itself_is_computed_at_any_size(make, model: ModelFile) -> None:
    engine = make(model)
    for height, width in [(64, 96), (160, 32), (32, 32), (64, 96)]:
        image = picture(height, width)
        alpha, logits = truth(build_network(model), image)
        raw = engine.run(image)
        assert raw.alpha.dtype == raw.trimap_logits.dtype == np.float32
        assert np.abs(raw.alpha - alpha).max() < 1e-4
        assert np.abs(raw.trimap_logits - logits).max() < 1e-3


@pytest.mark.parametrize("make", REDUCED, ids=NAMES)
def test_in_bfloat16_alpha_is_nearly_the_same(make, model: ModelFile) -> None:
    image = picture(128, 96)
    difference = np.abs(make(model).run(image).alpha - truth(build_network(model), image)[0])
    assert difference.mean() < 0.004
    assert np.quantile(difference, 0.999) < 0.05


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
def test_the_type_of_the_samples_does_not_matter(make, model: ModelFile) -> None:
    engine, image = make(model), picture(64, 64)
    alpha = engine.run(image).alpha
    for other in (image.astype(np.uint16) * 257, image.astype(np.float32) / 255, image.astype(np.float64) / 255):
        assert np.abs(engine.run(other).alpha - alpha).max() < 1e-4


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
def test_a_batch_is_its_pictures_one_by_one(make, model: ModelFile) -> None:
    engine, images = make(model), [picture(64, 32, seed) for seed in range(3)]
    together = engine.run_batch(images)
    assert len(together) == 3
    for raw, image in zip(together, images, strict=True):
        assert np.abs(raw.alpha - engine.run(image).alpha).max() < 1e-5
    assert engine.run_batch([]) == []


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
def test_results_are_the_callers_own(make, model: ModelFile) -> None:
    engine = make(model)
    first = engine.run(picture(64, 64, 1))
    kept = first.alpha.copy()
    engine.run(picture(64, 64, 2))
    assert (first.alpha == kept).all()


@pytest.mark.parametrize("make", EXACT, ids=NAMES)
@pytest.mark.parametrize("shape", [(60, 64, 3), (64, 33, 3), (64, 64), (64, 64, 4), (0, 64, 3)])
def test_a_size_that_does_not_fit_is_refused(make, model: ModelFile, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        make(model).run(np.zeros(shape, np.uint8))


def test_the_cpu_is_run_by_openvino_and_says_so(model: ModelFile) -> None:
    engine = make_engine(model, CPU)
    assert engine.device == CPU
    assert engine.description in {"CPU · OpenVINO bfloat16", "CPU · OpenVINO float32"}


def test_without_openvino_pytorch_runs_the_cpu(model: ModelFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.engine.choice.openvino_is_there", lambda: False)
    engine = make_engine(model, torch.device("cpu"))
    assert engine.description.startswith("CPU · PyTorch")
    assert engine.run(picture(32, 32)).alpha.shape == (32, 32)


NO_ROOM = [
    "MPS backend out of memory (MPS allocated: 9.05 GB, other allocations: 1.2 GB, max allowed: 9.07 GB)",
    "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate",
    "CUDA error: out of memory",
]


@pytest.mark.parametrize("words", NO_ROOM)
def test_a_device_without_room_says_so_whatever_pytorch_calls_it(
    words: str, model: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_network: MTGINet, _images: torch.Tensor) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(MTGINet, "infer", fail)
    with pytest.raises(MemoryError):
        TorchEngine(build_network(model), CPU).run(picture(32, 32))


def test_a_defect_is_no_lack_of_room(model: ModelFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_network: MTGINet, _images: torch.Tensor) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(MTGINet, "infer", fail)
    with pytest.raises(RuntimeError, match="mat1"):
        TorchEngine(build_network(model), CPU).run(picture(32, 32))


def photos() -> list[Path]:
    return [SAMPLE, *(sorted(PHOTOS.iterdir())[:60:6] if PHOTOS.is_dir() else [])]


@pytest.mark.slow
def test_the_shipped_model_keeps_its_accuracy_in_the_fastest_precision(shipped: dict[str, Engine]) -> None:
    differences = []
    for path in photos():
        image = at_working_size(read_photo(path).image)
        exact = shipped["float32"].run(image).alpha
        differences.append(np.abs(shipped["fastest"].run(image).alpha - exact))
        assert differences[-1].mean() < 0.004
        # Two of the 123 validation photos are above 0.05, by up to 0.012: there the model itself is of two minds.
        assert np.quantile(differences[-1], 0.999) < 0.1
        if path == SAMPLE:
            assert np.abs(exact - truth(build_network(read_model(shipped_model())), image)[0]).max() < 1e-4
    assert np.quantile(np.concatenate([each.ravel() for each in differences]), 0.999) < 0.05


def at_working_size(photo: NDArray[np.generic]) -> Pictures:
    scale = 352 / max(photo.shape[:2])  # the model's own working size
    size = [max(32, round(side * scale / 32) * 32) for side in photo.shape[1::-1]]
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Engine]:
    weights = read_model(shipped_model()).weights
    return {"float32": OpenVinoEngine(weights, "float32"), "fastest": OpenVinoEngine(weights)}


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("count", [1, 3, 40])
def test_cuda_computes_the_network_too(dtype: torch.dtype, count: int, model: ModelFile) -> None:
    from core.engine.cuda_engine import CudaEngine  # noqa: PLC0415 - needs CUDA

    engine = CudaEngine(build_network(model), pick_device("cuda"), dtype)
    images = [picture(96, 64, seed) for seed in range(count)]
    for _ in range(2):  # captured, then replayed
        for raw, image in zip(engine.run_batch(images), images, strict=True):
            alpha, _logits = truth(build_network(model), image)
            difference = np.abs(raw.alpha - alpha)
            assert difference.mean() < (1e-3 if dtype == torch.float32 else 0.004)  # TF32 products
            assert np.quantile(difference, 0.999) < 0.05


@pytest.mark.gpu
def test_cuda_goes_through_more_shapes_than_it_keeps(model: ModelFile) -> None:
    from core.engine.cuda_engine import MOST_GRAPHS, CudaEngine  # noqa: PLC0415 - needs CUDA

    engine = CudaEngine(build_network(model), Device("cuda"), torch.float32)
    for number in [*range(1, MOST_GRAPHS + 3), 1]:
        image = picture(32 * number, 32, number)
        assert np.abs(engine.run(image).alpha - truth(build_network(model), image)[0]).mean() < 1e-3


@pytest.mark.gpu
def test_cuda_without_room_says_so_and_works_again(model: ModelFile) -> None:
    engine = make_engine(model, Device("cuda"))
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(3e7 / total)
    try:
        with pytest.raises(MemoryError):
            engine.run(picture(2048, 2048))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert engine.run(picture(64, 64)).alpha.shape == (64, 64)
