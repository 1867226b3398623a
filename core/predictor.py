"""A photo in, its matte out: the network's size, its padding and its device are nobody else's concern."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.architecture import DETAIL_TILE_PX, STRIDE
from core.causes import let_go
from core.checkpoint import ModelFile, plain_weights, read_model, shipped_model
from core.detail import go_on, looked_over, refine_detail, tell_share, unheard
from core.device import CPU, Device, DeviceLike, named_device, pick_device
from core.engine import DetailEngine, Engine, RawMatte, make_detail_engine, make_engine
from core.errors import DeviceError
from core.memory_plan import Limit, Result, Room, Size, Work, ever_less, given_up, plan_memory, within
from core.memory_room import free_room
from core.people import looks_from_nearer
from core.strays import without_strays
from core.trimap import BACKGROUND, trimap_from_logits
from core.unit_interval import OVERSHOOT, check_unit_interval
from core.working_size import Quality, effort

if TYPE_CHECKING:
    from core.network import MTGINet

Samples = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]

DEFAULT_SIZE_PX = 512


@dataclass(frozen=True)
class Matte:
    """What the network says of a photo, at the photo's own size."""

    alpha: NDArray[np.float32]
    """(H, W) in [0, 1]."""
    trimap: NDArray[np.uint8]
    """(H, W): 0 background, 128 unknown, 255 foreground."""
    warnings: tuple[str, ...] = ()
    """Sentences for the user, such as that memory allowed a smaller working size only."""


class Engines(NamedTuple):
    engine: Engine
    detail: DetailEngine | None
    """None is no second look."""


