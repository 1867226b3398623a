"""Project files into memory, with the photo and the background picture where these lie now."""

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from core.atomic import write_atomically
from core.image_io import Photo, read_photo, read_photo_bytes
from matting_studio.app.digests import Digest
from matting_studio.app.document import State
from matting_studio.app.edits import Box, Edit
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Look, Picture
from matting_studio.app.packing import PackedBase, PackingError, unpack, unpack_alpha, unpack_levels
from matting_studio.app.project_file.file_record import FileRecord
from matting_studio.app.project_file.project import NewerProjectError, PhotoMissingError, Project, ProjectError
from matting_studio.app.project_file.records import (
    ADDITIONS,
    CONTENTS,
    FORMAT,
    VERSION,
    Additions,
    Contents,
    EditRecord,
    PhotoRecord,
)
from matting_studio.app.reach import is_file
from matting_studio.app.suffixes import PROJECT_SUFFIX

_LARGEST_CONTENTS_BYTES = 64 << 20
_LARGEST_PHOTO_BYTES = 2 << 30

_R = TypeVar("_R", bound=BaseModel)


def read_project(
    path: Path, photo_path: Path | None = None, backgrounds: Path | None = None, called: str | None = None
) -> Project:
    """Open a project file, and the photo that it is about.

    The photo is looked for where it was, seen from the project, then where it was absolutely, then beside the project.
    `photo_path` says where it is instead; any photo of the same size in pixels is taken then. A background picture is
    looked for at the same places; where it is at none of them, the one that the project holds is unpacked into the
    folder `backgrounds`, and where there is none, the look names the place where it was. `called` is what sentences
    about the photo call the project by, where its file's name means nothing to anybody.

    Raises PhotoMissingError where the photo is not found unchanged or may not be read, ProjectError where the file is
    no project, damaged or from a newer version, ImageReadError where the photo cannot be understood.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _read(archive, path, photo_path, backgrounds, called)
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


def _read(
    archive: zipfile.ZipFile, path: Path, photo_path: Path | None, backgrounds: Path | None, called: str | None
) -> Project:
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
    photo, found_at, photo_file = _read_photo(archive, record, path, photo_path, called or path.name)
    if photo.image.shape[:2] != (height, width):
        found_height, found_width = photo.image.shape[:2]
        if found_at is None:
            raise PackingError(f"its photo has {found_width} x {found_height} pixels instead of {width} x {height}")
        raise PhotoMissingError(
            path,
            record.expected_at,
            f"{found_at} has {found_width} x {found_height} pixels, but {called or f'the project {path.name}'} is "
            f"about a photo of {width} x {height}. Choose the photo that it was made with.",
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


def _read_contents(archive: zipfile.ZipFile, path: Path) -> Contents:
    if CONTENTS not in archive.namelist():
        raise ProjectError(
            f"{path} is no project of Matting Studio. Open a file that ends in {PROJECT_SUFFIX}, or a photo."
        )
    written = _read_record(archive, CONTENTS)
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise ProjectError(
            f"{path} is no project of Matting Studio. Open a file that ends in {PROJECT_SUFFIX}, or a photo."
        )
    version = written.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerProjectError(
            f"{path} was saved by a newer version of Matting Studio (project version {version}, and this program reads "
            f"up to {VERSION}). Update the program, then open it again."
        )
    return _understood(Contents, written, path)


def _read_additions(archive: zipfile.ZipFile, path: Path) -> Additions:
    if ADDITIONS not in archive.namelist():
        return Additions()  # of a program from before
    return _understood(Additions, _read_record(archive, ADDITIONS), path)


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


def _read_edit(archive: zipfile.ZipFile, record: EditRecord, frame: Box) -> Edit:
    box = Box(*record.box)
    if box.empty or box.overlap(frame) != box:
        raise PackingError(f"the stroke {record.coverage} lies outside the photo")
    size = box.bottom - box.top, box.right - box.left
    room = _room_for(*size)
    coverage = unpack_levels(_entry(archive, record.coverage, room), *size, np.uint8)
    solved = None if record.solved is None else unpack_alpha(_entry(archive, record.solved, 2 * room), *size)
    return Edit(record.brush, box, coverage.astype(np.uint8, copy=False), solved)


def _read_photo(
    archive: zipfile.ZipFile, record: PhotoRecord, path: Path, photo_path: Path | None, name: str
) -> tuple[Photo, Path | None, Fingerprint | None]:
    """The photo, the file that it was read from, and how that was then; no file if that is the project itself."""
    if photo_path is None and record.copied_as is not None:
        data = _entry(archive, record.copied_as, _LARGEST_PHOTO_BYTES)
        return read_photo_bytes(data, f"The photo in {name}"), None, None
    found_at = photo_path or _find_photo(record, path, name)
    # Looked at before reading: what changes from here on is noticed.
    photo_file = Fingerprint.of(found_at)
    return read_photo(found_at), found_at, photo_file


def _find_photo(record: PhotoRecord, path: Path, name: str) -> Path:
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
            f"The photo of {name} cannot be read: {closed_path} ({reason}). Ask for permission to read it, or say "
            "where else the photo lies.",
        )
    if changed is not None:
        raise PhotoMissingError(
            path, changed, f"{changed} has changed since {name} was saved. Say where the photo as it was lies now."
        )
    raise PhotoMissingError(
        path,
        record.expected_at,
        f"The photo of {name} is no longer at {record.expected_at}. Say where it lies now.",
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
