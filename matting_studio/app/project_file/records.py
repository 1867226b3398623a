"""What the JSON files in a project say."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from matting_studio.app.edits import Brush
from matting_studio.app.look import Look
from matting_studio.app.project_file.file_record import FileRecord

VERSION = 1
FORMAT: Final = "matting-studio-project"

CONTENTS = "project.json"
ADDITIONS = "additions.json"

LARGEST_SIDE_PX = 100_000


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhotoRecord(FileRecord):
    model_config = ConfigDict(extra="forbid", frozen=True)

    height_px: int = Field(gt=0, le=LARGEST_SIDE_PX)
    width_px: int = Field(gt=0, le=LARGEST_SIDE_PX)


class MatteRecord(Record):
    alpha: str
    trimap: str


class EditRecord(Record):
    brush: Brush
    box: tuple[int, int, int, int]
    """Top, left, bottom, right."""
    coverage: str
    solved: str | None = None


class Contents(Record):
    format: Literal["matting-studio-project"] = FORMAT
    version: Literal[1] = 1
    photo: PhotoRecord
    matte: MatteRecord | None
    edits: tuple[EditRecord, ...]
    look: Look
    model: str
    project_path: str | None = None


class Additions(BaseModel):
    """What came later. It lies beside project.json, which programs from before refuse where it says more than they
    know; they open the project without it, and so does this program with what is added after it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    background: FileRecord | None = None
    """The background picture; the look says where it was absolutely, and how it lies."""
    is_whole: bool = False
    """Whether it was meant to be handed on, and goes on being so when it is saved again."""
