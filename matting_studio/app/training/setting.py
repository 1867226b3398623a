"""A setting of a run as a person reads and types it: title, unit, help, and text to value and back.

Everything is taken from the configuration model, so a setting that is added there is here as well.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from core.errors import ConfigError
from core.training.complaints import complaint
from core.training.config import Settings
from matting_studio.app.reach import as_typed

UNITS = {"px": "px", "steps": "steps", "minutes": "minutes", "degrees": "°"}
TITLES = {
    "bfloat16": "Mixed precision",
    "batch_size": "Batch",
    "betas": "Adam's betas",
    "checkpoint_minutes": "Checkpoint every",
    "close_up": "Close-ups",
    "close_up_height": "Height in close-ups",
    "crop_px": "Crop",
    "distant": "Far away",
    "distant_height": "Height far away",
    "ema_decay": "EMA decay",
    "empty": "Nobody there",
    "encoder_init": "ImageNet filters",
    "grey": "Black and white",
    "jpeg": "JPEG artefacts",
    "log_steps": "Figures every",
    "photo_window": "Window of a photo",
    "soft": "Softness",
    "tensorboard": "TensorBoard logs",
    "validate_steps": "Validate every",
    "validation_px": "Validation size",
    "warmup_steps": "Warm-up",
}
"""Where the field's own name would read badly."""
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([,.'’\s])\d{3})(?:\1\d{3})*")
"""A whole number in groups of three, as 200,000 is."""


class Kind(StrEnum):
    """How a setting is written down."""

    FLAG = "flag"
    NUMBER = "number"
    RANGE = "range"
    LIST = "list"
    WEIGHTS = "weights"
    """Names with a number each."""
    WORD = "word"
    PATH = "path"
    TABLE = "table"
    """A list of settings of their own."""


@dataclass(frozen=True)
class Setting:
    """One field of a group of settings."""

    name: str
    field: FieldInfo

    @property
    def title(self) -> str:
        words = self.name.split("_")
        if len(words) > 1 and words[-1] in UNITS:
            words = words[:-1]
        return TITLES.get(self.name, " ".join(words).capitalize())

    @property
    def unit(self) -> str:
        """Empty where the setting is a bare number."""
        *before, last = self.name.split("_")
        return UNITS.get(last, "") if before else ""

    @property
    def help(self) -> str:
        return self.field.description or ""

    @property
    def default(self) -> Any:
        """None where one has to be given."""
        return None if self.field.is_required() else self.field.get_default(call_default_factory=True)

    @cached_property
    def kind(self) -> Kind:
        kinds = {bool: Kind.FLAG, int: Kind.NUMBER, float: Kind.NUMBER, str: Kind.WORD, dict: Kind.WEIGHTS}
        annotation: Any = self.field.annotation
        origin = get_origin(annotation)
        if annotation is Path or Path in get_args(annotation):
            return Kind.PATH
        if origin is tuple:
            return Kind.RANGE
        if origin is list:
            (item,) = get_args(annotation)
            return Kind.TABLE if isinstance(item, type) and issubclass(item, Settings) else Kind.LIST
        return kinds[origin or annotation]

    def text(self, value: Any) -> str:
        """A value as it is typed."""
        match self.kind:
            case Kind.NUMBER:
                text = number_text(value)
            case Kind.RANGE:
                text = " … ".join(map(number_text, value))
            case Kind.LIST:
                text = ", ".join(map(number_text, value))
            case Kind.WEIGHTS:
                text = ", ".join(_entry(name, weight) for name, weight in value.items())
            case Kind.FLAG:
                text = "on" if value else "off"
            case Kind.TABLE:
                text = "; ".join(" · ".join(_cell(row, cell) for cell in settings_of(type(row))) for row in value)
            case _:
                text = "" if value is None else str(value)
        return text

    def read(self, text: str) -> Any:
        """What somebody typed. Raises ConfigError with a sentence that is shown beside it."""
        text = text.strip()
        match self.kind:
            case Kind.NUMBER:
                return self.check(_whole(text) if self.field.annotation is int else text.replace(",", "."))
            case Kind.RANGE | Kind.LIST:
                if re.search(r"\d,\d", text):
                    raise ConfigError("Write a point in a number, as in 0.5, and a space after a comma.")
                return self.check(re.findall(r"[^\s,;…]+", text))
            case Kind.WEIGHTS:
                return self.check(_weights(text))
            case Kind.PATH:
                return self.check(as_typed(text) if text else None)
            case _:
                return self.check(text)

    def check(self, value: Any) -> Any:
        """A value that the configuration would take. Raises ConfigError with a sentence."""
        try:
            return self._type.validate_python(value)
        except ValidationError as error:
            raise ConfigError(complaint(error.errors()[0])) from error

    @cached_property
    def _type(self) -> TypeAdapter[Any]:
        return TypeAdapter(Annotated[self.field.annotation, self.field], config=ConfigDict(allow_inf_nan=False))


def settings_of(group: type[Settings], without: Sequence[str] = ()) -> tuple[Setting, ...]:
    """The settings of a group, in their order."""
    return tuple(Setting(name, field) for name, field in group.model_fields.items() if name not in without)


def complaint_about(group: type[Settings], values: Mapping[str, Any]) -> str | None:
    """What is wrong with settings as a whole, each of which can be used by itself, as a sentence."""
    try:
        group.model_validate(values)
    except ValidationError as error:
        return complaint(error.errors()[0])
    return None


def number_text(value: float) -> str:
    """The shortest text that is read as the same number: 1.0 is 1, 0.0001 stays so."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return str(int(value))
    plain, short = f"{value:.12g}", f"{value:g}"
    return short if float(short) == value else plain if float(plain) == value else repr(value)


def _cell(row: Settings, setting: Setting) -> str:
    return f"{setting.text(getattr(row, setting.name))} {setting.unit or setting.title.lower()}"


def _whole(text: str) -> str:
    """Without what stands between groups of digits. A point elsewhere makes it no whole number, not even in 10.00."""
    if _GROUPED.fullmatch(text):
        return re.sub(r"\D", "", text)
    return text.replace(".", ",")


def _entry(name: str, weight: float) -> str:
    """A pattern and its weight; in quotes, as CSV has them, where a comma in it would be taken for the next entry's."""
    entry = f"{name} {number_text(weight)}"
    quoted = entry.replace('"', '""')
    return f'"{quoted}"' if "," in name or name.startswith('"') else entry


def _weights(text: str) -> Mapping[str, str]:
    """`wwe_* 8, ufc_* 2` as pattern → number; the number is looked at later."""
    found = {}
    try:
        entries = next(csv.reader([" ".join(text.splitlines())], skipinitialspace=True, strict=True), [])
    except csv.Error as error:
        raise ConfigError('Quotation marks go around a whole entry, such as "last, first* 2".') from error
    for entry in filter(None, (part.strip() for part in entries)):
        name, _, number = entry.rpartition(" ")
        if not name:
            raise ConfigError(f"'{entry}' needs a pattern and a number, such as anna* 2.")
        found[name.strip()] = number
    return found
