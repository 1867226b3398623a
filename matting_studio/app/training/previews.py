"""What a run's folder of previews holds: some validation photos, and the mattes that were made of them as it learnt."""

from dataclasses import dataclass
from pathlib import Path

from core.training.run import RunFolder

_PHOTO, _TRUE, _TRIMAP, _ALPHA = ".photo.jpg", ".true.png", ".trimap.png", ".alpha.png"
_STEP = "step_"


@dataclass(frozen=True)
class Previews:
    folder: Path
    names: tuple[str, ...]
    """Of the photos, with the name of their set before it, sorted."""
    steps: tuple[int, ...]
    """At which mattes were made, rising."""

    def photo(self, name: str) -> Path:
        return self.folder / f"{name}{_PHOTO}"

    def true_alpha(self, name: str) -> Path:
        return self.folder / f"{name}{_TRUE}"

    def trimap(self, name: str, step: int) -> Path:
        """Which need not be there, as all files of a step: they are written one after the other."""
        return self.folder / step_folder(step) / f"{name}{_TRIMAP}"

    def alpha(self, name: str, step: int) -> Path:
        return self.folder / step_folder(step) / f"{name}{_ALPHA}"


def find_previews(run: Path) -> Previews:
    """What is there by now; nothing where the run has not been validated yet."""
    folder = RunFolder(run).previews
    if not folder.is_dir():
        return Previews(folder, (), ())
    steps = [path.name.removeprefix(_STEP) for path in folder.glob(f"{_STEP}*") if path.is_dir()]
    photos = [path.relative_to(folder).as_posix().removesuffix(_PHOTO) for path in folder.rglob(f"*{_PHOTO}")]
    return Previews(folder, tuple(sorted(photos)), tuple(sorted(int(step) for step in steps if step.isdecimal())))


def step_folder(step: int) -> str:
    return f"{_STEP}{step:06d}"
