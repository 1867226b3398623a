"""The portrait that comes with the program."""

from importlib import resources
from pathlib import Path

RESOURCES = Path(str(resources.files("resources")))
SAMPLE = RESOURCES / "sample" / "portrait.jpg"


def own_folder(photo: Path | None) -> Path | None:
    """The folder that results of a photo belong in, beside it; none for what is pasted or part of the program."""
    if photo is None or photo.is_relative_to(RESOURCES):
        return None
    return photo.parent
