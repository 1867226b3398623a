"""Which data sets a folder holds, so that nobody has to say."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.errors import DatasetError
from core.training.config import CutoutsConfig, DataConfig, PhotosConfig, ValidationConfig
from core.training.datasets import ALPHA_FOLDERS, IMAGE_FOLDERS, image_and_alpha, is_picture

P3M = "P3M-10k"
HPM = "HPM-17K"
PHOTOS = "photos with alphas"
CUTOUTS = "cut-outs"
BACKGROUNDS = "backgrounds"

FOREGROUND_FOLDERS = ("foregrounds", "foreground", "cutouts", "cut-outs", "fg")
BACKGROUND_FOLDERS = ("backgrounds", "background", "scenes", "bg")
HELD_BACK_FOLDERS = frozenset({"validation", "valid", "val", "test", "held_back"})

_DEEPEST = 2  # P3M-10k/validation/P3M-500-P
_LOOKED_AT = 5


@dataclass(frozen=True)
class Recognised:
    layout: str
    """What it is, for people: "P3M-10k", "photos with alphas", "photos with alphas, cut-outs" …"""
    data: DataConfig


def recognise(*folders: Path) -> Recognised:
    """The data sets in folders: P3M-10k, HPM-17K, photos with alphas, cut-outs with backgrounds; also several of them.

    What lies in a folder called validation or test is held back. Two plain folders of pictures, one with transparency
    and one without, are cut-outs and their backgrounds.

    Raises: DatasetError with the layouts that there are, where a folder has none of them or cannot be looked into.
    """
    try:
        return _recognised(folders)
    except OSError as error:
        where = error.filename or folders[0]
        raise DatasetError(
            f"{where} cannot be looked into ({error.strerror or error}): see to its disk, or name another folder."
        ) from error


def _recognised(folders: Sequence[Path]) -> Recognised:
    found = _Found()
    plain: list[Path] = []
    for folder in folders:
        _check_folder(folder)
        if not _may_be_entered(folder):
            raise DatasetError(f"The folder {folder} may not be looked into: ask for permission to read it.")
        if not found.search(folder):
            plain.append(folder)
    if plain:
        found.cutouts += _cutouts_and_backgrounds(plain)
        found.layouts.append(CUTOUTS)
    if not found.photos and not found.cutouts and found.validation:
        # Only a part was named, such as the validation set itself: it is meant to be used.
        found.photos = [PhotosConfig(folder=held_back.folder) for held_back in found.validation]
        found.validation = []
    data = DataConfig(cutouts=found.cutouts, photos=found.photos, validation=found.validation)
    return Recognised(", ".join(dict.fromkeys(found.layouts)), data)


def _check_folder(folder: Path) -> None:
    """Raises DatasetError where nothing is there, or a file; OSError where nobody can tell."""
    try:
        mode = folder.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DatasetError(f"The folder {folder} does not exist.") from error
    if not stat.S_ISDIR(mode):
        raise DatasetError(f"{folder} is a file: name the folder of a data set.")


def layout_of_pairs(images: Path, alphas: Path) -> str:
    """The name of the layout whose photos and alphas lie in these folders."""
    if images.name in ("blurred_image", "original_image") and alphas.name == "mask":
        return P3M
    base = images.parent
    has_layers = (base / "fg").is_dir() and (base / "bg").is_dir()
    if (images.name, alphas.name) == ("image", "alpha") and (has_layers or (base / "trimap").is_dir()):
        return HPM
    return PHOTOS


class _Found:
    def __init__(self) -> None:
        self.cutouts: list[CutoutsConfig] = []
        self.photos: list[PhotosConfig] = []
        self.validation: list[ValidationConfig] = []
        self.layouts: list[str] = []

    def search(self, root: Path) -> bool:
        """Take what is in a folder and below; whether there was anything."""
        before = len(self.layouts)
        for base in _folders(root, _DEEPEST):
            pair = image_and_alpha(base)
            cutouts = _cutout_folders(base)
            if pair and _is_held_back(base, root):
                self.validation.append(ValidationConfig(name=self._name(base, root), folder=base))
            elif pair:
                self.photos.append(PhotosConfig(folder=base))
            elif cutouts:
                self.cutouts.append(cutouts)
            if pair or cutouts:
                self.layouts.append(layout_of_pairs(*pair) if pair else CUTOUTS)
        return len(self.layouts) > before

    def _name(self, base: Path, root: Path) -> str:
        """A name for a validation set that no other has; events call it so."""
        name = f"{root.resolve().name} {base.name}" if base.name.lower() in HELD_BACK_FOLDERS else base.name
        taken = {held_back.name for held_back in self.validation}
        return next(free for free in (name, *(f"{name} {i}" for i in range(2, len(taken) + 3))) if free not in taken)


def _folders(base: Path, levels: int) -> Iterator[Path]:
    """The folder and those below it, without the folders of pictures themselves and those that are closed to the user,
    such as lost+found."""
    yield base
    if levels == 0:
        return
    for below in sorted(base.iterdir()):
        is_meant = not below.name.startswith(".") and below.name not in (*IMAGE_FOLDERS, *ALPHA_FOLDERS)
        # Not that of Path: it raises where a link leads to what is closed.
        if is_meant and os.path.isdir(below) and _may_be_entered(below):  # noqa: PTH112
            yield from _folders(below, levels - 1)


def _may_be_entered(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)


def _is_held_back(base: Path, root: Path) -> bool:
    return any(part.lower() in HELD_BACK_FOLDERS for part in base.relative_to(root).parts)


def _cutout_folders(base: Path) -> CutoutsConfig | None:
    foregrounds = next((base / name for name in FOREGROUND_FOLDERS if (base / name).is_dir()), None)
    backgrounds = next((base / name for name in BACKGROUND_FOLDERS if (base / name).is_dir()), None)
    return CutoutsConfig(foregrounds=foregrounds, backgrounds=backgrounds) if foregrounds and backgrounds else None


def _cutouts_and_backgrounds(plain: list[Path]) -> list[CutoutsConfig]:
    """Plain folders of pictures: those with transparency are cut-outs, the only other one is their backgrounds."""
    transparent = [folder for folder in plain if _has_transparency(folder)]
    opaque = [folder for folder in plain if folder not in transparent]
    if transparent and len(opaque) == 1:
        return [CutoutsConfig(foregrounds=folder, backgrounds=opaque[0]) for folder in transparent]
    if transparent and not opaque:
        raise DatasetError(f"{transparent[0]} holds cut-outs: name a folder of backgrounds, too.")
    raise DatasetError(
        f"{opaque[0]} is no data set that is known: it needs image and alpha side by side, or foregrounds and "
        f"backgrounds. Image may also be called {_enumerated(IMAGE_FOLDERS)}, and alpha {_enumerated(ALPHA_FOLDERS)}."
    )


def _enumerated(names: tuple[str, ...]) -> str:
    """The other names of what the sentence calls by its usual one."""
    others = [name for name in names if name not in ("image", "alpha")]
    return f"{', '.join(others[:-1])} or {others[-1]}"


def _has_transparency(folder: Path) -> bool:
    """Whether most of the first pictures have an alpha channel; their headers tell."""
    found = sorted(path for path in folder.iterdir() if is_picture(path))[:_LOOKED_AT]
    return sum(_is_transparent(path) for path in found) * 2 > len(found)


def _is_transparent(path: Path) -> bool:
    try:
        with Image.open(path) as header:
            return header.has_transparency_data
    except OSError:
        return False  # the doctor names damaged files
