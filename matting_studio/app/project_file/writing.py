"""Projects from memory into their files."""

import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from core.atomic import write_atomically
from core.image_io import Photo
from matting_studio.app.cutout import write_like
from matting_studio.app.digests import Digest, Digests
from matting_studio.app.edits import Base
from matting_studio.app.fingerprint import Fingerprint
from matting_studio.app.look import Picture
from matting_studio.app.packing import PackingError, pack, pack_alpha, pack_levels
from matting_studio.app.project_file.file_record import FileRecord
from matting_studio.app.project_file.project import Project, ProjectError
from matting_studio.app.project_file.records import (
    ADDITIONS,
    CONTENTS,
    Additions,
    Contents,
    EditRecord,
    MatteRecord,
    PhotoRecord,
)

_T = TypeVar("_T")


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
        photo = PhotoRecord(name=project.name, copied_as="photo/photo.png", **size)
        archive.writestr(photo.copied_as, _as_png(project.photo))
    elif isinstance(found, Digest):
        photo = PhotoRecord(
            **FileRecord.of(project.photo_path, found, path).model_dump() | {"name": project.name} | size
        )
    else:
        copied_as = f"photo/photo{project.photo_path.suffix.lower()}"
        photo = PhotoRecord(name=project.name, copied_as=copied_as, **size)
        archive.writestr(photo.copied_as, found)

    matte = None
    if project.base is not None:
        packed = pack(project.base) if isinstance(project.base, Base) else project.base
        matte = MatteRecord(alpha="matte/alpha.png", trimap="matte/trimap.png")
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
        edits.append(EditRecord(brush=edit.brush, box=box, coverage=coverage, solved=solved))

    contents = Contents(
        photo=photo,
        matte=matte,
        edits=tuple(edits),
        look=project.state.look,
        model=project.model,
        project_path=str(project.project_path) if project.project_path else None,
    )
    _write_record(archive, CONTENTS, contents)
    background, lack = _write_background(archive, path, project, digests)
    _write_record(archive, ADDITIONS, Additions(background=background, is_whole=project.is_whole))
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
