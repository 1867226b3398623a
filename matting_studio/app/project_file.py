"""Project files (`.mstudio`): a photo or where it lies, the network's matte, the strokes on it, and the look.

One that is whole holds all that it needs, and can be handed to somebody else.

A zip of a `project.json` and PNGs, written whole or not at all. Alphas are kept to 1/65535, everything else exactly.
"""

import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.atomic import write_atomically
from core.errors import MattingError
from core.image_io import Photo, read_photo, read_photo_bytes
from matting_studio.app.cutout import write_like
from matting_studio.app.digests import Digest, Digests
from matting_studio.app.document import State
from matting_studio.app.edits import Base, Box, Brush, Edit
from matting_studio.app.file_record import FileRecord
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Look, Picture
from matting_studio.app.packing import (
    PackedBase,
    PackingError,
    pack,
    pack_alpha,
    pack_levels,
    unpack,
    unpack_alpha,
    unpack_levels,
)
from matting_studio.app.reach import is_file
from matting_studio.app.suffixes import PROJECT_SUFFIX

VERSION = 1

_FORMAT = "matting-studio-project"
_CONTENTS = "project.json"
_ADDITIONS = "additions.json"
_LARGEST_CONTENTS_BYTES = 64 << 20
_LARGEST_PHOTO_BYTES = 2 << 30
_LARGEST_SIDE_PX = 100_000

_T = TypeVar("_T")
_R = TypeVar("_R", bound=BaseModel)


class ProjectError(MattingError):
    """A project file cannot be opened or saved."""


