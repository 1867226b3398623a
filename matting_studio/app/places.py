"""Where the program keeps its settings, its data, its caches and its logs: the platform's own places."""

from pathlib import Path

from platformdirs import PlatformDirs

_FOLDERS = PlatformDirs("matting-studio", appauthor=False)


def config_folder() -> Path:
    return _FOLDERS.user_config_path


def data_folder() -> Path:
    """What the user made, such as copies of unsaved work."""
    return _FOLDERS.user_data_path


def cache_folder() -> Path:
    return _FOLDERS.user_cache_path


def log_folder() -> Path:
    return _FOLDERS.user_log_path
