"""Data sets on disk: which photo belongs to which alpha, in the layouts that people have."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import DatasetError

IMAGE_FOLDERS = ("image", "blurred_image", "original_image", "images")
ALPHA_FOLDERS = ("alpha", "mask", "alphas")
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"})


@dataclass(frozen=True)
class Pair:
    """A photo and its alpha; foreground, background and trimap where the data set has them."""

    image: Path
    alpha: Path
    foreground: Path | None = None
    background: Path | None = None
    trimap: Path | None = None


def pictures(folder: Path) -> list[Path]:
    """The pictures of a folder, sorted by name. Raises DatasetError where there is none."""
    if not folder.is_dir():
        raise DatasetError(f"The folder {folder} does not exist.")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not found:
        raise DatasetError(f"The folder {folder} holds no pictures.")
    return found


def part_folders(root: Path) -> tuple[Path, Path]:
    """The folders of images and alphas of a data set: its root's own, or its `train` folder's."""
    for base in (root, root / "train"):
        images = next((base / name for name in IMAGE_FOLDERS if (base / name).is_dir()), None)
        alphas = next((base / name for name in ALPHA_FOLDERS if (base / name).is_dir()), None)
        if images and alphas:
            return images, alphas
    raise DatasetError(
        f"{root} is no data set: it needs a folder {' or '.join(IMAGE_FOLDERS)} and a folder "
        f"{' or '.join(ALPHA_FOLDERS)} side by side."
    )


def find_pairs(root: Path) -> list[Pair]:
    """Pairs of a P3M-10k, HPM-17K or image/alpha data set, matched by stem whatever the ending.

    Raises DatasetError where a photo lacks its alpha.
    """
    images, alphas = part_folders(root)
    return match_pairs(
        images, alphas, foregrounds=images.parent / "fg", backgrounds=images.parent / "bg",
        trimaps=images.parent / "trimap",
    )  # fmt: skip


def match_pairs(
    images: Path, alphas: Path, *, foregrounds: Path | None = None, backgrounds: Path | None = None,
    trimaps: Path | None = None,
) -> list[Pair]:  # fmt: skip
    """Pairs of the pictures in two folders; optional folders that are missing count as empty."""
    photos, alpha_of = pictures(images), by_stem(alphas)
    missing = [photo.name for photo in photos if photo.stem not in alpha_of]
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise DatasetError(f"{len(missing)} photos in {images} have no alpha in {alphas}: {shown}")
    foreground_of, background_of, trimap_of = (optional_by_stem(f) for f in (foregrounds, backgrounds, trimaps))
    return [
        Pair(
            photo, alpha_of[photo.stem], foreground_of.get(photo.stem), background_of.get(photo.stem),
            trimap_of.get(photo.stem),
        )
        for photo in photos
    ]  # fmt: skip


def by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in pictures(folder)}


def optional_by_stem(folder: Path | None) -> dict[str, Path]:
    return by_stem(folder) if folder is not None and folder.is_dir() else {}
