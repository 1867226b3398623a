"""What the program remembers from one start to the next. A file in the platform's own place for settings."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.atomic import write_atomically
from core.errors import ConfigError
from core.image_io import BitDepth, Encoding
from matting_studio.app.export_request import ExportKind, ExportRequest
from matting_studio.app.look import Look, Unit
from matting_studio.app.possible_path import PossiblePath
from matting_studio.app.reach import is_file
from matting_studio.app.view import ViewMode

RECENT_FILES = 10

Theme = Literal["system", "dark", "light"]


class _Remembered(BaseModel):
    # A newer version's file may have more in it.
    model_config = ConfigDict(extra="ignore", frozen=True)


class BrushSettings(_Remembered):
    size_px: float = Field(40.0, ge=1, le=2000, description="Diameter on the screen, in logical pixels.")
    hardness: Unit = 0.8
    opacity: Unit = 1.0


class ExportSettings(_Remembered):
    """An export, but for where it goes."""

    what: ExportKind = ExportKind.CUTOUT
    suffix: Literal[".png", ".tif", ".tiff", ".webp", ".jpg", ".jpeg"] = ".png"
    bit_depth: BitDepth | None = Field(None, description="8 or 16; none is as the photo has it.")
    png_compression: int = Field(Encoding.png_compression, ge=0, le=9)
    jpeg_quality: int = Field(Encoding.jpeg_quality, ge=1, le=95)
    webp_quality: Annotated[int, Field(ge=1, le=100)] | None = None
    crop: bool = True

    @classmethod
    def of(cls, request: ExportRequest) -> Self:
        encoding = request.encoding
        return cls.model_validate(
            {
                "what": request.what,
                "suffix": request.path.suffix.lower(),
                "bit_depth": request.bit_depth,
                "png_compression": encoding.png_compression,
                "jpeg_quality": encoding.jpeg_quality,
                "webp_quality": encoding.webp_quality,
                "crop": request.crop,
            }
        )

    def request(self, folder: Path, stem: str) -> ExportRequest:
        """The same export once more, of another photo."""
        encoding = Encoding(self.png_compression, self.jpeg_quality, self.webp_quality)
        return ExportRequest(self.what, folder / f"{stem}{self.suffix}", self.bit_depth, encoding, self.crop)


class BatchSettings(_Remembered):
    """What the batch window was left with."""

    input_folder: PossiblePath | None = None
    output_folder: PossiblePath | None = None
    recursive: bool = False
    what: tuple[ExportKind, ...] = (ExportKind.CUTOUT,)
    suffix: Literal[".png", ".tif", ".webp", ".jpg"] = ".png"
    template: str | None = Field(None, description="None is the usual one.")
    max_size_px: Annotated[int, Field(ge=1)] | None = None
    overwrite: bool = False
    look: Look = Look()


class TrainingSettings(_Remembered):
    """What the page for a new training run was left with."""

    preset: str = ""
    training_folders: tuple[PossiblePath, ...] = ()
    validation_folders: tuple[PossiblePath, ...] = ()
    device: str = "auto"


class Settings(_Remembered):
    theme: Theme = "system"
    window_geometry: str = Field("", description="QWidget.saveGeometry, base64.")
    recent_files: tuple[PossiblePath, ...] = Field((), description="Photos and projects, the latest first.")
    open_folder: PossiblePath | None = None
    project_folder: PossiblePath | None = None
    export_folder: PossiblePath | None = None
    brush: BrushSettings = BrushSettings()
    view_mode: ViewMode = ViewMode.CUTOUT
    split: bool = Field(False, description="Whether original and result are shown side by side.")
    model: PossiblePath | None = Field(None, description="A model file; none is the one that comes with the program.")
    device: str = "auto"
    size_px: Annotated[int, Field(ge=64, le=8192)] | None = Field(None, description="None: as the model recommends.")
    quality: Literal["fast", "balanced", "best"] = Field("balanced", description="How much a matte may cost.")
    memory_limit_bytes: Annotated[int, Field(ge=100_000_000)] | None = Field(
        None, description="What the program may take; none is most of what is free."
    )
    export: ExportSettings = ExportSettings()
    batch: BatchSettings = BatchSettings()
    training: TrainingSettings = TrainingSettings()

    def with_recent(self, opened: Iterable[Path]) -> Self:
        """With these files remembered as opened, the last of them as the latest."""
        recent = [*reversed([path.absolute() for path in opened]), *self.recent_files]
        return self.model_copy(update={"recent_files": tuple(dict.fromkeys(recent))[:RECENT_FILES]})

    def without_recent(self) -> Self:
        """With all opened files forgotten."""
        return self.model_copy(update={"recent_files": ()})

    @property
    def existing_recent_files(self) -> tuple[Path, ...]:
        """Those of the recent files that are still there."""
        return tuple(path for path in self.recent_files if is_file(path))


class SettingsFile:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "settings.json"
        self._known: Settings | None = None
        """As they were last loaded or saved here."""

    def load(self) -> tuple[Settings, str | None]:
        """The settings, or the defaults and a sentence that says why; a damaged file is kept beside, renamed."""
        self._known, complaint = self._load()
        return self._known, complaint

    def _load(self) -> tuple[Settings, str | None]:
        try:
            return Settings.model_validate(json.loads(self.path.read_bytes())), None
        except FileNotFoundError:
            return Settings(), None
        except OSError as error:
            return Settings(), f"The settings in {self.path} cannot be read ({error.strerror or error})."
        except ValidationError as error:
            return Settings(), self._set_aside(".".join(str(part) for part in error.errors()[0]["loc"]))
        except (ValueError, RecursionError):
            return Settings(), self._set_aside("")  # no JSON

    def _set_aside(self, where: str) -> str:
        aside = self.path.with_suffix(".damaged.json")
        found = f"The settings are damaged{f' at {where}' if where else ''}, so the defaults are used."
        try:
            self.path.replace(aside)
        except OSError as failure:
            return f"{found} The damaged file stays at {self.path}: {failure.strerror or failure}."
        return f"{found} The damaged file is kept as {aside}."

    def save(self, settings: Settings) -> None:
        """What was not changed here since it was loaded stays as another program has saved it meanwhile.

        Raises ConfigError where they cannot be written.
        """
        merged = self._with_changes_of_others(settings)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with write_atomically(self.path) as file:
                # Not by Pydantic: it refuses the names of files that are no valid UTF-8, which json escapes.
                file.write(json.dumps(merged.model_dump(mode="json"), indent=1).encode())
        except OSError as error:
            raise ConfigError(
                f"The settings cannot be saved in {self.path} ({error.strerror or error}). Make the folder writable."
            ) from error
        self._known = settings

    def _with_changes_of_others(self, settings: Settings) -> Settings:
        if self._known is None:
            return settings
        try:
            theirs = Settings.model_validate(json.loads(self.path.read_bytes()))
        except (OSError, ValueError, RecursionError):
            return settings  # nothing there that anybody could want to keep
        names = (name for name in Settings.model_fields if getattr(settings, name) == getattr(self._known, name))
        merged = settings.model_copy(update={name: getattr(theirs, name) for name in names})
        now, before = settings.recent_files, self._known.recent_files
        kept = theirs.without_recent() if _is_forgotten(before, now) else theirs
        opened = _newly_opened(now, before)
        return merged.model_copy(update={"recent_files": kept.with_recent(reversed(opened)).recent_files})


def _is_forgotten(before: tuple[Path, ...], now: tuple[Path, ...]) -> bool:
    """Whether the list was emptied, and not only pushed out by as many others."""
    return bool(before) and len(now) < RECENT_FILES and not set(before) & set(now)


def _newly_opened(now: tuple[Path, ...], before: tuple[Path, ...]) -> tuple[Path, ...]:
    """The first ones of recent files: those that were opened since the list was another one."""
    for number in range(len(now)):
        others = [path for path in before if path not in now[:number]]
        if tuple(others[: len(now) - number]) == now[number:]:
            return now[:number]
    return now
