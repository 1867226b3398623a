"""Every setting of a training run, with its unit, its default and what it does; read from TOML or JSON."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from core.architecture import WIDTHS
from core.checkpoint import WIDEST
from core.device import named_device
from core.errors import ConfigError, DeviceError
from core.training.complaints import complaint

NARROWEST = 1 / WIDTHS[0]
"""Of a narrower network nothing would be left at half the size."""


def _in_order(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise PydanticCustomError("range_order", "The first number must not be larger than the second")
    return ends


def _no_flag(kind: Literal["float_type", "int_type"]) -> BeforeValidator:
    """To Python, true is the number 1."""

    def check(value: object) -> object:
        if isinstance(value, bool):
            raise PydanticKnownError(kind)
        return value

    return BeforeValidator(check)


def _named(value: object) -> object:
    """Nothing at all would be the current folder, whose own name is a point."""
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("path_empty", "The name is empty: give that of a folder or file")
    return value


def _some_device(name: str) -> str:
    """One that some machine has; whether it is this one is seen when the training starts."""
    try:
        if name != "auto":
            named_device(name)
    except DeviceError as error:
        raise PydanticCustomError("device", "{sentence}", {"sentence": str(error).removesuffix(".")}) from error
    return name


Number = Annotated[float, _no_flag("float_type")]
Whole = Annotated[int, _no_flag("int_type")]
Probability = Annotated[Number, Field(ge=0, le=1)]
Weight = Annotated[Number, Field(ge=0)]
Decay = Annotated[Number, Field(ge=0, lt=1)]
Part = Annotated[Number, Field(gt=0, le=1)]
Height = Annotated[Number, Field(gt=0, le=100)]
AspectRatio = Annotated[Number, Field(ge=0.1, le=10)]
Seed = Annotated[Whole, Field(ge=0, lt=2**63)]
"""Seeds of NumPy are not negative, those of PyTorch have 64 bits."""
Steps = Annotated[Whole, Field(gt=0, le=10**9)]
"""More than anybody trains, and fewer than Python can count the batches of."""
SidePx = Annotated[Whole, Field(ge=64, le=8192)]
Processes = Annotated[Whole, Field(le=1024)]
"""More than any machine has cores."""
Folder = Annotated[Path, BeforeValidator(_named)]
FileIfAny = Annotated[Path | None, BeforeValidator(_named)]

PartRange = Annotated[tuple[Part, Part], AfterValidator(_in_order)]
HeightRange = Annotated[tuple[Height, Height], AfterValidator(_in_order)]
SideRange = Annotated[tuple[SidePx, SidePx], AfterValidator(_in_order)]


class Settings(BaseModel):
    # Without infinities: no training can use them, and config.json would have them as null.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


S = TypeVar("S", bound=Settings)


class CutoutsConfig(Settings):
    """People cut out of their photos, composed over backgrounds while training: their alpha is true."""

    foregrounds: Folder = Field(description="Folder of RGBA cut-outs with straight alpha.")
    backgrounds: Folder = Field(description="Folder of scenes without people.")
    share: Weight = Field(1.0, description="Share of the crops that this source gives, against the other sources.")
    favour: dict[str, Weight] = Field(
        default_factory=dict,
        description="Filename pattern -> how many times as often as the others its cut-outs are drawn.",
    )
    favour_backgrounds: dict[str, Weight] = Field(
        default_factory=dict,
        description="Filename pattern -> how many times as often as the others its backgrounds are drawn.",
    )
    transition_weight: Weight = Field(
        1.0, description="Weight of the losses in the transition region; lower it where hair is not to trust."
    )


class PhotosConfig(Settings):
    """Photos with their alphas: P3M-10k, HPM-17K, or the folders image/ and alpha/ (or mask/)."""

    folder: Folder = Field(description="Root of the data set, or of one of its parts.")
    share: Weight = Field(1.0, description="Share of the crops that this source gives, against the other sources.")
    transition_weight: Weight = Field(
        1.0, description="Weight of the losses in the transition region; lower it where hair is not to trust."
    )
    favour: dict[str, Weight] = Field(
        default_factory=dict,
        description="Filename pattern -> how many times as often as the others its photos are drawn.",
    )


Sources = TypeVar("Sources", bound=Sequence[CutoutsConfig | PhotosConfig])


def one_is_drawn(sources: Sources) -> Sources:
    """For validators."""
    if not any(source.share for source in sources):
        raise PydanticCustomError("nothing_drawn", "One of the sets to train on needs a share above 0")
    return sources


class ValidationConfig(Settings):
    """A set that is measured and never trained on."""

    name: str = Field(description="Name of the set in events and reports.")
    folder: Folder = Field(description="Root of the set, in any layout that the photos may have.")


class DataConfig(Settings):
    cutouts: list[CutoutsConfig] = Field(default_factory=list, description="Cut-outs over backgrounds.")
    photos: list[PhotosConfig] = Field(default_factory=list, description="Photos with alphas.")
    validation: list[ValidationConfig] = Field(default_factory=list, description="Sets to measure on.")
    workers: Processes = Field(
        1, ge=0, description="Processes that prepare crops; 0 prepares them in the training process."
    )
    seed: Seed = Field(0, description="Seed of the weights and of every crop.")

    @model_validator(mode="after")
    def _something_can_be_drawn(self) -> Self:
        sources: list[CutoutsConfig | PhotosConfig] = [*self.cutouts, *self.photos]
        if sources:
            one_is_drawn(sources)
        return self


class AugmentationConfig(Settings):
    """How crops are made; lengths are relative to the crop, so that they fit every crop size."""

    person_height: HeightRange = Field((0.55, 1.35), description="Height of a person, in heights of the crop.")
    close_up: Probability = Field(0.2, description="Chance that a crop shows a part of the outline from near.")
    close_up_height: HeightRange = Field((1.5, 3.0), description="Person's height in such a crop.")
    distant: Probability = Field(0.3, description="Chance that the people of a composed crop are far away.")
    distant_height: HeightRange = Field((0.15, 0.6), description="Person's height in such a crop.")
    photo_window: PartRange = Field((0.55, 1.0), description="Part of a photo's side that a crop takes.")
    flip: Probability = Field(0.5, description="Chance of a mirrored crop.")
    rotation_degrees: Number = Field(8.0, ge=0, description="Largest turn of a cut-out to either side.")
    second_person: Probability = Field(
        0.2, description="Chance of a second person in a composed crop, then of a third one, up to five."
    )
    empty: Probability = Field(0.03, description="Chance of a composed crop without any person.")
    relight: Probability = Field(0.8, description="Chance that a layer gets another light, each layer apart.")
    colour_match: Probability = Field(0.3, description="Chance that a person takes on the colours of the scene.")
    camouflage: Probability = Field(0.1, description="Chance that the scene takes on the colour of somebody's hair.")
    pieces: Probability = Field(
        0.0, description="Chance of belts, cuffs and badges on a person, and of stripes and signs in a scene."
    )
    background_blur: Probability = Field(0.5, description="Chance that the background is out of focus.")
    motion_blur: Probability = Field(0.04, description="Chance of a shaken crop.")
    soft: Probability = Field(0.15, description="Chance of a slightly unsharp crop.")
    noise: Probability = Field(0.4, description="Chance of sensor noise.")
    jpeg: Probability = Field(0.5, description="Chance of JPEG artefacts.")
    grey: Probability = Field(0.04, description="Chance of a black-and-white crop.")


class LossConfig(Settings):
    """Weight of each loss; 0 switches it off."""

    trimap: Weight = Field(10.0, description="Cross-entropy of the trimap at 1/16 of the size.")
    side_heads: Weight = Field(20.0, description="L1 of the alphas of scale 2, 4 and 8 inside the unknown region.")
    laplacian: Weight = Field(1.0, description="Laplacian pyramid of alpha, 5 levels, inside the unknown region.")
    composition: Weight = Field(1.0, description="Difference of the composites, over all pixels.")
    alpha: Weight = Field(1.0, description="L1 of alpha over all pixels; the published code lacks it.")
    alpha_unknown: Weight = Field(0.0, description="L1 of alpha inside the unknown region.")

    @model_validator(mode="after")
    def _something_is_learnt(self) -> Self:
        if not any(self.model_dump().values()):
            raise PydanticCustomError("nothing_learnt", "One of the losses needs a weight above 0")
        return self


class StageConfig(Settings):
    """A part of the training with crops of one size."""

    steps: Steps = Field(description="Optimiser steps of this stage.")
    crop_px: SidePx = Field(description="Side of a square crop; others have the same area.")
    batch_size: Whole = Field(ge=2, description="Crops per step, over all processes.")


class ScheduleConfig(Settings):
    stages: list[StageConfig] = Field(
        default_factory=lambda: [StageConfig(steps=200_000, crop_px=512, batch_size=16)],
        min_length=1,
        description="What is trained on, one stage after the other.",
    )
    aspect_ratios: list[AspectRatio] = Field(
        default_factory=lambda: [1.0], min_length=1, description="Width over height; each batch draws one."
    )
    learning_rate: Number = Field(1e-4, gt=0, description="Highest learning rate, reached after the warm-up.")
    warmup_steps: Whole = Field(10_000, ge=0, description="Steps in which the learning rate rises; then a cosine to 0.")
    betas: tuple[Decay, Decay] = Field((0.5, 0.999), description="Decays of Adam's two running means.")
    weight_decay: Number = Field(0.0, ge=0, description="Decoupled weight decay (AdamW).")
    clip_factor: Number = Field(2.0, gt=0, description="Gradients are clipped at this multiple of their mean norm.")
    ema_decay: Decay = Field(0.998, description="Decay of the averaged weights, which are what is kept.")

    @property
    def total_steps(self) -> int:
        return sum(stage.steps for stage in self.stages)


class NetworkConfig(Settings):
    width: Number = Field(
        1.0, ge=NARROWEST, le=WIDEST, description="Scale of all channels; 1 is the published network."
    )
    base: FileIfAny = Field(None, description="Model to start from: .safetensors, an official .pth, a checkpoint.")
    encoder_init: FileIfAny = Field(None, description="Filters of an ImageNet ResNet-18 (.npz) to start from.")
    spectral_norm: bool = Field(True, description="Spectral normalisation while training, as published.")


class RunConfig(Settings):
    device: Annotated[str, AfterValidator(_some_device)] = Field("auto", description="auto, cuda, cuda:N, mps or cpu.")
    bfloat16: bool = Field(True, description="Mixed precision, where the device is faster with it.")
    checkpoint_minutes: Number = Field(5.0, gt=0, description="Time between two checkpoints.")
    validate_steps: Whole = Field(1000, gt=0, description="Steps between two validations.")
    validation_px: SidePx = Field(384, description="Longer side at which validation photos are looked at.")
    log_steps: Whole = Field(10, gt=0, description="Steps between two lines of figures, which are their means.")
    preview_photos: Whole = Field(
        6, ge=0, description="Photos of each validation set whose alphas are kept to look at."
    )
    processes: Processes = Field(
        1, ge=1, description="Processes on this machine that share each batch, one for each GPU; for torchrun."
    )
    tensorboard: bool = Field(False, description="Figures for TensorBoard too, where it is installed.")


class TrainingConfig(Settings):
    """A whole run."""

    data: DataConfig
    network: NetworkConfig = NetworkConfig()
    augmentation: AugmentationConfig = AugmentationConfig()
    loss: LossConfig = LossConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    run: RunConfig = RunConfig()


def load_config(path: Path, overrides: Sequence[str] = ()) -> TrainingConfig:
    """Read a TOML file, or a JSON one by its ending; `overrides` are `key.sub=value` with the value in TOML.

    Relative folders count from the current directory. Raises ConfigError with a line for each wrong setting.
    """
    return parse_config(read_values(path, overrides))


def read_values(path: Path, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """What a file sets, not validated. Raises ConfigError where it cannot be read or is no TOML or JSON."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows' editors may begin with a byte order mark
        values: dict[str, Any] = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"The configuration {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"The configuration {path} is no text in UTF-8: save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The configuration {path} is not valid TOML: {error}.") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"The configuration {path} is not valid JSON: {error}.") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise ConfigError(f"The configuration {path} has a number that is too long to be read: shorten it.") from error
    except RecursionError as error:
        raise ConfigError(
            f"The configuration {path} is nested too deeply to be read: begin with another file."
        ) from error
    for override in overrides:
        apply_override(values, override)
    return values


def parse_config(values: dict[str, Any]) -> TrainingConfig:
    """Validate plain values. Raises ConfigError with a line for each wrong setting."""
    return validated(TrainingConfig, values)


def validated(kind: type[S], values: dict[str, Any]) -> S:
    """Plain values as settings. Raises ConfigError with a line for each wrong one."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        lines = [": ".join(filter(None, [".".join(map(str, e["loc"])), complaint(e)])) for e in error.errors()]
        raise ConfigError("The configuration has settings that cannot be used.\n" + "\n".join(lines)) from error


def apply_override(values: dict[str, Any], override: str) -> None:
    """Set one `key.sub=value` in nested values; a value that is no TOML counts as text."""
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"'{override}' is no setting: write key=value, for example schedule.learning_rate=2e-4.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The value of {key} is too long, or nested too deeply, to be read: give another.") from error
    *parents, last = key.strip().split(".")
    target: Any = values
    try:
        for parent in parents:
            target = target[int(parent)] if isinstance(target, list) else target.setdefault(parent, {})
        target[int(last) if isinstance(target, list) else last] = value
    except (IndexError, ValueError, AttributeError, TypeError) as error:
        raise ConfigError(f"'{override}' leads nowhere: the configuration has no such list entry or table.") from error
