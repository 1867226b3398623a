"""Where the program keeps its settings, its data, its caches and its logs: the platform's own places."""

from pathlib import Path

from platformdirs import PlatformDirs, user_pictures_path

from matting_studio.app.reach import is_folder

_FOLDERS = PlatformDirs("matting-studio", appauthor=False)


def config_folder() -> Path:
    return _FOLDERS.user_config_path


def data_folder() -> Path:
    """What the user made, such as copies of unsaved work."""
    return _FOLDERS.user_data_path


def runs_folder(user_folder: Path) -> Path:
    """Training runs that were started from the window, one folder each; in the folder of what the user made."""
    return user_folder / "runs"


def own_data_folder(user_folder: Path) -> Path:
    """Photos with the mattes that a person corrected, to learn from."""
    return user_folder / "own-photos"


def backgrounds_folder(user_folder: Path) -> Path:
    """Background pictures that came within projects, and lie nowhere else."""
    return user_folder / "backgrounds"


def cache_folder() -> Path:
    return _FOLDERS.user_cache_path


def log_folder() -> Path:
    return _FOLDERS.user_log_path


def pictures_folder() -> Path:
    """The user's pictures; the home folder where there is no such folder, as on many servers."""
    pictures = user_pictures_path()
    return pictures if is_folder(pictures) else Path.home()
