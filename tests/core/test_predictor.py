"""Photos of any size and depth come back as mattes of their own size, on the device that was asked for."""

import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.checkpoint import ModelFile, plain_weights, save_model
from core.device import CPU, Device, pick_device
from core.engine import DetailEngine, Engine, RawMatte, make_detail_engine, make_engine
from core.engine.openvino_engine import OpenVinoEngine
from core.engine.torch_engine import TorchEngine
from core.errors import DeviceError
from core.memory_plan import BASE_BYTES, SMALLEST_SIZE_PX, Limit, Result, Room, Size
from core.network import MTGINet
from core.normalisation import normalise
from core.predictor import MattingPredictor, fit
from core.working_size import Quality

WIDTH = 0.125


def tiny() -> MTGINet:
    torch.manual_seed(5)
    return MTGINet(WIDTH).eval().requires_grad_(False)


@pytest.fixture
def predictor() -> MattingPredictor:
    return MattingPredictor(tiny(), CPU, size_px=128)


def photo(height: int, width: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.dstack([rows * 255 // height, columns * 255 // width, (rows + columns) % 256]).astype(np.uint8)


@pytest.mark.parametrize(("height", "width"), [(128, 128), (301, 203), (97, 640), (40, 33), (1, 1), (2000, 3)])
def test_a_matte_has_the_size_of_its_photo(predictor: MattingPredictor, height: int, width: int) -> None:
    matte = predictor.predict(photo(height, width))
    assert matte.alpha.shape == matte.trimap.shape == (height, width)
    assert matte.alpha.dtype == np.float32
    assert matte.alpha.min() >= 0
    assert matte.alpha.max() <= 1
    assert set(np.unique(matte.trimap)) <= {0, 128, 255}
    assert matte.warnings == ()


def test_the_proportions_are_kept_and_the_rest_is_padding() -> None:
    fitted, used = fit(photo(300, 200), 120)
    assert used == (120, 80)
    assert fitted.shape == (128, 96, 3)
    assert (fitted[120:] == fitted[119]).all()
    assert (fitted[:, 80:] == fitted[:, 79:80]).all()


def test_at_the_working_size_the_alpha_is_the_networks_own(predictor: MattingPredictor) -> None:
    predictor.engine = OpenVinoEngine(plain_weights(tiny()), "float32")
    image = photo(128, 96)
    with torch.inference_mode():
        expected = tiny()(normalise(torch.from_numpy(image).permute(2, 0, 1)[None])).alpha[0, 0].numpy()
    assert np.abs(predictor.predict(image).alpha - expected).max() < 1e-4


def test_the_depth_of_the_samples_does_not_matter(predictor: MattingPredictor) -> None:
    image = photo(128, 96)
    alpha = predictor.predict(image).alpha
    assert np.abs(predictor.predict(image.astype(np.uint16) * 257).alpha - alpha).max() < 2e-2
    assert np.abs(predictor.predict(image.astype(np.float32) / 255).alpha - alpha).max() < 2e-2


def test_what_is_no_picture_is_refused(predictor: MattingPredictor) -> None:
    with pytest.raises(ValueError, match="height, width, 3"):
        predictor.predict(np.zeros((4, 4), np.uint8))


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.int8, np.uint32, bool, object, np.complex64])
def test_samples_of_another_kind_are_refused(predictor: MattingPredictor, kind: type) -> None:
    with pytest.raises(ValueError, match="uint8, uint16 or floats"):
        predictor.predict(photo(40, 30).astype(kind))


@pytest.mark.parametrize("wrong", [255.0, -2.0, np.nan, np.inf])
def test_floats_outside_of_0_to_1_are_refused(predictor: MattingPredictor, wrong: float) -> None:
    image = photo(40, 30).astype(np.float32) / 255
    image[3, 4, 1] = wrong
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        predictor.predict(image)


def test_neither_the_byte_order_nor_the_width_of_floats_matters(predictor: MattingPredictor) -> None:
    deep = photo(128, 96).astype(np.uint16) * 257
    assert np.array_equal(predictor.predict(deep.astype(">u2")).alpha, predictor.predict(deep).alpha)
    single = photo(128, 96).astype(np.float32) / 255
    assert np.array_equal(predictor.predict(single.astype(">f8")).alpha, predictor.predict(single).alpha)


@pytest.mark.parametrize("size_px", [0, -5])
def test_a_working_size_that_is_none_is_refused(size_px: int) -> None:
    with pytest.raises(ValueError, match="at least 1 px"):
        MattingPredictor(tiny(), CPU, size_px=size_px)


def test_a_model_file_tells_its_working_size(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, ModelFile(plain_weights(tiny()), WIDTH, {"size_px": "192"}))
    assert MattingPredictor.from_checkpoint(path, "cpu").size_px == 192
    assert MattingPredictor.from_checkpoint(path, "cpu", size_px=256).size_px == 256


def test_a_quality_is_made_of_the_models_own_size(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, ModelFile(plain_weights(tiny()), WIDTH, {"size_px": "192"}))
    fast, best = (MattingPredictor.from_checkpoint(path, "cpu", quality=each) for each in (Quality.FAST, Quality.BEST))
    assert (fast.size_px, best.size_px) == (128, 192)
    assert best.closest > fast.closest > 1


class CrampedEngine(OpenVinoEngine):
    """Has room for pictures up to a number of pixels."""

    room = 0

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        if image.shape[0] * image.shape[1] > self.room:
            raise MemoryError
        return super().run(image)


def cramped(room: int) -> MattingPredictor:
    predictor = MattingPredictor(tiny(), CPU, size_px=512)
    predictor.engine = CrampedEngine(plain_weights(tiny()))
    predictor.engine.room = room
    return predictor


def test_too_little_memory_means_a_smaller_size_and_a_warning() -> None:
    matte = cramped(room=400 * 400).predict(photo(512, 512))
    assert matte.alpha.shape == (512, 512)
    (warning,) = matte.warnings
    assert "instead of 512 px" in warning


def test_what_an_attempt_held_is_free_before_the_next_one(predictor: MattingPredictor) -> None:
    held: list[weakref.ref[NDArray[np.generic]]] = []

    class Failing(OpenVinoEngine):
        def run(self, image: NDArray[np.generic]) -> RawMatte:
            activations = image.copy()
            assert [each() for each in held] == [None] * len(held)
            held.append(weakref.ref(activations))
            # As PyTorch's errors become the engines' own.
            try:
                raise RuntimeError("out of memory")
            except RuntimeError as error:
                raise MemoryError from error

    predictor.engine = Failing(plain_weights(tiny()))
    predictor.size_px = 512
    with pytest.raises(DeviceError):
        predictor.predict(photo(512, 512))
    assert len(held) > 1


def test_no_memory_at_all_is_an_error() -> None:
    with pytest.raises(DeviceError, match="too little memory"):
        cramped(room=(SMALLEST_SIZE_PX - 32) ** 2).predict(photo(512, 512))


class Accelerator:
    """PyTorch on the CPU, by the name of a GPU."""

    device, description, at_once = Device("cuda"), "a GPU", 1

    def __init__(self, network: MTGINet) -> None:
        self._engine = TorchEngine(network, CPU, torch.float32)
        self.runs = 0

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        self.runs += 1
        return self._engine.run(image)

    def run_batch(self, images: Sequence[NDArray[np.generic]]) -> list[RawMatte]:
        return [self.run(image) for image in images]


@pytest.fixture
def free_on_gpu(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes that a GPU has free; `cuda` is such a GPU."""
    free_bytes = [10**10]

    def engine(model: ModelFile | MTGINet, device: Device) -> Engine:
        if device == CPU:
            return make_engine(model, device)
        assert isinstance(model, MTGINet)
        return Accelerator(model)

    monkeypatch.setattr("core.predictor.make_engine", engine)
    monkeypatch.setattr("core.predictor.free_room", lambda *_: Room(None, free_bytes[0]))
    return free_bytes


def test_a_photo_that_a_gpu_has_no_room_for_takes_none_of_the_next_ones_along(free_on_gpu: list[int]) -> None:
    predictor, image = MattingPredictor(tiny(), Device("cuda"), size_px=128), photo(128, 96)
    roomy = predictor.predict(image)
    free_on_gpu[0] = 1000
    short = [predictor.predict(image) for _ in range(2)]
    gpu = predictor.engine
    assert isinstance(gpu, Accelerator)
    assert gpu.runs == 1
    for matte in short:
        assert matte.warnings == ("Memory is short: the matte was made on the CPU.",)
        assert np.abs(matte.alpha - roomy.alpha).max() < 2e-2
    free_on_gpu[0] = 10**10
    assert predictor.predict(image).warnings == ()
    assert gpu.runs == 2


@pytest.mark.parametrize("name", ["cuda", "cuda:7", "mps", "tpu", "meta", "cpu:3", "mps:1"])
def test_a_device_that_is_missing_is_an_error(name: str) -> None:
    if (name == "cuda" and torch.cuda.is_available()) or (name == "mps" and torch.backends.mps.is_available()):
        pytest.skip(f"this machine has {name}")
    with pytest.raises(DeviceError):
        pick_device(name)


def test_auto_is_the_best_there_is() -> None:
    best = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert pick_device("auto").type == best


@pytest.mark.gpu
def test_on_cuda_a_photo_has_the_matte_that_it_has_on_the_cpu() -> None:
    image = photo(500, 400)
    on_cpu = MattingPredictor(tiny(), CPU, size_px=256).predict(image)
    on_gpu = MattingPredictor(tiny(), pick_device("cuda"), size_px=256)
    assert np.abs(on_gpu.predict(image).alpha - on_cpu.alpha).mean() < 0.01


@pytest.mark.gpu
def test_cuda_out_of_memory_falls_back_to_smaller_then_to_the_cpu() -> None:
    predictor = MattingPredictor(tiny(), pick_device("cuda"), size_px=512)
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(2e7 / total)
    try:
        matte = predictor.predict(photo(512, 512))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert matte.alpha.shape == (512, 512)
    assert matte.warnings


class Finding(OpenVinoEngine):
    """Sees a person in what is bright, at any size, and keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__(plain_weights(tiny()))
        self.shown: list[tuple[int, ...]] = []

    def run(self, image: NDArray[np.generic]) -> RawMatte:
        self.shown.append(image.shape)
        alpha = (image[..., 0] > 100).astype(np.float32)
        cells = alpha.reshape(alpha.shape[0] // 16, 16, -1, 16).max(axis=(1, 3))
        return RawMatte(alpha, np.stack([1 - cells, np.full_like(cells, 0.4), cells]))


def small_person(height: int, width: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    rows, columns = np.mgrid[0:height, 0:width]
    is_person = np.hypot(rows - 0.7 * height, columns - 0.3 * width) < 0.1 * height
    return np.where(is_person[..., None], [220, 180, 160], [40, 60, 50]).astype(np.uint8), is_person


def test_who_is_small_is_looked_at_again_from_nearer_and_found_in_place(predictor: MattingPredictor) -> None:
    engine = predictor.engine = Finding()
    image, is_person = small_person(800, 600)
    matte = predictor.predict(image)
    assert engine.shown == [(128, 96, 3)] * 2  # in the proportions of the photo
    # One pixel of the first look is six of the photo's; of the second, two and a half.
    wrong = np.abs(matte.alpha - is_person)
    assert (matte.alpha > 0.5).sum() == pytest.approx(is_person.sum(), rel=0.05)
    assert wrong.sum() < 0.06 * is_person.sum()
    assert (matte.trimap[is_person] == 255).all()
    assert (matte.trimap[:300] == 0).all()


def test_who_stands_apart_is_looked_at_alone_and_put_together(predictor: MattingPredictor) -> None:
    engine = predictor.engine = Finding()
    image, is_person = small_person(600, 800)
    image, is_person = np.maximum(image, image[:, ::-1]), is_person | is_person[:, ::-1]
    told: list[float] = []
    matte = predictor.predict(image, on_progress=told.append)
    assert engine.shown == [(96, 128, 3)] * 3
    assert (matte.alpha > 0.5).sum() == pytest.approx(is_person.sum(), rel=0.05)
    assert np.abs(matte.alpha - is_person).sum() < 0.06 * is_person.sum()
    assert (matte.trimap[is_person] == 255).all()
    assert (matte.trimap[:200] == 0).all()
    assert told == sorted(told)


@pytest.mark.parametrize("size", [(140, 105), (800, 600)])
def test_who_fills_the_photo_or_has_no_more_pixels_is_looked_at_once(
    predictor: MattingPredictor, size: tuple[int, int]
) -> None:
    engine = predictor.engine = Finding()
    image, _ = small_person(*size)
    if size[0] > 140:
        image[100:700, 100:500] = 200
    predictor.predict(image)
    assert len(engine.shown) == 1


def test_a_second_look_runs_the_network_along_the_outline_and_can_be_stopped() -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        raise StoppedError

    image = photo(400, 300)
    plain = MattingPredictor(tiny(), size_px=96).predict(image)
    seen: list[float] = []
    nearer = MattingPredictor(tiny(), size_px=96, closest=2)
    matte = nearer.predict(image, on_progress=seen.append)
    assert seen[-1] == 1
    assert len(seen) > 1
    assert np.abs(matte.alpha - plain.alpha).max() > 0
    assert (matte.trimap == plain.trimap).all()
    with pytest.raises(StoppedError):
        nearer.predict(image, should_stop=stop)


def test_a_limit_that_a_photo_cannot_keep_is_an_error_before_any_work() -> None:
    predictor = MattingPredictor(tiny(), size_px=96, memory_limit_bytes=100_000_000)
    with pytest.raises(DeviceError, match=r"limit is 0\.1 GB: raise it"):
        predictor.predict(photo(96, 96))


def test_a_limit_can_be_given_for_one_photo_and_counts_what_else_is_held() -> None:
    predictor, image = MattingPredictor(tiny(), size_px=96), photo(96, 96)
    limit = Limit(BASE_BYTES + 200_000_000)
    assert predictor.predict(image, limit=limit).warnings == ()
    with pytest.raises(DeviceError, match=r"other photos take 0\.2 GB, and the limit is 0\.7 GB"):
        predictor.predict(image, limit=replace(limit, taken_bytes=200_000_000))
    assert predictor.predict(image).warnings == ()


def test_what_else_is_held_counts_without_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.memory_room.free_for_process", lambda: BASE_BYTES + 200_000_000)
    predictor, image = MattingPredictor(tiny(), size_px=320), photo(320, 320)
    assert predictor.predict(image).warnings == ()
    (warning,) = predictor.predict(image, limit=Limit(taken_bytes=145_000_000)).warnings
    assert "256 px instead of 320 px" in warning


def test_what_a_photo_takes_within_a_limit_is_told_before_it_is_read() -> None:
    predictor, size = MattingPredictor(tiny(), size_px=320, closest=3), Size(1000, 1000, 1)
    roomy, short = Limit(10**10), Limit(BASE_BYTES + 90_000_000)
    assert predictor.expected_bytes(size, short) <= short.total_bytes < predictor.expected_bytes(size, roomy)
    more = predictor.expected_bytes(size, roomy, Result.COMPOSITE) - predictor.expected_bytes(size, roomy)
    assert more == size.pixels * (Result.COMPOSITE.bytes_per_px(1) - Result.MATTE.bytes_per_px(1))
    assert predictor.expected_bytes(Size(30_000, 30_000, 1), short) > short.total_bytes


def test_a_limit_that_is_short_costs_the_second_look_first() -> None:
    roomy = MattingPredictor(tiny(), size_px=320, closest=3)
    assert roomy.predict(photo(1000, 1000)).warnings == ()
    short = MattingPredictor(tiny(), size_px=320, closest=3, memory_limit_bytes=BASE_BYTES + 90_000_000)
    matte = short.predict(photo(1000, 1000))
    assert matte.warnings == ("Memory is short: the matte was made without a second look.",)


def disc(height: int, width: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A picture with a bright disc on the left, and an alpha that knows where its edge is to some pixels only."""
    rows, columns = np.mgrid[0:height, 0:width]
    from_middle = np.hypot(rows - height / 2, columns - height / 2)
    image = np.where((from_middle < height / 4)[..., None], [220, 180, 160], [40, 60, 50]).astype(np.uint8)
    return image, np.clip((height / 4 + 6 - from_middle) / 12, 0, 1).astype(np.float32)


def test_a_part_looked_at_more_closely_changes_along_its_transition_only() -> None:
    predictor = MattingPredictor(tiny(), CPU, size_px=128, closest=2)
    image, alpha = disc(200, 500)
    detail = predictor.detail
    assert detail is not None
    tiles = []

    class Listening:
        device, at_once = CPU, 1

        def refine(self, pictures: list, alphas: list) -> list:
            tiles.extend(each.shape for each in alphas)
            return detail.refine(pictures, alphas)

    predictor.detail = Listening()
    closer = predictor.look_closer(image, alpha, 2.0)
    assert closer.shape == alpha.shape
    assert (closer[:, 220:] == alpha[:, 220:]).all()
    assert np.abs(closer - alpha).max() > 0.1
    assert max(max(shape) for shape in tiles) <= 128  # no more memory than the network's own look takes


def test_where_a_gpu_has_no_room_for_a_part_the_cpu_looks(
    free_on_gpu: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        device, at_once = Device("cuda"), 8

        def refine(self, pictures: list, alphas: list) -> list:
            raise MemoryError

    def detail_engine(device: Device) -> DetailEngine:
        return make_detail_engine(CPU) if device == CPU else Full()

    image, alpha = disc(100, 150)
    on_cpu = MattingPredictor(tiny(), CPU, size_px=128, closest=2).look_closer(image, alpha, 2.0)
    monkeypatch.setattr("core.predictor.make_detail_engine", detail_engine)
    on_gpu = MattingPredictor(tiny(), Device("cuda"), size_px=128, closest=2)
    assert (on_gpu.look_closer(image, alpha, 2.0) == on_cpu).all()


def test_without_a_second_look_a_part_stays_as_it_is(predictor: MattingPredictor) -> None:
    image, alpha = disc(60, 80)
    assert predictor.look_closer(image, alpha, 2.0) is alpha
