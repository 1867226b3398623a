"""Data sets on disk: which photo belongs to which alpha, in the layouts that people have."""

from collections import Counter
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


@dataclass(frozen=True)
class Pairing:
    """The pictures of two folders, matched by stem whatever the ending."""

    pairs: tuple[Pair, ...]
    without_alpha: tuple[Path, ...]
    """Photos to which no alpha belongs."""
    without_image: tuple[Path, ...]
    """Alphas to which no photo belongs."""
    ambiguous: tuple[Path, ...]
    """Files whose stem another file of the same folder has, in another format."""


def pictures(folder: Path) -> list[Path]:
    """The pictures of a folder, sorted by name; hidden files are none. Raises DatasetError where there is none."""
    if not folder.is_dir():
        raise DatasetError(f"The folder {folder} does not exist.")
    found = sorted(path for path in folder.iterdir() if is_picture(path))
    if not found:
        raise DatasetError(f"The folder {folder} holds no pictures.")
    return found


def is_picture(path: Path) -> bool:
    """Whether training reads a file of that name. Hidden files are other programs' leavings."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def part_folders(root: Path) -> tuple[Path, Path]:
    """The folders of images and alphas of a data set: its root's own, or its `train` folder's."""
    for base in (root, root / "train"):
        found = image_and_alpha(base)
        if found:
            return found
    raise DatasetError(
        f"{root} is no data set: it needs a folder {' or '.join(IMAGE_FOLDERS)} and a folder "
        f"{' or '.join(ALPHA_FOLDERS)} side by side."
    )


def image_and_alpha(base: Path) -> tuple[Path, Path] | None:
    """The folders of images and alphas that lie in `base`; None unless both are there."""
    images = next((base / name for name in IMAGE_FOLDERS if (base / name).is_dir()), None)
    alphas = next((base / name for name in ALPHA_FOLDERS if (base / name).is_dir()), None)
    return (images, alphas) if images and alphas else None


def find_pairs(root: Path) -> list[Pair]:
    """Pairs of a P3M-10k, HPM-17K or image/alpha data set, matched by stem whatever the ending.

    Raises DatasetError where a photo lacks its alpha.
    """
    return complete(find_pairing(root))


def find_pairing(root: Path) -> Pairing:
    """As `find_pairs`, with what is left over instead of an error. Raises DatasetError where `root` is no data set."""
    images, alphas = part_folders(root)
    return pair_up(
        images, alphas, foregrounds=images.parent / "fg", backgrounds=images.parent / "bg",
        trimaps=images.parent / "trimap",
    )  # fmt: skip


def match_pairs(images: Path, alphas: Path, *, trimaps: Path | None = None) -> list[Pair]:
    """Pairs of the pictures in two folders. Raises DatasetError where a photo lacks its alpha."""
    return complete(pair_up(images, alphas, trimaps=trimaps))


def complete(pairing: Pairing) -> list[Pair]:
    """The pairs. Raises DatasetError where a photo lacks its alpha."""
    missing = pairing.without_alpha
    if missing:
        shown = ", ".join(photo.name for photo in missing[:5]) + (" …" if len(missing) > 5 else "")
        raise DatasetError(f"{len(missing)} photos in {missing[0].parent} have no alpha of the same name: {shown}")
    return list(pairing.pairs)


def pair_up(
    images: Path, alphas: Path, *, foregrounds: Path | None = None, backgrounds: Path | None = None,
    trimaps: Path | None = None,
) -> Pairing:  # fmt: skip
    """Match the pictures of two folders; optional folders that are missing count as empty.

    Raises DatasetError where one of the two holds no pictures.
    """
    photos, opacities = pictures(images), pictures(alphas)
    alpha_of = {path.stem: path for path in opacities}
    stems = {photo.stem for photo in photos}
    foreground_of, background_of, trimap_of = (optional_by_stem(f) for f in (foregrounds, backgrounds, trimaps))
    pairs = tuple(
        Pair(
            photo, alpha_of[photo.stem], foreground_of.get(photo.stem), background_of.get(photo.stem),
            trimap_of.get(photo.stem),
        )
        for photo in photos if photo.stem in alpha_of
    )  # fmt: skip
    return Pairing(
        pairs=pairs,
        without_alpha=tuple(photo for photo in photos if photo.stem not in alpha_of),
        without_image=tuple(alpha for alpha in opacities if alpha.stem not in stems),
        ambiguous=(*with_shared_stem(photos), *with_shared_stem(opacities)),
    )


def with_shared_stem(paths: list[Path]) -> list[Path]:
    count = Counter(path.stem for path in paths)
    return [path for path in paths if count[path.stem] > 1]


def optional_by_stem(folder: Path | None) -> dict[str, Path]:
    return {path.stem: path for path in pictures(folder)} if folder is not None and folder.is_dir() else {}