class PhotoMissingError(ProjectError):
    """A project's photo is not where it was, or is another one by now; it can be opened with a photo named."""

    def __init__(self, project: Path, expected: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.project = project
        self.expected = expected


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds, in memory."""

    name: str
    photo: Photo
    photo_path: Path | None
    """None where the file holds a copy of the photo, or is to hold one because the photo lies in no file."""
    state: State
    base: Base | PackedBase | None
    """None where the network has not spoken yet."""
    model: str = ""
    """Which model made the matte, in words."""
    project_path: Path | None = None
    """Where the project is saved; of use for autosaved copies, which lie elsewhere."""
    photo_file: Fingerprint | None = None
    """The file at `photo_path` as it was when the photo was read; None where that is not known, and it is trusted."""
    is_whole: bool = False
    """Whether its file is to hold the photo and the background picture as well, so that it can be handed on."""


# What project.json looks like


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PhotoRecord(FileRecord):
    model_config = ConfigDict(extra="forbid", frozen=True)

    height_px: int = Field(gt=0, le=_LARGEST_SIDE_PX)
    width_px: int = Field(gt=0, le=_LARGEST_SIDE_PX)


class _MatteRecord(_Record):
    alpha: str
    trimap: str


class _EditRecord(_Record):
    brush: Brush
    box: tuple[int, int, int, int]
    """Top, left, bottom, right."""
    coverage: str
    solved: str | None = None


class _Contents(_Record):
    format: Literal["matting-studio-project"] = "matting-studio-project"
    version: Literal[1] = 1
    photo: _PhotoRecord
    matte: _MatteRecord | None
    edits: tuple[_EditRecord, ...]
    look: Look
    model: str
    project_path: str | None = None


class _Additions(BaseModel):
    """What came later. It lies beside project.json, which programs from before refuse where it says more than they
    know; they open the project without it, and so does this program with what is added after it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    background: FileRecord | None = None
    """The background picture; the look says where it was absolutely, and how it lies."""
    is_whole: bool = False
    """Whether it was meant to be handed on, and goes on being so when it is saved again."""


# Writing


def write_project(path: Path, project: Project, digests: Digests | None = None) -> str | None:
    """Write a project file, whole or not at all.

    One that is whole, and any whose photo lies in no file, holds a copy of the photo and can be moved anywhere; another
    notes where the photo lies, from the project and absolutely. Where the photo's file is gone or is another one by
    now, the project holds the picture that is in memory: what is opened again is what was saved. A background picture
    is held or noted likewise, as long as it can be read.

    Whoever saves often passes the same `digests` each time, and files are read for their digests once.

    Returns a sentence that says what is not in the file, or not as expected. Raises ProjectError.
    """
    try:
        with write_atomically(path) as file, zipfile.ZipFile(file, "w") as archive:
            return _write(archive, path, project, digests or Digests())
    except OSError as error:
        raise ProjectError(f"{path} cannot be saved: {error.strerror or error}. Choose another folder.") from error
    except PackingError as error:
        raise ProjectError(f"{path} cannot be saved: {error}. Try again.") from error


def _write(archive: zipfile.ZipFile, path: Path, project: Project, digests: Digests) -> str | None:
    height, width = project.photo.image.shape[:2]
    found, remark = _from_photo_file(project, Path.read_bytes if project.is_whole else digests.of)
    size: dict[str, Any] = {"height_px": height, "width_px": width}
    if project.photo_path is None or found is None:
        photo = _PhotoRecord(name=project.name, copied_as="photo/photo.png", **size)
        archive.writestr(photo.copied_as, _as_png(project.photo))
    elif isinstance(found, Digest):
        photo = _PhotoRecord(
            **FileRecord.of(project.photo_path, found, path).model_dump() | {"name": project.name} | size
        )
    else:
        copied_as = f"photo/photo{project.photo_path.suffix.lower()}"
        photo = _PhotoRecord(name=project.name, copied_as=copied_as, **size)
        archive.writestr(photo.copied_as, found)

    matte = None
    if project.base is not None:
        packed = pack(project.base) if isinstance(project.base, Base) else project.base
        matte = _MatteRecord(alpha="matte/alpha.png", trimap="matte/trimap.png")
        archive.writestr(matte.alpha, packed.alpha)
        archive.writestr(matte.trimap, packed.trimap)

    edits = []
    for number, edit in enumerate(project.state.edits, start=1):
        box = (edit.box.top, edit.box.left, edit.box.bottom, edit.box.right)
        coverage, solved = f"edits/{number:04}-coverage.png", None
        archive.writestr(coverage, pack_levels(edit.coverage))
        if edit.solved is not None:
            solved = f"edits/{number:04}-solved.png"
            archive.writestr(solved, pack_alpha(edit.solved))
        edits.append(_EditRecord(brush=edit.brush, box=box, coverage=coverage, solved=solved))

    contents = _Contents(
        photo=photo,
        matte=matte,
        edits=tuple(edits),
        look=project.state.look,
        model=project.model,
        project_path=str(project.project_path) if project.project_path else None,
    )
    _write_record(archive, _CONTENTS, contents)
    background, lack = _write_background(archive, path, project, digests)
    _write_record(archive, _ADDITIONS, _Additions(background=background, is_whole=project.is_whole))
    return " ".join(filter(None, (remark, lack))) or None


def _write_record(archive: zipfile.ZipFile, name: str, record: BaseModel) -> None:
    # Not by Pydantic: it refuses the names of files that are no valid UTF-8, which json escapes.
    archive.writestr(name, json.dumps(record.model_dump(mode="json"), indent=1), zipfile.ZIP_DEFLATED)


def _write_background(
    archive: zipfile.ZipFile, path: Path, project: Project, digests: Digests
) -> tuple[FileRecord | None, str | None]:
    """What is noted of the background picture, where there is one, and what there is to say about that."""
    background = project.state.look.background
    if not isinstance(background, Picture):
        return None, None
    picture = background.path
    try:
        if not project.is_whole:
            return FileRecord.of(picture, digests.of(picture), path), None
        data = picture.read_bytes()
    except OSError as error:
        record = FileRecord.of(picture, None, path)  # it may come back
        lack = f"The background picture {picture} is not in it: it cannot be read ({error.strerror or error})."
        return record, lack if project.is_whole else None
    copied_as = f"background/picture{picture.suffix.lower()}"
    archive.writestr(copied_as, data)
    # Where it lies is noted too: as long as it is there, nothing has to be unpacked.
    return FileRecord.of(picture, Digest.of(data), path).model_copy(update={"copied_as": copied_as}), None


def _from_photo_file(project: Project, read: Callable[[Path], _T]) -> tuple[_T | None, str | None]:
    """What `read` makes of the photo's file, which may raise OSError; None where the file does not hold the photo any
    more, with a sentence that says so, and where there never was one."""
    path = project.photo_path
    if path is None:
        return None, None
    kept = "The project holds a copy of the photo as it is open here."
    try:
        found = read(path)
    except OSError as error:
        return None, f"{path} cannot be read any more ({error.strerror or error}). {kept}"
    # Looked at after reading, so that a change while it was read counts as well.
    if project.photo_file is not None and Fingerprint.of(path) != project.photo_file:
        return None, f"{path} has changed since it was opened. {kept}"
    return found, None


def _as_png(photo: Photo) -> bytes:
    """The photo that is in memory, without loss."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.png"
        write_like(photo, path, photo.pixels, photo.alpha)
        return path.read_bytes()


# Reading


def read_project(path: Path, photo_path: Path | None = None, backgrounds: Path | None = None) -> Project:
    """Open a project file, and the photo that it is about.

    The photo is looked for where it was, seen from the project, then where it was absolutely, then beside the project.
    `photo_path` says where it is instead; any photo of the same size in pixels is taken then. A background picture is
    looked for at the same places; where it is at none of them, the one that the project holds is unpacked into the
    folder `backgrounds`, and where there is none, the look names the place where it was.

    Raises PhotoMissingError where the photo is not found unchanged or may not be read, ProjectError where the file is
    no project, damaged or from a newer version, ImageReadError where the photo cannot be understood.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _read(archive, path, photo_path, backgrounds)
    except FileNotFoundError as error:
        raise ProjectError(f"{path} does not exist. Check the name and the folder.") from error
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror or error}.") from error
    except zipfile.BadZipFile as error:
        raise ProjectError(
            f"{path} is no project, or is damaged or cut short ({error}). Copy it again from where it came."
        ) from error
    except (PackingError, KeyError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise ProjectError(f"{path} is damaged ({error}). Copy it again from where it came.") from error


def _read(archive: zipfile.ZipFile, path: Path, photo_path: Path | None, backgrounds: Path | None) -> Project:
    contents = _read_contents(archive, path)
    additions = _read_additions(archive, path)
    record = contents.photo
    height, width = record.height_px, record.width_px
    base = None
    if contents.matte is not None:
        room = _room_for(height, width)
        alpha, trimap = (
            _entry(archive, contents.matte.alpha, 2 * room), _entry(archive, contents.matte.trimap, room),
        )  # fmt: skip
        base = unpack(PackedBase(height, width, alpha, trimap))
    edits = tuple(_read_edit(archive, edit, Box(0, 0, height, width)) for edit in contents.edits)
    photo, found_at, photo_file = _read_photo(archive, record, path, photo_path)
    if photo.image.shape[:2] != (height, width):
        found_height, found_width = photo.image.shape[:2]
        if found_at is None:
            raise PackingError(f"its photo has {found_width} x {found_height} pixels instead of {width} x {height}")
        raise PhotoMissingError(
            path,
            record.expected_at,
            f"{found_at} has {found_width} x {found_height} pixels, but the project {path.name} is about a "
            f"photo of {width} x {height}. Choose the photo that the project was made with.",
        )
    return Project(
        name=found_at.name if found_at else record.name,
        photo=photo,
        photo_path=found_at,
        state=State(edits, _with_background_found(archive, contents.look, additions.background, path, backgrounds)),
        base=base,
        model=contents.model,
        project_path=Path(contents.project_path) if contents.project_path else None,
        photo_file=photo_file,
        is_whole=additions.is_whole,
    )


def _read_contents(archive: zipfile.ZipFile, path: Path) -> _Contents:
    if _CONTENTS not in archive.namelist():
        raise ProjectError(
            f"{path} is no project of Matting Studio. Open a file that ends in {PROJECT_SUFFIX}, or a photo."
        )
    written = _read_record(archive, _CONTENTS)
    if not isinstance(written, dict) or written.get("format") != _FORMAT:
        raise ProjectError(
            f"{path} is no project of Matting Studio. Open a file that ends in {PROJECT_SUFFIX}, or a photo."
        )
    version = written.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ProjectError(
            f"{path} was saved by a newer version of Matting Studio (project version {version}, and this program reads "
            f"up to {VERSION}). Update the program, then open it again."
        )
    return _understood(_Contents, written, path)


def _read_additions(archive: zipfile.ZipFile, path: Path) -> _Additions:
    if _ADDITIONS not in archive.namelist():
        return _Additions()  # of a program from before
    return _understood(_Additions, _read_record(archive, _ADDITIONS), path)


def _read_record(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(_entry(archive, name, _LARGEST_CONTENTS_BYTES))


def _understood(kind: type[_R], written: Any, path: Path) -> _R:
    try:
        return kind.model_validate(written)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ProjectError(
            f"{path} is damaged: its {place or 'contents'} cannot be understood. Copy it again from where it came."
        ) from error


def _read_edit(archive: zipfile.ZipFile, record: _EditRecord, frame: Box) -> Edit:
    box = Box(*record.box)
    if box.empty or box.overlap(frame) != box:
        raise PackingError(f"the stroke {record.coverage} lies outside the photo")
    size = box.bottom - box.top, box.right - box.left
    room = _room_for(*size)
    coverage = unpack_levels(_entry(archive, record.coverage, room), *size, np.uint8)
    solved = None if record.solved is None else unpack_alpha(_entry(archive, record.solved, 2 * room), *size)
    return Edit(record.brush, box, coverage.astype(np.uint8, copy=False), solved)


def _read_photo(
    archive: zipfile.ZipFile, record: _PhotoRecord, path: Path, photo_path: Path | None
) -> tuple[Photo, Path | None, Fingerprint | None]:
    """The photo, the file that it was read from, and how that was then; no file if that is the project itself."""
    if photo_path is None and record.copied_as is not None:
        data = _entry(archive, record.copied_as, _LARGEST_PHOTO_BYTES)
        return read_photo_bytes(data, f"The photo in {path.name}"), None, None
    found_at = photo_path or _find_photo(record, path)
    # Looked at before reading: what changes from here on is noticed.
    photo_file = Fingerprint.of(found_at)
    return read_photo(found_at), found_at, photo_file


def _find_photo(record: _PhotoRecord, path: Path) -> Path:
    changed = closed = None
    for candidate in record.found(path):
        try:
            if record.is_unchanged(candidate):
                return candidate
        except OSError as error:
            closed = closed or (candidate, error.strerror or error)
        else:
            changed = changed or candidate
    if closed is not None:
        closed_path, reason = closed
        raise PhotoMissingError(
            path,
            closed_path,
            f"The photo of {path.name} cannot be read: {closed_path} ({reason}). Ask for permission to read it, or say "
            "where else the photo lies.",
        )
    if changed is not None:
        raise PhotoMissingError(
            path, changed, f"{changed} has changed since {path.name} was saved. Say where the photo as it was lies now."
        )
    raise PhotoMissingError(
        path,
        record.expected_at,
        f"The photo of {path.name} is no longer at {record.expected_at}. Say where it lies now.",
    )


def _with_background_found(
    archive: zipfile.ZipFile, look: Look, record: FileRecord | None, path: Path, backgrounds: Path | None
) -> Look:
    """With the background picture where it is now; nobody is asked, since a project is of use without it."""
    background = look.background
    if record is None or not isinstance(background, Picture):
        return look
    found = record.found(path)
    there = next((candidate for candidate in found if _is_surely_unchanged(record, candidate)), None)
    if there is None and record.copied_as is not None and backgrounds is not None:
        there = _unpack(archive, record.copied_as, backgrounds, record.name)
    if there is None and found:
        # One that was edited is still the one that was chosen; where it was comes first then, as of what is not found.
        there = record.expected_at if record.expected_at in found else found[0]
    if there is None:
        return look
    return look.model_copy(update={"background": background.model_copy(update={"path": there})})


def _unpack(archive: zipfile.ZipFile, entry: str, folder: Path, name: str) -> Path:
    """A file in a folder of its own, by its own name; the same file is there once. Raises ProjectError."""
    data = _entry(archive, entry, _LARGEST_PHOTO_BYTES)
    target = folder / Digest.of(data).sha256[:16] / (Path(name).name or "picture")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not is_file(target) or target.read_bytes() != data:
            with write_atomically(target) as file:
                file.write(data)
    except OSError as error:
        raise ProjectError(
            f"The background picture cannot be unpacked to {target} ({error.strerror or error}). Make room there, or "
            "make the folder writable."
        ) from error
    return target


def _is_surely_unchanged(record: FileRecord, candidate: Path) -> bool:
    try:
        return record.is_unchanged(candidate)
    except OSError:
        return False


def _entry(archive: zipfile.ZipFile, name: str, limit_bytes: int) -> bytes:
    size = archive.getinfo(name).file_size
    if size > limit_bytes:
        raise PackingError(f"{name} claims {size} bytes, more than it can have")
    return archive.read(name)


def _room_for(height: int, width: int) -> int:
    """More bytes than an 8-bit PNG of this size can need."""
    return height * width * 5 // 4 + (1 << 16)