class MattingPredictor:
    """A network on a device, and how photos are brought to it.

    `size_px` is the working size: photos are scaled so that their longer side has it. `closest` is how many times
    larger the detail network sees their outlines at most, in a second look (`core.detail`); 1 is no second look.
    `memory_limit_bytes` is what the process may hold for one photo; by default, most of what is free. A network that is
    given belongs to the predictor from then on. Raises ValueError where the working size is none.
    """

    def __init__(
        self,
        model: "ModelFile | MTGINet",
        device: DeviceLike = CPU,
        size_px: int = DEFAULT_SIZE_PX,
        closest: float = 1.0,
        *,
        memory_limit_bytes: int | None = None,
    ) -> None:
        if size_px < 1:
            raise ValueError(f"A working size has at least 1 px, not {size_px}.")
        # Read before an engine folds the network's norms, in place.
        self._model_for_cpu = None if named_device(str(device)) == CPU else as_file(model)
        """For photos that the device has too little memory for."""
        self.engine = make_engine(model, device)
        self.detail = make_detail_engine(self.engine.device) if closest > 1 else None
        self.size_px = size_px
        self.closest = closest
        self.memory_limit_bytes = memory_limit_bytes

    @classmethod
    def from_checkpoint(
        cls,
        path: str | Path | None = None,
        device: str = "auto",
        size_px: int | None = None,
        quality: Quality = Quality.BALANCED,
        *,
        memory_limit_bytes: int | None = None,
    ) -> "MattingPredictor":
        """The model of a file, or the shipped one, on a device as `pick_device` understands it.

        `size_px` is by default what the model file recommends; `quality` says what is made of it. Raises
        CheckpointError and DeviceError.
        """
        picked = pick_device(device)
        model = read_model(shipped_model() if path is None else Path(path))
        recommended = int(model.metadata.get("size_px", DEFAULT_SIZE_PX))
        size_px, closest = effort(quality, size_px or recommended)
        return cls(model, picked, size_px, closest, memory_limit_bytes=memory_limit_bytes)

    @property
    def device(self) -> Device:
        return self.engine.device

    def predict(
        self,
        image: NDArray[np.generic],
        *,
        on_progress: Callable[[float], None] = unheard,
        should_stop: Callable[[], None] = go_on,
        result: Result = Result.MATTE,
        limit: Limit | None = None,
    ) -> Matte:
        """(H, W, 3) sRGB, uint8, uint16 or float in [0, 1] -> its matte, (H, W).

        `on_progress` is told the share of the second look that is done, 0 to 1; `should_stop` is called in between and
        raises to end the work. `result` is what is going to be made of the matte; it counts for the memory. `limit` is
        what the process may hold and what it holds beside the photo, in the place of the predictor's own limit.

        Where memory is short or runs out: a second look from further away or none, smaller working sizes, then the CPU,
        and a warning that says so. Raises DeviceError where even that fails or the limit cannot be kept, ValueError
        where the array is no picture.
        """
        samples = network_samples(image)
        wished = self._wished
        shortage: MemoryError | None = None
        limit = limit or Limit(self.memory_limit_bytes)
        for work in ever_less(self._planned(samples, wished, result, limit)):
            try:
                matte = self._predict_with(samples, work, on_progress, should_stop)
            except MemoryError as error:
                let_go(error)
                shortage = error
            else:
                return replace(matte, warnings=given_up(wished, work))
        raise DeviceError("There is too little memory for this photo: close other programs.") from shortage

    def look_closer(
        self,
        picture: NDArray[np.generic],
        alpha: NDArray[np.float32],
        factor: float,
        *,
        should_stop: Callable[[], None] = go_on,
    ) -> NDArray[np.float32]:
        """A second look at a part of a photo (h, w, 3), as large as it is: its alpha (h, w) -> the same with strands.

        `factor` is how many pixels it has for each of the working size, 1 or more. A predictor without a second look
        gives the alpha back. Where the device has no room for a tile the CPU looks. Raises MemoryError where that has
        none either.
        """
        if self.detail is None:
            return alpha

        def look(detail: DetailEngine) -> NDArray[np.float32]:
            # Tiles no larger than the working size take no more memory than the network's own look at the part.
            tile_px = min(DETAIL_TILE_PX, max(STRIDE, self.size_px // STRIDE * STRIDE))
            return looked_over(
                picture, alpha, detail, factor, tile_px=tile_px, tiles_at_once=1, should_stop=should_stop
            )

        try:
            return look(self.detail)
        except MemoryError as error:
            on_cpu = None if self._model_for_cpu is None else self._engines_on_cpu.detail
            if on_cpu is None:
                raise
            let_go(error)
        return look(on_cpu)

    def expected_bytes(self, photo: Size, limit: Limit, result: Result = Result.MATTE) -> int:
        """The most of the machine's memory that the process holds for a photo within a limit, with nothing beside it.

        It is more than the limit leaves where nothing keeps it, and `predict` would refuse.
        """
        return plan_memory(photo, self._wished, Room(limit.left_bytes), result).expected_bytes

    @property
    def _wished(self) -> Work:
        """What is done with memory without end."""
        tiles_at_once = 1 if self.detail is None else self.detail.at_once
        return Work(self.size_px, self.closest, tiles_at_once, on_cpu=self._model_for_cpu is None)

    def _engines(self, work: Work) -> Engines:
        if work.on_cpu and self._model_for_cpu is not None:
            return self._engines_on_cpu
        return Engines(self.engine, self.detail)

    @cached_property
    def _engines_on_cpu(self) -> Engines:
        """Beside those of the accelerator, to which the next photo goes again."""
        assert self._model_for_cpu is not None
        return Engines(make_engine(self._model_for_cpu, CPU), None if self.detail is None else make_detail_engine(CPU))

    def _planned(self, image: Samples, wished: Work, result: Result, limit: Limit) -> Work:
        """What there seems to be room for. Raises DeviceError where a limit is set and nothing keeps it."""
        height, width = image.shape[:2]
        plan = plan_memory(Size(height, width, image.itemsize), wished, free_room(self.device, limit), result)
        if limit.total_bytes is not None and not plan.fits and not within(plan.expected_bytes, limit.left_bytes):
            taken_gb = round(limit.taken_bytes / 1e9, 1)
            taken = f", other photos take {taken_gb} GB" if taken_gb else ""
            raise DeviceError(
                f"This photo of {width} × {height} px takes {plan.expected_bytes / 1e9:.1f} GB of memory{taken}, and "
                f"the limit is {limit.total_bytes / 1e9:.1f} GB: raise it, or make the photo smaller."
            )
        # An estimate alone is no reason to refuse.
        return plan.work if plan.fits else wished

    def _predict_with(
        self, image: Samples, work: Work, on_progress: Callable[[float], None], should_stop: Callable[[], None]
    ) -> Matte:
        """The matte made in one way, without the way out of `predict`."""
        engines = self._engines(work)
        full = image.shape[0], image.shape[1]
        first = seen(image, work.size_px, engines.engine)
        should_stop()
        looks = looks_from_nearer(first.alpha, full, work.size_px)
        if not looks:
            return with_strands(image, first, work, engines.detail, on_progress=on_progress, should_stop=should_stop)
        matte = nobody(full)
        for number, look in enumerate(looks):
            own, picture = look.own_pixels(full), image[look.part]
            raw = alone(seen(picture, work.size_px, engines.engine), own)
            should_stop()
            tell = partial(tell_share, on_progress, number / len(looks), (number + 1) / len(looks))
            nearer = with_strands(picture, raw, work, engines.detail, on_progress=tell, should_stop=should_stop)
            np.copyto(matte.alpha[look.part], nearer.alpha, where=own)
            np.copyto(matte.trimap[look.part], nearer.trimap, where=own)
        return matte


def seen(image: Samples, size_px: int, engine: Engine) -> RawMatte:
    """What the network sees of a picture at its working size."""
    fitted, used = fit(image, size_px)
    return RawMatte(*without_strays(*crop(engine.run(fitted), *used)))


def alone(raw: RawMatte, own: NDArray[np.bool_]) -> RawMatte:
    """What is seen of a part without the alpha of others, who have a look of their own; `own` is (H, W) of the part."""
    is_own = cv2.resize(own.astype(np.uint8), raw.alpha.shape[::-1], interpolation=cv2.INTER_NEAREST).view(np.bool_)
    return raw._replace(alpha=np.where(is_own, raw.alpha, np.float32(0)))


def with_strands(
    image: Samples,
    raw: RawMatte,
    work: Work,
    detail: DetailEngine | None,
    *,
    on_progress: Callable[[float], None],
    should_stop: Callable[[], None],
) -> Matte:
    """What the network sees of a picture brought to its size, with the detail network's help."""
    alpha = refine_detail(
        image,
        raw.alpha,
        detail if work.closest > 1 else None,
        closest=work.closest,
        tiles_at_once=work.tiles_at_once,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return Matte(alpha, trimap_from_logits(raw.trimap_logits, (image.shape[0], image.shape[1])))


def nobody(full: tuple[int, int]) -> Matte:
    """The matte of a photo, (height, width), before anybody is put into it."""
    return Matte(np.zeros(full, dtype=np.float32), np.full(full, BACKGROUND, dtype=np.uint8))


def as_file(model: "ModelFile | MTGINet") -> ModelFile:
    return model if isinstance(model, ModelFile) else ModelFile(plain_weights(model), model.width)


def fit(image: Samples, size_px: int) -> tuple[NDArray[np.generic], tuple[int, int]]:
    """The picture at its working size, padded to multiples of 32, and the (height, width) that it fills of that."""
    height, width = image.shape[:2]
    scale = size_px / max(height, width)
    used = max(1, round(height * scale)), max(1, round(width * scale))
    shrunk = cv2.resize(image, used[::-1], interpolation=interpolation(height, used[0]))
    # A person who leaves the frame goes on in the padding, as they would in a wider photo.
    padded = cv2.copyMakeBorder(shrunk, 0, -used[0] % STRIDE, 0, -used[1] % STRIDE, cv2.BORDER_REPLICATE)
    return np.asarray(padded), used


def network_samples(image: NDArray[np.generic]) -> Samples:
    """Samples that can be resized without a copy at full size; the engine takes them as they are.

    Raises ValueError where the array is no picture: (H, W, 3), uint8, uint16 or floats in [0, 1].
    """
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"A picture has the shape (height, width, 3), not {image.shape}.")
    if image.dtype == np.uint8 or image.dtype == np.dtype(np.uint16):
        return image  # type: ignore[return-value]
    if image.dtype.kind == "u" and image.dtype.itemsize == 2:
        return image.astype(np.uint16)  # of the other byte order
    if image.dtype.kind != "f":
        raise ValueError(f"A picture's samples are uint8, uint16 or floats in [0, 1], not {image.dtype}.")
    samples = image.astype(np.float32)
    check_unit_interval(samples, "picture", OVERSHOOT)
    return samples


def crop(raw: RawMatte, height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Alpha and trimap logits without the padding."""
    logits = raw.trimap_logits
    step = raw.alpha.shape[0] / logits.shape[1]
    if raw.alpha.shape != (height, width):
        # The padding's edge falls between two of the trimap's cells: cut it exactly, at the alpha's resolution.
        planes = [cv2.resize(plane, raw.alpha.shape[::-1])[:height, :width] for plane in logits]
        size = (max(1, round(width / step)), max(1, round(height / step)))
        logits = np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes])
    return raw.alpha[:height, :width], logits


def interpolation(before: int, after: int) -> int:
    return cv2.INTER_AREA if after < before else cv2.INTER_LINEAR
